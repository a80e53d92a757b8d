/** A further endpoint is confirmed without a page: by the authority's statement, or by the focal point's own system. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CONFIRM_WITHIN_DAYS } from '../../src/domain/party/confirmation.ts';
import { draftConfirmation } from '../../src/entry/enrolling/confirming.ts';
import { changeEndpoint } from '../../src/entry/enrolling/endpoints.ts';
import {
  addEndpoint,
  addPartnerSecret,
  designateFocalPoint,
  replacePartnerSecret,
} from '../../src/entry/enrolling/enrol.ts';
import { confirmByAuthority } from '../../src/flow/endpoint/confirming.ts';
import { unlinkAccount } from '../../src/flow/endpoint/linking.ts';
import type { SigningKey } from '../../src/seal/keys.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { confirmationOf, createFurtherSteps } from '../support/further.ts';
import { makeOfficer } from '../support/story.ts';

const [FIRST, OWN] = [5550401, 5550402];
const DAY = 86_400;

let all: AllChannels;
beforeEach(async () => {
  all = await makeAllChannels();
});
afterEach(() => all.close());

const { gateway, textsIn, at, links, linkIn, ask, systemOf, events } = createFurtherSteps(() => all);

test('the authority confirms by a statement about exactly this endpoint, unchanged', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o2');
  await links(5550404, 'o2', true);
  const [own, other] = [await at(OWN), await at(5550404)];
  if (own === undefined || other === undefined) throw new Error('not linked');
  const claims = await draftConfirmation(gateway(), own);
  const by = (key: SigningKey, change = {}) => signStatement('endpoint', { ...claims, ...change }, [key]);
  const { ID, KH } = all.house.authorities;
  const refused = { code: 'statement-refused' };
  await expect(confirmByAuthority(gateway(), own, await by(KH))).rejects.toMatchObject(refused);
  const posing = by(KH, { country: 'KH', authority: 'KH' });
  await expect(confirmByAuthority(gateway(), own, await posing)).rejects.toMatchObject(refused);
  await expect(confirmByAuthority(gateway(), other, await by(ID))).rejects.toMatchObject(refused);
  const past = by(ID, { until: claims.from });
  await expect(confirmByAuthority(gateway(), own, await past)).rejects.toMatchObject(refused);
  // It was changed since: asked anew, and not what the statement is about.
  await changeEndpoint(gateway(), own, { lang: 'en' }, 0);
  const changed = await at(OWN);
  if (changed === undefined) throw new Error('gone');
  await expect(confirmByAuthority(gateway(), changed, await by(ID))).rejects.toMatchObject(refused);
  const fresh = await signStatement('endpoint', await draftConfirmation(gateway(), changed), [ID]);
  expect(await confirmByAuthority(gateway(), changed, fresh)).toMatchObject({ enabled: true });
  await expect(confirmByAuthority(gateway(), changed, fresh)).rejects.toMatchObject({
    code: 'nothing-to-confirm',
  });
});

test('the focal point’s own system confirms by a signed call; a forged call, another focal point’s and an old one do not', async () => {
  await links(FIRST, 'o1');
  await all.hook('/desk');
  all.house.pass(CONFIRM_WITHIN_DAYS * DAY + 1);
  await links(OWN, 'o2');
  const { id = '' } = (await at(OWN)) ?? {};
  const [event] = events('/desk', 'endpoint.waiting');
  const asked = event?.data.asked as string;
  const path = `endpoints/${id}/confirmation` as never;
  const word = { asked, decision: 'confirmed' };
  const unsigned = all.focalPoint.post(path, word, { headers: { 'webhook-signature': 'v1,AAAA' } });
  expect((await unsigned).status).toBe(401);
  expect((await all.shelter.post(path, word)).status).toBe(404);
  const other = await all.focalPoint.post(path, { ...word, asked: 'f'.repeat(32) });
  expect(other.status).toBe(409);
  // A secret that the operator made just now.
  const secret = await addPartnerSecret(gateway(), all.designation().focal_point);
  const operator = systemOf(all.designation(), secret);
  expect((await operator.post(path, word)).status).toBe(409);
  expect((await at(OWN))?.enabled).toBe(false);
  const taken = await all.focalPoint.post(path, word);
  expect(taken.status).toBe(201);
  expect((await at(OWN))?.enabled).toBe(true);
  const again = await all.focalPoint.post(path, { ...word, decision: 'refused' });
  expect(again.status).toBe(200);
  expect(await again.json()).toMatchObject({ decision: 'confirmed', repeat: true });
  // The old word does not speak for what is asked next.
  const linked = await at(OWN);
  if (linked === undefined) throw new Error('gone');
  await unlinkAccount(gateway(), linked, 'unlinked');
  await links(OWN, 'o2');
  expect((await all.focalPoint.post(path, word)).status).toBe(200);
  expect((await at(OWN))?.enabled).toBe(false);
});

test('the first secret of a focal point cannot confirm anything while it is new, and the officers are told of it', async () => {
  const officers = [makeOfficer('id', 'o1'), makeOfficer('id', 'o2')];
  const draft = { slug: 'north', name: 'North', country: 'ID', officers } as const;
  const recipient = await designateFocalPoint(gateway(), all.house.authorities.ID, draft as never);
  const focalPoint = recipient.focal_point;
  await links(FIRST, 'o1', false, focalPoint);
  const evil = { channel: 'webhook', lang: 'en', shows: 'packet', focalPoint, officer: 'o2' } as const;
  const { endpoint } = await addEndpoint(gateway(), { ...evil, address: `${all.peer.url}/evil` });
  const secret = await replacePartnerSecret(gateway(), focalPoint);
  const system = systemOf(recipient, secret ?? '');
  expect((await system.post(...confirmationOf(endpoint))).status).toBe(409);
  expect((await gateway().store.endpoints.findEndpoint(endpoint.id))?.enabled).toBe(false);
  await all.house.drain();
  const news = gateway().translate('id', 'note-key-made-secret', { at: '' });
  expect(textsIn(FIRST).filter((text) => text.includes(news.slice(0, 20)))).toHaveLength(1);
  expect(linkIn(FIRST)).toContain('/c/');
});

test('a question that was not sent yet is still sent after the system’s answer, and its page shows who answered what', async () => {
  await links(FIRST, 'o1');
  all.house.pass(CONFIRM_WITHIN_DAYS * DAY + 1);
  const evil = { channel: 'webhook', lang: 'en', shows: 'packet', officer: 'o2' } as const;
  const { focal_point: focalPoint } = all.designation();
  const { endpoint } = await addEndpoint(gateway(), { ...evil, focalPoint, address: `${all.peer.url}/new` });
  expect((await all.focalPoint.post(...confirmationOf(endpoint))).status).toBe(201);
  await all.house.drain();
  const page = (await ask(linkIn(FIRST))).text;
  expect(page).toContain(gateway().translate('id', 'confirm-confirmed'));
  expect(page).toContain(gateway().translate('id', 'confirm-system'));
});

test('a question from a clock that ran ahead is not answered by a secret that only looks old', async () => {
  await links(FIRST, 'o1');
  const secret = await replacePartnerSecret(gateway(), all.designation().focal_point);
  const ahead = new Date(gateway().now().getTime() + (CONFIRM_WITHIN_DAYS + 1) * DAY * 1_000);
  const evil = { channel: 'webhook', lang: 'en', shows: 'packet', officer: 'o2' } as const;
  const { endpoint } = await addEndpoint(
    { ...gateway(), now: () => ahead },
    { ...evil, focalPoint: all.designation().focal_point, address: `${all.peer.url}/evil` },
  );
  const answer = await systemOf(all.designation(), secret ?? '').post(...confirmationOf(endpoint));
  expect(answer.status).toBe(409);
  expect((await gateway().store.endpoints.findEndpoint(endpoint.id))?.enabled).toBe(false);
});
