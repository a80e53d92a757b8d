/** Bad acknowledgements, bad access keys, and the Telegram route: what is refused, and what is not revealed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Evidence, uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import type { ProblemCode } from '../../src/domain/words/error.ts';
import { addHook } from '../support/confirmed.ts';
import {
  designateOwnCustody,
  makeText,
  nameOfficer,
  postSigned,
  sealConsignment,
  signAcknowledgement,
  signConsignment,
} from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import { expectRefusal, MARKERS } from '../support/refusals.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { makeOfficer } from '../support/story.ts';

const officers = [makeOfficer('en')] as const;
const SECRET = 'invented_secret-token';

let house: Rig;
let shelter: RigPartner;
let focalPoint: RigPartner;
let police: { keys: KeyedPerson; designation: Designation };
/** A message from the shelter to the desk. */
let message: string;
/** What the police know of one that the shelter sent to them. */
let sealed: { message: string; sender: string; digest: string; at: Date };

beforeAll(async () => {
  house = await makeRig({
    values: {
      AMANAT_CHANNELS: 'webhook,telegram',
      AMANAT_TELEGRAM_TOKEN: '4711:invented-token',
      AMANAT_TELEGRAM_SECRET: SECRET,
      AMANAT_TELEGRAM_API: 'http://127.0.0.1:1',
    },
  });
  const draft = { name: 'Invented', country: 'KH', officers };
  shelter = await house.partner({ ...draft, slug: 'shelter' });
  focalPoint = await house.partner({ ...draft, slug: 'desk', country: 'ID' });
  police = await designateOwnCustody(house, { slug: 'police', country: 'KH', officers });
  await addHook(house.gateway, focalPoint.designation.focal_point);
  await addHook(house.gateway, police.keys.did, { shows: 'sealed' });
  message = await posted(['desk']);
  const id = await posted(['police']);
  const status = await (await shelter.status(id)).json();
  const view = await house.gateway.store.messages.readMessage(id);
  const digest = view?.recipients[0]?.digest ?? '';
  sealed = { message: id, sender: status.sender, digest, at: house.gateway.now() };
});

afterAll(() => house?.close());

async function posted(to: readonly string[]): Promise<string> {
  const post = { to, type: 'text', urgency: 'routine', handling: 'H0', lang: 'en', body: { text: 'Drill.' } };
  const answer = await shelter.post('messages', post);
  expect(answer.status).toBe(202);
  return (await answer.json()).id;
}

describe('an acknowledgement through a partner’s system', () => {
  const good = { decision: 'accepted', officer: 'o1' };
  test.each<[string, ProblemCode, object]>([
    ['a message nobody knows', 'not-found', { ...good, message: '0'.repeat(32) }],
    ['an id that is none', 'invalid-body', { ...good, message: MARKERS }],
    ['an officer nobody designated', 'unknown-officer', { ...good, officer: MARKERS }],
    ['declining without a ground', 'ground-required', { ...good, decision: 'declined' }],
    ['a ground nobody published', 'invalid-body', { ...good, decision: 'declined', ground: MARKERS }],
    ['accepting with a ground', 'invalid-body', { ...good, ground: 'other' }],
    ['a decision that is none', 'invalid-body', { ...good, decision: MARKERS }],
    ['a member that is not known', 'invalid-body', { ...good, [MARKERS]: MARKERS }],
  ])('%s: %s, signed', async (_name, code, word) => {
    const send = () => focalPoint.post('acknowledgements', { message, ...word });
    await expectRefusal(house, send, { code, signedTo: focalPoint.designation.focal_point });
  });

  test('a message that was sent to somebody else, or by the caller itself', async () => {
    const word = { message: sealed.message, ...good };
    const signedTo = focalPoint.designation.focal_point;
    await expectRefusal(house, () => focalPoint.post('acknowledgements', word), {
      code: 'not-found',
      signedTo,
    });
    const own = () => shelter.post('acknowledgements', { message, ...good });
    await expectRefusal(house, own, { code: 'not-found', signedTo: shelter.designation.focal_point });
  });

  test('too much for an acknowledgement', async () => {
    const send = () =>
      focalPoint.post('acknowledgements', { message, ...good, note: MARKERS.repeat(10_000) });
    await expectRefusal(house, send, { code: 'too-large' });
  });
});

describe('an acknowledgement that a focal point signed itself', () => {
  const send = (jws: unknown, slug = 'police') =>
    postSigned(house, `/v1/focal-points/${slug}/acknowledgements`, jws);

  test.each<[string, ProblemCode, Partial<Evidence>]>([
    ['a message nobody knows', 'not-found', { consignment: '0'.repeat(32) }],
    ['no message', 'invalid-body', { consignment: undefined }],
    ['no officer', 'invalid-body', { officer: undefined }],
    [
      'an officer nobody designated',
      'unknown-officer',
      { officer: { id: MARKERS, name: MARKERS, role: 'officer' } },
    ],
    ['another event', 'invalid-body', { event: 'ContentHandover' }],
    ['another signer than it says', 'misaddressed', { by: 'did:web:gateway.test:fp:desk' }],
    ['another recipient than the signer', 'misaddressed', { recipient: 'did:web:gateway.test:fp:desk' }],
    ['a digest of something else', 'digest-mismatch', { digest: 'A'.repeat(43) }],
    ['declining without a ground', 'ground-required', { event: 'ConsignmentRejection' }],
    [
      'a ground nobody published',
      'invalid-body',
      { event: 'ConsignmentRejection', reason: `${MARKERS}\u0000` },
    ],
    ['accepting with a ground', 'invalid-body', { reason: 'other' }],
    ['the URI of the other event', 'invalid-body', { event_uri: uriOfEvent('ConsignmentRejection') }],
    ['a URI without end', 'invalid-body', { event_uri: `https://a.example/${'a'.repeat(12_000)}` }],
    [
      'the URI of another ground',
      'invalid-body',
      { event: 'ConsignmentRejection', reason: 'other', reason_uri: 'urn:amanat:reason:duplicate' },
    ],
    ['a URI of no reason', 'invalid-body', { reason_uri: 'urn:amanat:reason:other' }],
    ['another thread', 'misaddressed', { thid: '0'.repeat(32) }],
    ['another sender', 'misaddressed', { sender: 'did:web:gateway.test:fp:desk' }],
    ['a time long before the message', 'clock-skew', { at: '2020-01-01T00:00:00.000Z' }],
    ['a time to come', 'clock-skew', { at: new Date(Date.now() + 3_600_000).toISOString() }],
    [
      'another name of the officer',
      'unknown-officer',
      { officer: { ...nameOfficer(makeOfficer()), name: MARKERS } },
    ],
    [
      'a name without end',
      'invalid-body',
      { officer: { ...nameOfficer(makeOfficer()), name: 'a'.repeat(12_000) } },
    ],
    ['another role', 'unknown-officer', { officer: { ...nameOfficer(makeOfficer()), role: 'supervisor' } }],
    ['a custody that it is not in', 'wrong-custody', { custody: 'gateway' }],
    ['what it cannot know to contradict', 'misaddressed', { contradicts: '0'.repeat(32) }],
    ['words that are none to settle', 'not-found', { settles: ['0'.repeat(32), '1'.repeat(32)] }],
    ['an attestation of its own', 'invalid-body', { attestation: { how: 'one-time-link' } }],
    ['a channel it did not come by', 'misaddressed', { channel: 'email' }],
    ['statements it cannot rest on', 'misaddressed', { rests_on: { agreements: [], designations: [] } }],
    ['a purge', 'invalid-body', { purge: { cause: 'recall', gone: [], unpurged: [] } }],
  ])('%s: %s, signed', async (_name, code, over) => {
    const jws = await signAcknowledgement(police.keys, sealed, over);
    await expectRefusal(house, () => send(jws), { code, signedTo: police.keys.did });
  });

  test('somebody else’s signature, a focal point in custody, an unknown focal point', async () => {
    const jws = await signAcknowledgement(police.keys, sealed);
    const changed = { ...jws, payload: Buffer.from(`{"by":"${MARKERS}"}`).toString('base64url') };
    await expectRefusal(house, () => send(changed), { code: 'signature-invalid' });
    await expectRefusal(house, () => send(jws, 'desk'), { code: 'wrong-custody' });
    await expectRefusal(house, () => send(jws, `${MARKERS}%00`), { code: 'unknown-sender' });
    const consignment = await sealConsignment(
      police.keys,
      makeText(police.keys.did, [], house.gateway.now()),
      [],
    );
    const other = await signConsignment(police.keys, consignment);
    await expectRefusal(house, () => send(other), { code: 'jose-header-refused' });
  });

  test('a consignment posted as evidence and evidence as a consignment are both refused', async () => {
    const jws = await signAcknowledgement(police.keys, sealed);
    await expectRefusal(house, () => postSigned(house, '/v1/consignments', jws), {
      code: 'jose-header-refused',
    });
  });
});

describe('reading the state of a message', () => {
  const read = (id: string, authorization?: string) =>
    house.app.request(`${GATEWAY_URL}/v1/messages/${id}`, {
      headers: authorization === undefined ? {} : { authorization },
    });

  test.each([undefined, 'Bearer', `Bearer amk_${'A'.repeat(43)}`, `Basic ${MARKERS}`, `Bearer ${MARKERS}`])(
    'without a known key (%s): 401',
    async (authorization) => {
      await expectRefusal(house, () => read(message, authorization), { code: 'access-denied' });
      expect((await read(message, authorization)).headers.get('www-authenticate')).toMatch(/^Bearer/);
    },
  );

  test('a key of another focal point gets the same answer as for a message that does not exist', async () => {
    const key = `Bearer ${focalPoint.accessKey}`;
    const other = await expectRefusal(house, () => read(sealed.message, key), { code: 'not-found' });
    const none = await expectRefusal(house, () => read('0'.repeat(32), key), { code: 'not-found' });
    const wrong = await expectRefusal(house, () => read(`${MARKERS}%00`, key), { code: 'not-found' });
    expect([none['detail'], wrong['detail']]).toEqual([other['detail'], other['detail']]);
  });

  test('a recipient sees only its own part', async () => {
    const both = await posted(['desk', 'police']);
    const seen = async (key: string) => (await read(both, `Bearer ${key}`)).json();
    const [whole, part] = await Promise.all([seen(shelter.accessKey), seen(focalPoint.accessKey)]);
    expect(whole.recipients.map((one: { slug: string }) => one.slug)).toEqual(['desk', 'police']);
    expect(part.recipients.map((one: { slug: string }) => one.slug)).toEqual(['desk']);
  });
});

describe('the Telegram route', () => {
  const knock = (body: string, secret?: string) =>
    house.app.request(`${GATEWAY_URL}/channels/telegram`, {
      method: 'POST',
      headers: secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret },
      body,
    });

  test('accepts only the secret, and stores nothing otherwise', async () => {
    const update = `{"update_id":1,"message":{"text":"${MARKERS}"}}`;
    for (const secret of [undefined, '', `${SECRET}x`, SECRET.slice(1)]) {
      await expectRefusal(house, () => knock(update, secret), { code: 'signature-invalid' });
    }
    await expectRefusal(house, () => knock(MARKERS, SECRET), { code: 'malformed-json' });
    await expectRefusal(house, () => knock('{}', SECRET), { code: 'invalid-body' });
    await expectRefusal(house, () => knock(MARKERS.repeat(30_000), SECRET), { code: 'too-large' });
  });

  test('other channels have no route here', async () => {
    for (const channel of ['webhook', 'email', MARKERS, '..%2fv1']) {
      const ask = () =>
        house.app.request(`${GATEWAY_URL}/channels/${channel}`, { method: 'POST', body: '{}' });
      await expectRefusal(house, ask, { code: 'not-found' });
    }
  });
});
