/**
 * A designated gateway that lies in what it relays: each lie is refused by its name, with a signature, and changes
 * nothing.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import { type Message, type MessageName, typeUriOf } from '../../src/domain/message/message.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import type { ProblemCode } from '../../src/domain/words/error.ts';
import { generateSigningJwk, importSigningKey, type SigningKey } from '../../src/seal/keys.ts';
import { digestOfPayload, peekStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { type LyingGateway, makeLyingGateway, restOn } from '../support/lying-gateway.ts';
import { makeText, sealConsignment, signConsignment } from '../support/own-custody.ts';
import { newId } from '../support/two-gateways.ts';

let all: LyingGateway;

beforeAll(async () => {
  all = await makeLyingGateway();
  const { focal_point: focalPoint } = all.shelter.designation;
  await addHook(all.kh.house.gateway, focalPoint, { shows: 'notice', address: `${all.peer.url}/shelter` });
});
afterAll(() => all?.close());

test('signed by nobody, or by somebody in the name of a gateway, is not even read', async () => {
  const { relay, refused, police, id, kh } = all;
  const { relayed } = await all.consigned(police);
  const strange = await importSigningKey(await generateSigningJwk(`${id.house.gateway.did}#evidence`));
  await refused(() => relay(relayed, { key: strange }), 'signature-invalid', { signed: false });
  const nobody = 'did:web:nobody.example';
  await refused(() => relay(relayed, { as: nobody }), 'unknown-gateway', { signed: false });
  const itself = kh.house.gateway.did;
  await refused(() => relay(relayed, { as: itself }), 'unknown-gateway', { signed: false });
});

test('for a focal point that is not homed there', async () => {
  const { relayed } = await all.consigned(all.unit, { to: all.shelter.designation });
  await all.refused(() => all.relay(relayed), 'not-homed');
});

test('of a consignment that was altered on the way', async () => {
  const { consignment, relayed } = await all.consigned(all.police);
  const claims = JSON.parse(Buffer.from(consignment.payload, 'base64url').toString());
  claims.body.urgency = 'immediate';
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const altered = { ...relayed, consignment: { ...consignment, payload } };
  await all.refused(() => all.relay(altered), 'signature-invalid');
});

test('with a receipt for something else, or by somebody else', async () => {
  const { consignment, message, relayed } = await all.consigned(all.police);
  const other = await all.consigned(all.police);
  const content = async (over: Partial<Evidence>, key?: SigningKey) => ({
    consignment,
    submission: await all.submission(consignment, message, over, key),
  });
  const { keys } = all.unit;
  const bad: readonly (readonly [object, ProblemCode])[] = [
    [{ consignment, submission: other.relayed.submission }, 'misaddressed'],
    [await content({ digest: digestOfPayload(other.consignment) }), 'digest-mismatch'],
    [await content({ event: 'RelayAcceptance' }), 'misaddressed'],
    [await content({}, all.kh.house.gateway.key), 'unknown-sender'],
    [await content({ rests_on: restOn(keys.did, digestOfPayload(consignment)) }), 'digest-mismatch'],
    [await content({ rests_on: restOn(all.police.keys.did, digestOfPayload(consignment)) }), 'misaddressed'],
    [{ consignment, submission: null }, 'jose-malformed'],
    [{ consignment }, 'invalid-body'],
    [{ ...relayed, more: 3 }, 'invalid-body'],
    [{ consignment: 1, submission: 2 }, 'jose-malformed'],
  ];
  for (const [body, code] of bad) await all.refused(() => all.relay(body), code);
});

test('addressed to another gateway, or to nobody here', async () => {
  const elsewhere = await all.consigned(all.police, { head: { to: [all.kh.house.gateway.did] } });
  await all.refused(() => all.relay(elsewhere.relayed), 'misaddressed');
  const nobody = await all.consigned(all.police, { to: all.focalPoint.designation });
  await all.refused(() => all.relay(nobody.relayed), 'unknown-recipient');
});

/** A message of the unit's to somebody in Indonesia, taken by its own gateway. */
async function sent(type: MessageName, to: Designation, over: Partial<Message> = {}): Promise<Message> {
  const { kh, unit } = all;
  const message = makeText(unit.keys.did, [to.focal_point], kh.house.gateway.now(), {
    type: typeUriOf(type),
    ...over,
  });
  const claims = { ...(await sealConsignment(unit.keys, message, [to])), to: [kh.house.gateway.did] };
  const answer = await kh.house.app.request(`${kh.url}/v1/consignments`, {
    method: 'POST',
    headers: { 'content-type': 'application/jose+json' },
    body: JSON.stringify(await signConsignment(unit.keys, claims)),
  });
  expect(answer.status, await answer.text()).toBe(202);
  return message;
}

test('of an answer to nothing, by somebody not asked, or before it was asked', async () => {
  const { refused, kh, unit, police, focalPoint } = all;
  const reply = async (body: object, head: object = {}): Promise<Response> => {
    const said = { head, body: { message_type: 'reply', ...body } };
    return all.relay((await all.consigned(police, said)).relayed);
  };
  const mine = await sent('request', police.designation);
  const others = await sent('request', focalPoint.designation);
  const { thid, id: about, created_time } = mine;
  await refused(() => reply({ thid }), 'about-required');
  await refused(() => reply({ thid, about: newId() }), 'about-unknown');
  await refused(() => reply({ about }), 'about-unknown');
  await refused(() => reply({ thid: others.thid, about: others.id }), 'not-asked');
  await refused(() => reply({ thid, about, message_type: 'recall' }), 'not-originator');
  await refused(() => reply({ thid, about, message_type: 'permission' }), 'about-unknown');
  await refused(() => reply({ thid, about: newId(), message_type: 'permission' }), 'about-unknown');
  await refused(() => reply({ thid, message_type: 'tip' }), 'not-covered');
  await refused(() => reply({ thid, about }, { created_time: created_time - 3_600 }), 'clock-skew');
  expect((await reply({ thid, about })).status).toBe(202);
  const [, kept] = await kh.house.gateway.store.threads.readThread(thid);
  expect(kept).toMatchObject({ type: 'reply', about, addressees: [unit.keys.did] });
});

test('of content that its originator did not permit to be passed on: a made-up permission, another’s, none, or a permission of nothing', async () => {
  const { refused, police, focalPoint, shelter } = all;
  const passing = async (body: object): Promise<Response> =>
    all.relay((await all.consigned(police, { to: shelter.designation, body })).relayed);
  const original = await sent('report', police.designation, { handling: 'H2' });
  const another = await sent('report', focalPoint.designation, { handling: 'H2' });
  const on = { handling: 'H2', passes_on: original.id };
  await refused(() => passing(on), 'permission-needed');
  await refused(() => passing({ ...on, grant: newId() }), 'permission-needed');
  await refused(() => passing({ ...on, grant: another.id }), 'permission-needed');
  await refused(() => passing({ handling: 'H2', grant: newId() }), 'invalid-body');
});

test('of another message under a used id', async () => {
  const { relay, police } = all;
  const first = await all.consigned(police);
  const taken = await relay(first.relayed);
  expect(taken.status).toBe(202);
  const again = await relay(first.relayed);
  expect([again.status, await again.text()]).toEqual([200, await taken.text()]);
  const second = await all.consigned(police, { head: { id: first.message.id } });
  await all.refused(() => relay(second.relayed), 'id-conflict');
  const { id } = peekStatement(first.relayed.submission).payload as Evidence;
  const third = await all.consigned(police, { receipt: { id } });
  await all.refused(() => relay(third.relayed), 'id-conflict');
});
