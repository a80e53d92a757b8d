/** Another gateway accepts calls and never answers them: this delays the messages for it, and no others. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ATTEMPTS_AT_ONCE } from '../../src/flow/carry/attempt-counter.ts';
import { runLoop } from '../../src/flow/loop/loop.ts';
import { type LyingGateway, makeLyingGateway } from '../support/lying-gateway.ts';
import { WAIT } from '../support/patience.ts';
import { makeReportPost, postMessage } from '../support/story.ts';

vi.setConfig({ testTimeout: 120_000 });
/** Longer than one try may take. */

let all: LyingGateway;
let loop: Promise<void>;
const stop = new AbortController();
const pending = new Set<(answer: Response) => void>();

beforeAll(async () => {
  all = await makeLyingGateway();
});
afterAll(async () => {
  stop.abort();
  all?.id.keep(undefined);
  for (const answer of pending) answer(new Response(null, { status: 503 }));
  await loop;
  await all?.close();
});

test('an immediate message is sent while a hundred calls of another gateway hang', async () => {
  const { kh, id, police, peer, shelter } = all;
  // Of each the Indonesian gateway has to be told what became of it.
  for (let n = 0; n < 100; n += 1) {
    const { relayed } = await all.consigned(police);
    expect((await all.relay(relayed)).status).toBe(202);
  }
  id.keep(({ url }, serve) =>
    new URL(url).pathname.startsWith('/v1/relay/')
      ? new Promise((resolve) => pending.add(resolve))
      : serve(new Request(url)),
  );
  loop = runLoop(kh.house.gateway, stop.signal);
  const atUnit = () => peer.received.filter((one) => one.url === '/unit').length;
  await vi.waitUntil(() => atUnit() === 100 && pending.size >= ATTEMPTS_AT_ONCE, WAIT);
  await postMessage(shelter, { ...makeReportPost(['unit']), urgency: 'immediate' });
  await vi.waitUntil(() => atUnit() === 101, WAIT);
  const { sql } = kh.house.database;
  const [tried] =
    await sql`select count(*)::integer as n from delivery where kind = 'evidence' and tries > 0`;
  expect(tried).toEqual({ n: 0 });
  expect(pending.size).toBeLessThan(2 * ATTEMPTS_AT_ONCE);
});
