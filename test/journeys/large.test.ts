/** A large valid message is processed on other threads on every way in and out. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/designation.ts';
import { HEAVY_WORK, type HeavyWork, type HeavyWorkChooser } from '../../src/seal/heavy-work.ts';
import { addHook } from '../support/confirmed.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import {
  designateOwnCustody,
  makeText,
  postSigned,
  sealConsignment,
  signConsignment,
} from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import { makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { makeOfficer, postMessage } from '../support/story.ts';

const LARGE = 256 * 1_024;
const bytes = Buffer.alloc(1_500_000, 7);

/** What was done aside, in order. */
const aside: string[] = [];
const counting = new Proxy(HEAVY_WORK, {
  get: (target, name) => {
    aside.push(String(name));
    return Reflect.get(target, name);
  },
}) as HeavyWork;
const heavyFor: HeavyWorkChooser = (size) => (size < LARGE ? HEAVY_WORK : counting);

let house: Rig;
let peer: HttpPeer;
let shelter: RigPartner;
let police: KeyedPerson;
let focalPoint: Designation;

beforeAll(async () => {
  peer = await startPeer();
  house = await makeRig({ allow: [peer.host], heavyFor });
  const officers = [makeOfficer()];
  shelter = await house.partner({ slug: 'shelter', name: 'Invented', country: 'KH', officers });
  police = (await designateOwnCustody(house, { slug: 'police', country: 'KH', officers })).keys;
  focalPoint = await house.designate({ slug: 'desk', name: 'Invented', country: 'ID', officers });
  await addHook(house.gateway, focalPoint.focal_point, { address: peer.url });
});
afterAll(async () => {
  await house?.close();
  await peer?.close();
});
beforeEach(() => void aside.splice(0));

/** The content of what was posted last. */
const received = () => {
  const { message, jws } = JSON.parse(peer.received.at(-1)?.body.toString() ?? '{}').data;
  expect(JSON.parse(Buffer.from(jws.payload, 'base64url').toString())).toEqual(message);
  return message.attachments[0].data.base64 as string;
};

test('a partner’s post', async () => {
  const attachments = [
    { filename: 'scan.pdf', media_type: 'application/pdf', base64: bytes.toString('base64') },
  ];
  const post = { to: ['desk'], type: 'text', urgency: 'routine', handling: 'H0', lang: 'en' };
  await postMessage(shelter, { ...post, body: { text: 'it' }, attachments });
  expect(aside).toEqual(['post', 'digest', 'consign']);
  aside.splice(0);
  await house.drain();
  expect(received()).toBe(bytes.toString('base64url'));
  expect(aside).toEqual(['kids', 'open', 'json', 'signCall']);
});

test('a focal point’s own consignment', async () => {
  const scan = { id: 'a1', filename: 'scan.pdf', media_type: 'application/pdf', byte_count: bytes.length };
  const attachments = [{ ...scan, data: { base64: bytes.toString('base64url') } }];
  const message = makeText(police.did, [focalPoint.focal_point], house.gateway.now(), { attachments });
  const jws = await signConsignment(police, await sealConsignment(police, message, [focalPoint]));
  expect((await postSigned(house, '/v1/consignments', jws)).status).toBe(202);
  await house.drain();
  expect(received()).toBe(bytes.toString('base64url'));
  expect(aside.slice(-4)).toEqual(['kids', 'open', 'json', 'signCall']);
});
