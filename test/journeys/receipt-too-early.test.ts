/** A receipt that is dated before its parties were designated is refused: no case file with it would ever verify. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportCase } from '../../src/flow/case/export.ts';
import { designateSide } from '../support/across.ts';
import { verifyGood } from '../support/case-files.ts';
import { type LyingGateway, makeLyingGateway } from '../support/lying-gateway.ts';
import { makeOfficer } from '../support/story.ts';

let all: LyingGateway;

beforeAll(async () => {
  all = await makeLyingGateway();
  await designateSide(all.kh, 'KH', new Date());
  await designateSide(all.id, 'ID', new Date());
});
afterAll(() => all?.close());

const ago = (seconds: number): Date => new Date(all.kh.house.gateway.now().getTime() - seconds * 1_000);

/** A text of the police that its gateway says it took so long ago. */
const taken = (seconds: number, to = all.unit.designation) =>
  all.consigned(all.police, {
    to,
    head: { created_time: Math.floor(ago(seconds).getTime() / 1_000) },
    receipt: { at: ago(seconds).toISOString() },
  });

test('is refused if it is dated before the sender or the recipient was designated', async () => {
  const { kh, id, relay, refused } = all;
  const early = await taken(290);
  await refused(() => relay(early.relayed), 'designation-ended');
  for (const { house } of [kh, id]) house.pass(600);
  const draft = { slug: 'late', name: 'Late', country: 'KH', officers: [makeOfficer()] };
  const late = await kh.house.designate(draft);
  const tooEarly = await taken(200, late);
  await refused(() => relay(tooEarly.relayed), 'designation-ended');
  for (const { house } of [kh, id]) house.pass(60);
  for (const one of [await taken(200), await taken(30, late)]) {
    expect((await relay(one.relayed)).status).toBe(202);
    const wanted = { id: one.message.id, contents: true };
    await verifyGood(await exportCase(kh.house.gateway, wanted), kh.house.gateway.anchors);
  }
});
