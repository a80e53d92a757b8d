/**
 * The baseline of the bench: the least that a plain program must do. A bare Hono handler verifies one signature
 * (Standard Webhooks v1, HMAC-SHA256), inserts one row in one durable commit, and answers 202.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import postgres from 'postgres';
import { listenToParent } from './child.ts';

const secret = Buffer.from((process.env['BENCH_SECRET'] ?? '').replace('whsec_', ''), 'base64');
const sql = postgres(process.env['BENCH_DATABASE'] ?? '', { max: 10, onnotice: () => {} });
await sql`create table if not exists message (id text primary key, body text not null)`;

const app = new Hono().post('/messages', async (context) => {
  const body = await context.req.text();
  const id = context.req.header('webhook-id') ?? '';
  const signed = `${id}.${context.req.header('webhook-timestamp')}.${body}`;
  const expected = Buffer.from(`v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
  const given = Buffer.from(context.req.header('webhook-signature') ?? '');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return context.body(null, 401);
  await sql`insert into message (id, body) values (${id}, ${body})`;
  return context.json({ id }, 202);
});

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
server.once('listening', () => {
  listenToParent((server.address() as AddressInfo).port, async (word) => {
    if (word !== 'stop') return;
    server.close();
    await sql.end();
  });
});
