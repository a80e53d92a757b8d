/** Repeats: the same submission gets the same bytes and is kept once; something else under the same id is a conflict. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMITS, typeUriOf } from '../../src/domain/message/message.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import { addHook } from '../support/confirmed.ts';
import {
  designateOwnCustody,
  makeText,
  postSigned,
  sealConsignment,
  signConsignment,
} from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import { countRows, expectRefusal, MARKERS } from '../support/refusals.ts';
import { makeRig, type Rig, type RigPartner } from '../support/rig.ts';

const officers = [{ id: 'o1', name: 'Invented Officer', role: 'officer', lang: 'en' }] as const;

const good = {
  to: ['desk'],
  type: 'text',
  urgency: 'routine',
  handling: 'H0',
  lang: 'en',
  body: { text: `${MARKERS} text` },
};

let house: Rig;
let shelter: RigPartner;
let sender: string;
let police: { keys: KeyedPerson; designation: Designation };
let other: { keys: KeyedPerson; designation: Designation };
let focalPoint: Designation;

beforeAll(async () => {
  house = await makeRig();
  const draft = { name: 'Invented', country: 'KH', officers };
  shelter = await house.partner({ ...draft, slug: 'shelter' });
  sender = shelter.designation.focal_point;
  focalPoint = await house.designate({ ...draft, slug: 'desk', country: 'ID' });
  police = await designateOwnCustody(house, { slug: 'police', country: 'KH', officers });
  other = await designateOwnCustody(house, { slug: 'other-police', country: 'KH', officers });
  await addHook(house.gateway, focalPoint.focal_point);
});

afterAll(() => house?.close());

const text = (over = {}) =>
  makeText(police.keys.did, [focalPoint.focal_point], house.gateway.now(), {
    body: { text: MARKERS },
    ...over,
  });

const send = (body: unknown) => postSigned(house, '/v1/consignments', body);

describe('by the assisted route', () => {
  test('the same bytes are answered with the same bytes; other bytes under the id are a conflict', async () => {
    const first = await shelter.post('messages', good, { id: 'once' });
    const receipt = await first.text();
    expect(first.status, receipt).toBe(202);
    const kept = await countRows(house);
    const again = await shelter.post('messages', good, { id: 'once' });
    expect([again.status, await again.text()]).toEqual([200, receipt]);
    expect(await countRows(house)).toEqual(kept);
    const other = () => shelter.post('messages', { ...good, urgency: 'urgent' }, { id: 'once' });
    await expectRefusal(house, other, { code: 'id-conflict', signedTo: sender });
  });

  test('two at once give one message', async () => {
    const before = await countRows(house);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => shelter.post('messages', good, { id: 'at-once' })),
    );
    const texts = await Promise.all(answers.map((one) => one.text()));
    expect(new Set(texts).size).toBe(1);
    expect(answers.map((one) => one.status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 202]);
    const after = await countRows(house);
    expect((after['message'] ?? 0) - (before['message'] ?? 0)).toBe(1);
  });

  test('a whole message of ten MiB is accepted', async () => {
    const base64 = Buffer.alloc(LIMITS.attachments, 7).toString('base64');
    const attachments = [{ filename: 'scan.pdf', media_type: 'application/pdf', base64 }];
    const answer = await shelter.post('messages', { ...good, attachments });
    expect(answer.status, (await answer.text()).slice(0, 300)).toBe(202);
  });
});

describe('by the sealed route', () => {
  test('a replay is answered with the same bytes; the same id with other content is a conflict', async () => {
    const message = text();
    const good = await sealConsignment(police.keys, message, [focalPoint]);
    const jws = await signConsignment(police.keys, good);
    const first = await send(jws);
    const receipt = await first.text();
    expect(first.status, receipt).toBe(202);
    const kept = await countRows(house);
    const again = await send(jws);
    expect([again.status, await again.text()]).toEqual([200, receipt]);
    expect(await countRows(house)).toEqual(kept);
    const resealed = await signConsignment(
      police.keys,
      await sealConsignment(police.keys, message, [focalPoint]),
    );
    await expectRefusal(house, () => send(resealed), { code: 'id-conflict', signedTo: police.keys.did });
  });

  test('an id of another sender is a conflict and reveals nothing', async () => {
    const good = await sealConsignment(police.keys, text(), [focalPoint]);
    expect((await send(await signConsignment(police.keys, good))).status).toBe(202);
    const stolen = makeText(other.keys.did, [focalPoint.focal_point], house.gateway.now(), { id: good.id });
    const jws = await signConsignment(other.keys, await sealConsignment(other.keys, stolen, [focalPoint]));
    await expectRefusal(house, () => send(jws), { code: 'id-conflict', signedTo: other.keys.did });
  });

  test('a request in a thread in which the sender has no part is refused', async () => {
    const good = await sealConsignment(police.keys, text(), [focalPoint]);
    expect((await send(await signConsignment(police.keys, good))).status).toBe(202);
    const { thid } = good.body;
    const over = { thid, type: typeUriOf('request'), body: { kind: 'case-status', question: MARKERS } };
    const joined = makeText(other.keys.did, [focalPoint.focal_point], house.gateway.now(), over);
    const jws = await signConsignment(other.keys, await sealConsignment(other.keys, joined, [focalPoint]));
    await expectRefusal(house, () => send(jws), { code: 'unknown-thread', signedTo: other.keys.did });
  });
});
