/** A desk with keys of its own signs by a new key, and the other side has not imported it yet: nobody lies. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { designate } from '../../src/entry/enrolling/enrol.ts';
import { exportCase } from '../../src/flow/case/case-export.ts';
import { askForMissing, pendingHere } from '../../src/flow/statements/missing.ts';
import { generateSigningJwk, signingKey } from '../../src/seal/keys.ts';
import { good } from '../support/case-files.ts';
import { knownLiar, type Liar } from '../support/liar.ts';
import { ownWord, postJose } from '../support/own-custody.ts';
import { officer, statusOf } from '../support/story.ts';

let all: Liar;

beforeAll(async () => {
  all = await knownLiar();
});
afterAll(() => all?.close());

test('its word waits for the import of what lists the key, and is not refused for good', async () => {
  const { kh, id, police, shelter } = all;
  const about = await all.reported();
  for (const { house } of [kh, id]) house.pass(60);
  const signing = await signingKey(await generateSigningJwk(`${police.keys.did}#sign-2`));
  const own = { signing: [signing.publicJwk], agreement: [police.keys.opening.publicJwk] };
  const { slug, name, country } = police.designation;
  const draft = { slug, name, country, officers: [officer()], own };
  await designate(id.house.gateway, id.house.authorities.ID, draft);

  const said = { ...about, sender: shelter.designation.focal_point, at: id.house.gateway.now() };
  const word = await ownWord({ ...police.keys, signing }, said);
  const answer = await postJose(id.house, '/v1/focal-points/police/acknowledgements', word);
  expect(answer.status, await answer.text()).toBe(201);
  await all.settle();
  const { gateway, database } = kh.house;
  expect(await database.store.messages.complaints(10)).toEqual([]);
  expect(await statusOf(shelter, about.message)).toMatchObject({ state: 'waiting' });
  const wants = { id: about.message, contents: false };
  await good(await exportCase(gateway, wants), gateway.anchors);

  expect(await askForMissing(gateway)).toBe(1);
  const [pending] = await pendingHere(gateway);
  expect(pending).toMatchObject({ kind: 'designation', about: police.keys.did });
  await keepDesignation(gateway, JSON.parse(pending?.statement ?? ''));
  for (const { house } of [kh, id]) house.pass(3_600);
  await all.settle();
  expect(await statusOf(shelter, about.message)).toMatchObject({ state: 'acknowledged' });
  for (const { house } of [kh, id]) await good(await exportCase(house.gateway, wants), house.gateway.anchors);
});
