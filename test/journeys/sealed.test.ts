/** A police system with its own keys: the gateway carries what it cannot read, in both directions. */
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/designation.ts';
import { addAccessKey } from '../../src/entry/enrolling/enrol.ts';
import { digestOfSealed, openSealedMessage, verifyMessage } from '../../src/seal/sealed-message.ts';
import { verifyStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import {
  designateOwnCustody,
  makeText,
  postSigned,
  sealConsignment,
  signAcknowledgement,
  signConsignment,
} from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvidence,
  fetchMessageStatus,
  listPostedEvents,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';

let peer: HttpPeer;
let house: Rig;
let shelter: RigPartner;
let police: { keys: KeyedPerson; designation: Designation };
let secret: string;

beforeAll(async () => {
  peer = await startPeer();
  house = await makeRig({ allow: [peer.host] });
  shelter = await house.partner({
    slug: 'shelter',
    name: 'Shelter',
    country: 'KH',
    officers: [makeOfficer()],
  });
  police = await designateOwnCustody(house, { slug: 'police', country: 'ID', officers: [makeOfficer('en')] });
  const focalPoint = shelter.designation.focal_point;
  await addHook(house.gateway, focalPoint, { address: `${peer.url}/shelter` });
  const address = `${peer.url}/police`;
  const made = await addHook(house.gateway, police.keys.did, { shows: 'sealed', address });
  secret = made.secret ?? '';
});

afterAll(async () => {
  expectQuietLog(house, [peer.url, secret]);
  await house?.close();
  await peer?.close();
});

test('a message that the police seal is carried unread, opened for the shelter, and acknowledged by name', async () => {
  const { keys } = police;
  const { designation } = shelter;
  const body = { text: `${PRIVATE_TEXT[0]} is safe.` };
  const message = makeText(keys.did, [designation.focal_point], house.gateway.now(), { body });
  const jws = await signConsignment(keys, await sealConsignment(keys, message, [designation]));
  const answer = await postSigned(house, '/v1/consignments', jws);
  const receipt = await answer.json();
  expect(answer.status, JSON.stringify(receipt)).toBe(202);
  expect(receipt).toMatchObject({ id: message.id, thid: message.thid });
  await house.drain();

  const [call] = listPostedTo(peer, '/shelter');
  expect(call).toMatchObject({
    type: 'message.received',
    data: { from: keys.did, message: { id: message.id, body } },
  });
  const original = await verifyMessage(call?.data['jws'], { keysOf: async () => [keys.signing.publicJwk] });
  expect(original.body).toEqual(body);

  const word = await shelter.post('acknowledgements', {
    message: message.id,
    decision: 'accepted',
    officer: 'o1',
  });
  expect(word.status).toBe(201);
  await house.drain();
  expect(listPostedEvents(peer, '/police', message.id)).toEqual([
    'ContentConsignment',
    'ConsignmentAcceptance',
  ]);
  const key = await addAccessKey(house.gateway, keys.did, 'police');
  const headers = { authorization: `Bearer ${key}` };
  const status = await house.app.request(`${GATEWAY_URL}/v1/messages/${message.id}`, { headers });
  expect(await status.json()).toMatchObject({ state: 'acknowledged' });
});

test('a message for the police stays sealed up to their system, and their own signature is the acknowledgement', async () => {
  const { keys } = police;
  const id = await postMessage(shelter, makeReportPost(['police']));
  await house.drain();

  const call = peer.received.findLast((one) => one.url === '/police');
  const body = call?.body.toString() ?? '';
  for (const word of PRIVATE_TEXT) expect(body).not.toContain(word);
  const { type, data } = new Webhook(secret).verify(body, call?.headers as Record<string, string>) as {
    type: string;
    data: Record<string, unknown>;
  };
  expect([type, data['id']]).toEqual(['message.received', id]);
  const sender = shelter.designation;
  const message = await verifyMessage(await openSealedMessage(data['sealed'], [keys.opening]), {
    recipient: keys.did,
    keysOf: async (did) => (did === sender.focal_point ? sender.keys.signing : []),
  });
  expect(message.body['persons']).toMatchObject([{ prs_FirstName: PRIVATE_TEXT[0] }]);

  const about = {
    message: id,
    sender: sender.focal_point,
    digest: digestOfSealed(data['sealed']),
    at: new Date(),
  };
  const statement = await signAcknowledgement(keys, about);
  const path = '/v1/focal-points/police/acknowledgements';
  const taken = await postSigned(house, path, statement);
  const first = await taken.json();
  expect([taken.status, first.result]).toEqual([201, 'taken']);
  const again = await postSigned(house, path, statement);
  expect([again.status, await again.json()]).toEqual([200, { ...first, result: 'repeat' }]);
  await house.drain();

  const proof = (await fetchEvidence(shelter, id)).at(-1);
  expect(proof).toMatchObject({ event: 'ConsignmentAcceptance', attestation: { how: 'own-signature' } });
  const inside = JSON.parse(proof?.attestation?.statement ?? 'null');
  const { payload } = await verifyStatement(inside, 'evidence', async () => keys.signing.publicJwk);
  expect(payload).toMatchObject({ by: keys.did, consignment: id, digest: about.digest });
  expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'acknowledged' });
  expect(listPostedEvents(peer, '/shelter', id)).toEqual(['ContentConsignment', 'ConsignmentAcceptance']);
});

test('the gateway cannot read what is sealed to the police, and has none of their keys', async () => {
  const { gateway, database } = house;
  expect(await gateway.store.secrets.secretsInUse(police.keys.did, 'custody-key', gateway.now())).toEqual([]);
  const rows = await database.sql<{ row: string }[]>`
    select to_json(s)::text as row from sealed_message s union all select to_json(c)::text from consignment c
    union all select to_json(d)::text from delivery d union all select to_json(m)::text from message m`;
  expect(rows.length).toBeGreaterThan(4);
  for (const word of PRIVATE_TEXT) expect(rows.filter(({ row }) => row.includes(word))).toEqual([]);
});
