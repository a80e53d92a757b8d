/** Bad input by the sealed route: hostile JOSE, strangers, and consignments that do not match their contents. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Consignment } from '../../src/domain/message/consignment.ts';
import { LIMITS } from '../../src/domain/message/message.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import type { ProblemCode } from '../../src/domain/words/error.ts';
import { present } from '../../src/domain/words/present.ts';
import type { Jws } from '../../src/seal/jws.ts';
import { digestOfSealed, SIGNED_TYPE } from '../../src/seal/sealed-message.ts';
import { addHook } from '../support/confirmed.ts';
import {
  designateOwnCustody,
  makeKeyedPerson,
  makeText,
  postSigned,
  sealConsignment,
  signConsignment,
} from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import { expectRefusal, MARKERS } from '../support/refusals.ts';
import { GATEWAY_URL, makeRig, type Rig } from '../support/rig.ts';

const officers = [{ id: 'o1', name: `${MARKERS} Officer`, role: 'officer', lang: 'en' }] as const;
const PATH = '/v1/consignments';

let house: Rig;
let police: { keys: KeyedPerson; designation: Designation };
let short: { keys: KeyedPerson; designation: Designation };
let stranger: KeyedPerson;
let focalPoint: Designation;
let mute: Designation;

beforeAll(async () => {
  house = await makeRig();
  police = await designateOwnCustody(house, { slug: 'police', country: 'KH', officers, days: 800 });
  short = await designateOwnCustody(house, { slug: 'short', country: 'KH', officers, days: 1 });
  stranger = await makeKeyedPerson(MARKERS);
  const draft = { name: 'Invented', country: 'ID', officers, days: 800 };
  focalPoint = await house.designate({ ...draft, slug: 'desk' });
  mute = await house.designate({ ...draft, slug: 'mute' });
  await addHook(house.gateway, focalPoint.focal_point);
});

afterAll(() => house?.close());

const text = (over = {}) =>
  makeText(police.keys.did, [focalPoint.focal_point], house.gateway.now(), {
    body: { text: MARKERS },
    ...over,
  });

/** A good consignment to the desk, changed in one place and signed all the same. */
async function changed(change: (one: Consignment) => object): Promise<Jws> {
  const good = await sealConsignment(police.keys, text(), [focalPoint]);
  return signConsignment(police.keys, { ...good, ...change(good) });
}

const send = (body: unknown) => postSigned(house, PATH, body);

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWS with any header, truly signed by the police. */
async function hostile(header: object | string, unprotected?: object): Promise<unknown> {
  const protectedHeader = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header)).toString(
    'base64url',
  );
  const payload = encoded(await sealConsignment(police.keys, text(), [focalPoint]));
  const bytes = Buffer.from(`${protectedHeader}.${payload}`);
  const signature = await crypto.subtle.sign('Ed25519', police.keys.signing.privateKey, bytes);
  const one = { protected: protectedHeader, signature: Buffer.from(signature).toString('base64url') };
  return { payload, signatures: [{ ...one, ...present({ header: unprotected }) }] };
}

const header = (over: object = {}) => ({ alg: 'EdDSA', typ: SIGNED_TYPE, ...over });
const kid = () => ({ kid: police.keys.signing.kid });

describe('a body that is not a signed consignment gets no signed refusal, and is not kept', () => {
  test.each<[string, ProblemCode, () => Promise<unknown>]>([
    ['broken JSON', 'malformed-json', async () => `{"payload":"${MARKERS}`],
    [
      'a member twice',
      'malformed-json',
      async () => `{"payload":"a","payload":"${MARKERS}","signatures":[]}`,
    ],
    ['JSON that is no JWS', 'jose-malformed', async () => ({ [MARKERS]: MARKERS })],
    ['no signature', 'jose-malformed', async () => ({ payload: 'e30', signatures: [] })],
    [
      'a stranger’s signature',
      'unknown-sender',
      async () =>
        signConsignment(
          stranger,
          await sealConsignment(stranger, { ...text(), from: stranger.did }, [focalPoint]),
        ),
    ],
    ['a key id that is no DID', 'unknown-sender', () => hostile(header(), { kid: `\u0000${MARKERS}` })],
    ['a key id that is a slug', 'unknown-sender', () => hostile(header(), { kid: 'police#sign-1' })],
    ['no key id', 'jose-malformed', () => hostile(header())],
    [
      'a second, unknown signer',
      'unknown-sender',
      async () => {
        const one = await changed(() => ({}));
        const other = await signConsignment(stranger, {});
        return { ...one, signatures: [...one.signatures, ...other.signatures] };
      },
    ],
    [
      'a payload changed after signing',
      'signature-invalid',
      async () => ({ ...(await changed(() => ({}))), payload: encoded({ id: MARKERS }) }),
    ],
    ['alg none', 'jose-header-refused', () => hostile(header({ alg: 'none' }), kid())],
    ['alg HS256', 'jose-header-refused', () => hostile(header({ alg: 'HS256' }), kid())],
    ['another alg than the key’s', 'signature-invalid', () => hostile(header({ alg: 'ES256' }), kid())],
    ['crit', 'jose-header-refused', () => hostile(header({ crit: [MARKERS], [MARKERS]: 1 }), kid())],
    ['b64 false', 'jose-header-refused', () => hostile(header({ b64: false, crit: ['b64'] }), kid())],
    [
      'a key of its own',
      'jose-header-refused',
      () => hostile(header({ jwk: stranger.signing.publicJwk }), kid()),
    ],
    [
      'a key to fetch',
      'jose-header-refused',
      () => hostile(header({ jku: `https://${MARKERS}.test/` }), kid()),
    ],
    ['a parameter nobody knows', 'jose-header-refused', () => hostile(header({ [MARKERS]: MARKERS }), kid())],
    [
      'a header member twice',
      'jose-malformed',
      () => hostile(`{"alg":"none","alg":"EdDSA","typ":"${SIGNED_TYPE}"}`, kid()),
    ],
    ['a header of a megabyte', 'too-large', () => hostile(header({ typ: MARKERS.repeat(100_000) }), kid())],
    ['a kid in both halves', 'jose-header-refused', () => hostile(header(kid()), kid())],
    [
      'evidence shown as a consignment',
      'jose-header-refused',
      () => hostile(header({ typ: 'amanat-evidence+jws' }), kid()),
    ],
  ])('%s: %s', async (_name, code, make) => {
    const body = await make();
    await expectRefusal(house, () => send(body), { code });
  });

  test('another content type, another method, a declared size over the limit', async () => {
    const typed = (type: string) => postSigned(house, PATH, '{}', { 'content-type': type });
    await expectRefusal(house, () => typed('text/plain'), { code: 'wrong-content-type' });
    const got = () => house.app.request(`${GATEWAY_URL}${PATH}`);
    await expectRefusal(house, got, { code: 'method-not-allowed' });
    const size = { 'content-length': String(LIMITS.consignment + 1) };
    await expectRefusal(house, () => postSigned(house, PATH, '{}', size), { code: 'too-large' });
  });
});

describe('a known sender: the refusal is signed, and nothing else is kept', () => {
  const at = () => Math.floor(house.gateway.now().getTime() / 1_000);
  const body = (one: Consignment, over: object) => ({ body: { ...one.body, ...over } });
  const first = (one: Consignment) => one.attachments[0]?.data.json ?? { protected: '' };
  /** Another JWE in place of the one that is carried, with its digest where it has one. */
  const resealed = (one: Consignment, jwe: object) => {
    let digest = 'A'.repeat(43);
    try {
      digest = digestOfSealed(jwe);
    } catch {}
    const [recipient] = one.body.recipients;
    return {
      ...body(one, { recipients: [{ ...recipient, digest }] }),
      attachments: [{ ...one.attachments[0], data: { json: jwe } }],
    };
  };
  const jweHeader = (one: Consignment, over: object) => {
    const known = JSON.parse(Buffer.from(first(one).protected, 'base64url').toString());
    return { ...first(one), protected: encoded({ ...known, ...over }) };
  };

  test.each<[string, ProblemCode, (one: Consignment) => object]>([
    ['an empty body', 'invalid-body', () => ({ body: {} })],
    ['a member that is not known', 'invalid-body', () => ({ [MARKERS]: MARKERS })],
    ['an unknown type', 'invalid-body', (one) => body(one, { message_type: MARKERS })],
    [
      'a deadline that is no date',
      'invalid-body',
      (one) => body(one, { answer_by: Number.MAX_SAFE_INTEGER }),
    ],
    ...['acknowledge_by', 'answer_by'].map((name): [string, ProblemCode, (one: Consignment) => object] => [
      `${name} in the year 9999`,
      'invalid-body',
      (one) => body(one, { [name]: 253_402_300_799 }),
    ]),
    ...['created_time', 'expires_time'].map((name): [string, ProblemCode, () => object] => [
      `${name} in the year 9999`,
      'invalid-body',
      () => ({ [name]: 253_402_300_799 }),
    ]),
    ['an expiry that has passed', 'expired', () => ({ created_time: at() - 100, expires_time: at() - 1 })],
    ['an expiry beyond ninety days', 'expired', () => ({ expires_time: at() + 91 * 86_400 })],
    ['a time in the future', 'clock-skew', () => ({ created_time: at() + 400 })],
    ['another gateway', 'misaddressed', () => ({ to: ['did:web:other.test'] })],
    ['another sender than the signer', 'misaddressed', () => ({ from: focalPoint.focal_point })],
    [
      'an attachment that is not there',
      'misaddressed',
      (one) => body(one, { recipients: [{ ...one.body.recipients[0], attachment: MARKERS }] }),
    ],
    [
      'a recipient it is not sealed to',
      'misaddressed',
      (one) => body(one, { recipients: [{ ...one.body.recipients[0], to: mute.focal_point }] }),
    ],
    [
      'a digest of something else',
      'digest-mismatch',
      (one) => body(one, { recipients: [{ ...one.body.recipients[0], digest: 'A'.repeat(43) }] }),
    ],
    ['a reply in a thread nobody knows', 'unknown-thread', (one) => body(one, { message_type: 'reply' })],
    [
      'a sealed message with zip',
      'jose-header-refused',
      (one) => resealed(one, jweHeader(one, { zip: 'DEF' })),
    ],
    [
      'a sealed message by password',
      'jose-header-refused',
      (one) => resealed(one, jweHeader(one, { alg: 'PBES2-HS256+A128KW', p2c: 1e9 })),
    ],
    [
      'a sealed message by RSA',
      'jose-header-refused',
      (one) => resealed(one, jweHeader(one, { alg: 'RSA1_5' })),
    ],
    [
      'a sealed message that names other keys',
      'jose-header-refused',
      (one) => resealed(one, jweHeader(one, { apv: 'A'.repeat(43) })),
    ],
    [
      'a sealed message that is none',
      'jose-malformed',
      (one) => resealed(one, { ...first(one), protected: MARKERS }),
    ],
  ])('%s: %s', async (_name, code, change) => {
    const jws = await changed(change);
    await expectRefusal(house, () => send(jws), { code, signedTo: police.keys.did });
  });

  test('an unknown recipient, one that cannot be reached, the sender itself', async () => {
    const to = async (one: Pick<Designation, 'focal_point' | 'keys'>) =>
      signConsignment(
        police.keys,
        await sealConsignment(police.keys, text({ to: [one.focal_point] }), [one]),
      );
    const signedTo = police.keys.did;
    const nobody = {
      focal_point: stranger.did,
      keys: { signing: [], agreement: [stranger.opening.publicJwk] },
    };
    const [unknown, unreachable, itself] = await Promise.all([to(nobody), to(mute), to(police.designation)]);
    await expectRefusal(house, () => send(unknown), { code: 'unknown-recipient', signedTo });
    expect((await send(unreachable)).status, 'a desk without a way is waited for').toBe(202);
    await expectRefusal(house, () => send(itself), { code: 'misaddressed', signedTo });
  });
});

test('with time designations and agreements end', async () => {
  const now = async (one: { keys: KeyedPerson }) => {
    const message = makeText(one.keys.did, [focalPoint.focal_point], house.gateway.now());
    const jws = await signConsignment(one.keys, await sealConsignment(one.keys, message, [focalPoint]));
    return () => send(jws);
  };
  house.pass(2 * 86_400);
  await expectRefusal(house, await now(short), { code: 'designation-ended', signedTo: short.keys.did });
  house.pass(400 * 86_400);
  await expectRefusal(house, await now(police), { code: 'not-covered', signedTo: police.keys.did });
});
