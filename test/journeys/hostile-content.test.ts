/** Content that a known sender sealed or signed is bounded, too: it costs no more than being refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONSIGNMENT_TYPE } from '../../src/domain/message/consignment.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import { addAccessKey } from '../../src/entry/enrolling/enrol.ts';
import { digestOf } from '../../src/seal/digest.ts';
import { encryptJwe } from '../../src/seal/jwe.ts';
import { signJws } from '../../src/seal/jws.ts';
import { digestOfSealed, SIGNED_TYPE } from '../../src/seal/sealed-message.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import {
  designateOwnCustody,
  GATEWAY_DID,
  makeText,
  postSigned,
  signConsignment,
} from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import { processorTime } from '../support/processor-time.ts';
import { makeRig, type Rig, type RigPartner } from '../support/rig.ts';

const MIB = 1024 * 1024;
/** Milliseconds of processor time, far more than a refusal costs: without bounds it cost many seconds. */
const COSTLY = 20_000;

let house: Rig;
let peer: HttpPeer;
let police: KeyedPerson;
let policeKey: string;
let shelter: RigPartner;

beforeAll(async () => {
  peer = await startPeer();
  house = await makeRig({ allow: [peer.host] });
  const officers = [{ id: 'o1', name: 'Invented Officer', role: 'officer', lang: 'en' }] as const;
  const own = await designateOwnCustody(house, { slug: 'police', country: 'ID', officers });
  police = own.keys;
  policeKey = await addAccessKey(house.gateway, own.designation.focal_point, 'test');
  shelter = await house.partner({ slug: 'shelter', name: 'Invented', country: 'KH', officers });
  await addHook(house.gateway, shelter.designation.focal_point, { address: `${peer.url}/shelter` });
});

afterAll(async () => {
  await house?.close();
  await peer?.close();
});

const brackets = (mib: number): string => `[${'[],'.repeat((mib * MIB) / 3)}[]]`;

/** Carries bytes to the shelter as a sealed message, whatever they are. */
async function carry(plaintext: string, designation: Designation): Promise<string> {
  const message = makeText(police.did, [designation.focal_point], house.gateway.now());
  const key = designation.keys.agreement.at(-1);
  if (key === undefined) throw new Error('no key');
  const sealed = await encryptJwe(Buffer.from(plaintext), key, {
    enc: 'A256CBC-HS512',
    typ: 'application/didcomm-encrypted+json',
    apv: Buffer.from(digestOf(key.kid), 'base64url'),
  });
  const to = designation.focal_point;
  const jws = await signConsignment(police, {
    id: message.id,
    typ: message.typ,
    type: CONSIGNMENT_TYPE,
    from: message.from,
    to: [GATEWAY_DID],
    created_time: message.created_time,
    expires_time: message.expires_time,
    body: {
      message_type: 'text',
      urgency: 'routine',
      handling: 'H0',
      thid: message.thid,
      recipients: [{ to, digest: digestOfSealed(sealed), attachment: 's0' }],
    },
    attachments: [{ id: 's0', media_type: 'application/didcomm-encrypted+json', data: { json: sealed } }],
  });
  const answer = await postSigned(house, '/v1/consignments', jws);
  expect(answer.status, await answer.text()).toBe(202);
  return message.id;
}

describe('inside a sealed message of a partner with its own keys', () => {
  test.each([
    ['`[],` instead of a signed message', async () => brackets(6), 'decryption-failed'],
    ['members without end', async () => `{"a":0,${'"b":0,'.repeat(MIB)}"c":0}`, 'decryption-failed'],
    [
      '`[],` signed as a message',
      async () =>
        JSON.stringify(
          await signJws(Buffer.from(brackets(4)), [police.signing], { typ: SIGNED_TYPE, kid: 'unprotected' }),
        ),
      'too-large',
    ],
  ])('%s is not delivered, and the sender is told', async (_name, make, reason) => {
    const id = await carry(await make(), shelter.designation);
    const start = processorTime();
    await house.drain();
    expect(processorTime() - start).toBeLessThan(COSTLY);
    const status = await house.app.request(`https://gateway.test/v1/messages/${id}`, {
      headers: { authorization: `Bearer ${policeKey}` },
    });
    const { state, evidence } = (await status.json()) as { state: string; evidence: unknown[] };
    expect(state).toBe('failed');
    const reasons = evidence.map((one) => (peekStatement(one).payload as { reason?: string }).reason);
    expect(reasons).toContain(reason);
  });
});

describe('in a signed post', () => {
  const post = { to: ['police'], type: 'text', urgency: 'routine', handling: 'H0', lang: 'en' };

  test.each([
    ['of `[],` alone', () => brackets(14)],
    [
      'with `[],` for a body',
      () => JSON.stringify({ ...post, body: { text: 'it' } }).replace('"it"', brackets(14)),
    ],
    ['with members without end', () => `{"a":0,${'"b":0,'.repeat(2 * MIB)}"c":0}`],
  ])('%s of 14 MiB is refused, signed', async (_name, make) => {
    const body = make();
    const start = processorTime();
    const answer = await shelter.post('messages', body);
    expect(processorTime() - start).toBeLessThan(COSTLY);
    expect(await answer.json()).toMatchObject({
      type: 'urn:amanat:problem:too-large',
      evidence: { payload: expect.any(String) },
    });
    expect(answer.status).toBe(413);
  });
});
