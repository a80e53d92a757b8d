/**
 * The sender's own copy: sealed to the sender's own key at submission, readable to the sender and to nobody
 * else.
 */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { textOf } from '../../src/domain/words/long-text.ts';
import { openForParty, openForRecipient, openOwnCopy } from '../../src/flow/content/opening.ts';
import { readDirectory, requireDesignation } from '../../src/flow/directory/directory.ts';
import { kidsOfSealed } from '../../src/seal/sealed-message.ts';
import type { MessageRow } from '../../src/store/contracts/message-rows.ts';
import { addHook } from '../support/confirmed.ts';
import { makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { postMessage } from '../support/story.ts';

const SAID = 'Invented words';

let house: Rig;
let shelter: RigPartner;
let focalPoint: RigPartner;
beforeAll(async () => {
  house = await makeRig();
  const draft = { name: 'Invented', country: 'ID', officers: [] };
  shelter = await house.partner({ ...draft, slug: 'shelter', country: 'KH' });
  focalPoint = await house.partner({ ...draft, slug: 'desk' });
  for (const { designation } of [shelter, focalPoint])
    await addHook(house.gateway, designation.focal_point, { address: `https://${designation.slug}.test/` });
});
afterAll(() => house?.close());

const did = (partner: RigPartner): string => partner.designation.focal_point;

async function sent(): Promise<MessageRow> {
  const line = { to: ['desk'], type: 'text', body: { text: SAID } };
  const id = await postMessage(shelter, { ...line, urgency: 'routine', handling: 'H0', lang: 'en' });
  const view = await house.gateway.store.messages.readMessage(id);
  if (view === undefined) throw new Error('not kept');
  expect(view.recipients.map((one) => one.to)).toEqual([did(focalPoint)]);
  expect(view.deliveries.map((one) => one.to)).toEqual([did(focalPoint)]);
  return view.message;
}

test('sender and recipient read the same, each with its own key; others read nothing', async () => {
  const row = await sent();
  for (const party of [shelter, focalPoint])
    expect((await openForParty(house.gateway, row, did(party)))?.message.body).toEqual({ text: SAID });
  expect(await openForParty(house.gateway, row, 'did:web:gateway.test:fp:stranger')).toBeUndefined();
  const copy = JSON.parse(
    textOf((await house.gateway.store.content.sealedMessage(row.id, did(shelter))) ?? ''),
  );
  expect(kidsOfSealed(copy)).toEqual([shelter.designation.keys.agreement.at(-1)?.kid]);
});

test('the own copy stays here: the consignment contains only the recipients’ copies', async () => {
  const row = await sent();
  const consignment = JSON.parse(textOf((await house.gateway.store.content.consignment(row.id)) ?? ''));
  const { body, attachments } = JSON.parse(Buffer.from(consignment.payload, 'base64url').toString());
  expect(body.recipients).toHaveLength(1);
  expect(attachments).toHaveLength(1);
});

test('a copy that is not the sender’s own is not opened as such, nor the sender’s as a recipient’s', async () => {
  const row = await sent();
  const { gateway } = house;
  const directory = await readDirectory(gateway, [did(shelter), did(focalPoint)]);
  const [own, theirs] = await Promise.all(
    [shelter, focalPoint].map(
      async (one) => (await gateway.store.content.sealedMessage(row.id, did(one))) ?? '',
    ),
  );
  const sender = requireDesignation(directory, did(shelter));
  const recipient = requireDesignation(directory, did(focalPoint));
  const refused = { code: 'misaddressed' };
  await expect(openOwnCopy(gateway, directory, { row, sealed: theirs ?? '' }, sender)).rejects.toMatchObject(
    refused,
  );
  await expect(
    openOwnCopy(gateway, directory, { row, sealed: theirs ?? '' }, recipient),
  ).rejects.toMatchObject(refused);
  await expect(
    openForRecipient(gateway, directory, { row, sealed: own ?? '' }, sender),
  ).rejects.toMatchObject(refused);
  const other = await sent();
  await expect(
    openOwnCopy(gateway, directory, { row: other, sealed: own ?? '' }, sender),
  ).rejects.toMatchObject(refused);
});
