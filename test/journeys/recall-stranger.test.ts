/**
 * A recall by somebody who never sent the message, relayed before the message is known: it purges nothing, then or
 * later.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { carryOutRecalls } from '../../src/flow/keep/recall.ts';
import { listKeptContent } from '../support/content.ts';
import { type LyingGateway, makeLyingGateway } from '../support/lying-gateway.ts';
import { makeText, sealConsignment, signConsignment } from '../support/own-custody.ts';
import { newId } from '../support/two-gateways.ts';

let all: LyingGateway;
beforeAll(async () => {
  all = await makeLyingGateway();
});
afterAll(() => all?.close());

test('the message that it names is accepted, kept and delivered as any other', async () => {
  const { kh, id, unit, focalPoint, police, waitUntilIdle: settle } = all;
  const about = newId();
  const recall = await all.consigned(police, { body: { message_type: 'recall', about } });
  expect((await all.relay(recall.relayed)).status).toBe(202);
  const held = await kh.house.gateway.store.messages.readMessage(recall.message.id);
  expect(held?.evidence.map((one) => one.event)).toContain('ContentPurge');

  const { thid } = recall.message;
  const to = focalPoint.designation;
  const now = kh.house.gateway.now();
  const message = makeText(unit.keys.did, [to.focal_point], now, { id: about, thid });
  const claims = { ...(await sealConsignment(unit.keys, message, [to])), to: [kh.house.gateway.did] };
  const answer = await kh.house.app.request(`${kh.url}/v1/consignments`, {
    method: 'POST',
    headers: { 'content-type': 'application/jose+json' },
    body: JSON.stringify(await signConsignment(unit.keys, claims)),
  });
  expect(answer.status, await answer.text()).toBe(202);
  await settle();

  // A process that crashed did not carry it out: the clock comes back to it, now that the message is here.
  await kh.house.database.sql`update message set carried_out = null where id = ${recall.message.id}`;
  await carryOutRecalls(kh.house.gateway);
  expect(await kh.house.gateway.store.content.openRecalls(10)).toEqual([]);
  for (const { house } of [kh, id]) {
    expect(await listKeptContent(house, about)).toEqual(['consignment', `sealed_message ${to.focal_point}`]);
    const events =
      (await house.gateway.store.messages.readMessage(about))?.evidence.map((one) => one.event) ?? [];
    expect(events).toContain('ContentConsignment');
    expect(events).not.toContain('ContentPurge');
  }
  expect(await (await focalPoint.status(about)).json()).toMatchObject({ state: 'waiting', recalled: null });
});
