/** A focal point with its own keys signs with a new key that the other side has not imported yet: nobody lies. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { designateFocalPoint } from '../../src/entry/enrolling/enrol.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { fetchMissing, listPending } from '../../src/flow/statements/missing.ts';
import { generateSigningJwk, importSigningKey } from '../../src/seal/keys.ts';
import { verifyGood } from '../support/case-files.ts';
import { type LyingGateway, makeKnownLyingGateway } from '../support/lying-gateway.ts';
import { postSigned, signAcknowledgement } from '../support/own-custody.ts';
import { fetchMessageStatus, makeOfficer } from '../support/story.ts';

let all: LyingGateway;

beforeAll(async () => {
  all = await makeKnownLyingGateway();
});
afterAll(() => all?.close());

test('an acknowledgement by a new key waits for the import of the statement that lists it, and is not refused permanently', async () => {
  const { kh, id, police, shelter } = all;
  const about = await all.reported();
  for (const { house } of [kh, id]) house.pass(60);
  const signing = await importSigningKey(await generateSigningJwk(`${police.keys.did}#sign-2`));
  const own = { signing: [signing.publicJwk], agreement: [police.keys.opening.publicJwk] };
  const { slug, name, country } = police.designation;
  const draft = { slug, name, country, officers: [makeOfficer()], own };
  await designateFocalPoint(id.house.gateway, id.house.authorities.ID, draft);

  const said = { ...about, sender: shelter.designation.focal_point, at: id.house.gateway.now() };
  const word = await signAcknowledgement({ ...police.keys, signing }, said);
  const answer = await postSigned(id.house, '/v1/focal-points/police/acknowledgements', word);
  expect(answer.status, await answer.text()).toBe(201);
  await all.waitUntilIdle();
  const { gateway, database } = kh.house;
  expect(await database.store.messages.complaints(10)).toEqual([]);
  expect(await fetchMessageStatus(shelter, about.message)).toMatchObject({ state: 'waiting' });
  const wants = { id: about.message, contents: false };
  await verifyGood(await exportCase(gateway, wants), gateway.anchors);

  expect(await fetchMissing(gateway)).toBe(1);
  const [pending] = await listPending(gateway);
  expect(pending).toMatchObject({ kind: 'designation', about: police.keys.did });
  await keepDesignation(gateway, JSON.parse(pending?.statement ?? ''));
  for (const { house } of [kh, id]) house.pass(3_600);
  await all.waitUntilIdle();
  expect(await fetchMessageStatus(shelter, about.message)).toMatchObject({ state: 'acknowledged' });
  for (const { house } of [kh, id])
    await verifyGood(await exportCase(house.gateway, wants), house.gateway.anchors);
});
