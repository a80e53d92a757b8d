/**
 * A thief who can write to every table, and an operator who adopts rows without a MAC: rows that the program makes are
 * never adopted again.
 */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adoptGrants, listAdoption } from '../../src/flow/operator/adopting.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { openBrowser } from '../support/browser.ts';
import { GATEWAY_URL } from '../support/rig.ts';
import { fetchMessageStatus, makeReportPost, postMessage } from '../support/story.ts';

const CHAT = 5550901;

let all: AllChannels;
let message: string;
beforeEach(async () => {
  all = await makeAllChannels();
  await all.telegram('o1', CHAT);
  await all.mailbox('o1', { shows: 'notice' });
  message = await postMessage(all.shelter, makeReportPost([all.designation().focal_point]));
  await all.house.drain();
});
afterEach(() => all?.close());

const sql = () => all.house.database.sql;

async function deliveryBy(channel: string): Promise<string> {
  const [found] = await sql()<{ id: string }[]>`
    select d.id from delivery d join endpoint e on e.id = d.endpoint
    where d.message = ${message} and e.channel = ${channel}`;
  if (found === undefined) throw new Error(`no delivery by ${channel}`);
  return found.id;
}

/** The operator has another reason to adopt: a grant of his was damaged. */
async function adoptAll(): Promise<void> {
  const list = await listAdoption(all.house.gateway);
  expect(list.work).toBe(0);
  expect(await adoptGrants(all.house.gateway, list.code)).toBeDefined();
}

test('a link without a MAC opens nothing, before and after an adoption', async () => {
  const token = randomBytes(32).toString('base64url');
  const hash = createHash('sha256').update(token).digest('base64url');
  await sql()`
    insert into link (hash, purpose, delivery, officer, expires_at)
    values (${hash}, 'read', ${await deliveryBy('email')}, 'o1', now() + interval '1 day')`;
  await adoptAll();
  const answer = await openBrowser(all.house.app, GATEWAY_URL).submit(`${GATEWAY_URL}/r/${token}`, {});
  expect(answer.status).toBe(404);
  expect(answer.text).not.toContain('Invented');
});

test('a tap without a MAC is no acknowledgement, before and after an adoption', async () => {
  const reply = { id: '4712', place: 4712, address: String(CHAT), lang: 'id' };
  const by = { via: 'account', address: String(CHAT), delivery: await deliveryBy('telegram') };
  const payload = { kind: 'decision', decision: 'accepted', by, reply };
  await sql()`
    insert into arrival (channel, id, account, place, payload, kept_at, due_at)
    values ('telegram', '4712', ${String(CHAT)}, 4712, ${sql().json(payload)}, now(), now())`;
  await adoptAll();
  await all.house.drain();
  expect(await fetchMessageStatus(all.shelter, message)).toMatchObject({
    recipients: [{ acknowledgement: null }],
  });
});
