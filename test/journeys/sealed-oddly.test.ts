/**
 * A partner seals bodies that fit no schema, which nobody on the way can see. The addressed officer reads what there
 * is, gets it as a letter and answers; the rest of the case continues; nothing breaks.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Message, typeUriOf } from '../../src/domain/message/message.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import { openBrowser } from '../support/browser.ts';
import { addHook } from '../support/confirmed.ts';
import { makeLinksTo } from '../support/links.ts';
import {
  designateOwnCustody,
  makeText,
  postSigned,
  sealConsignment,
  signConsignment,
} from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { expectQuietLog, makeOfficer } from '../support/story.ts';
import { fetchCheckedThread } from '../support/threads.ts';

let house: Rig;
let focalPoint: RigPartner;
let police: { keys: KeyedPerson; designation: Designation };

beforeAll(async () => {
  house = await makeRig();
  focalPoint = await house.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers: [makeOfficer()] });
  await addHook(house.gateway, focalPoint.designation.focal_point, {
    shows: 'notice',
    lang: 'id',
    officer: 'o1',
  });
  police = await designateOwnCustody(house, { slug: 'police', country: 'KH', officers: [makeOfficer('en')] });
});
afterAll(async () => {
  expectQuietLog(house);
  await house?.close();
});

const ODD: readonly (readonly [
  name: string,
  type: 'report' | 'request' | 'indication' | 'text',
  body: object,
])[] = [
  ['members with the names of a language’s own', 'text', JSON.parse('{"toString":"Odd","__proto__":"x"}')],
  ['persons that are texts', 'report', { persons: ['Odd', 7, null] }],
  ['persons without a ref', 'report', { persons: [{ prs_FirstName: 'Odd', determinations: 'none' }] }],
  ['determinations of anything', 'report', { persons: [{ ref: 'p1', determinations: ['Odd', { on: 1 }] }] }],
  ['a checklist that is none', 'indication', { checklist: 5, measure: { taken: 'Odd' }, recruiter: ['x'] }],
  ['a request of no kind', 'request', { kind: ['Odd'], persons: null }],
  [
    'places and times of any shape',
    'report',
    { where: 'Odd', evaluation: 'A1', consent: 1, happened: { a: [[1]] } },
  ],
];

/** Sealed by the police, carried, and waiting for the officer. */
async function sealed(type: (typeof ODD)[number][1], body: object): Promise<string> {
  const { keys } = police;
  const over: Partial<Message> = { type: typeUriOf(type), body: body as Message['body'] };
  const message = makeText(keys.did, [focalPoint.designation.focal_point], house.gateway.now(), over);
  const jws = await signConsignment(keys, await sealConsignment(keys, message, [focalPoint.designation]));
  const answer = await postSigned(house, '/v1/consignments', jws);
  expect(answer.status, await answer.clone().text()).toBe(202);
  return message.id;
}

test.each(ODD)('%s', async (_, type, body) => {
  const id = await sealed(type, body);
  const { read } = await makeLinksTo(house, id, focalPoint.designation);
  const reader = openBrowser(house.app, GATEWAY_URL);
  const page = await reader.submit(read);
  expect(page.status).toBe(200);
  expect(page.text).toContain('Odd');
  const letter = await reader.submit(`${read}/letter`);
  expect([letter.status, letter.text.slice(0, 5)]).toEqual([200, '%PDF-']);
  expect((await reader.submit(`${read}/decision`, { decision: 'accepted' })).status).toBe(200);
  const { thid } = (await (await focalPoint.status(id)).json()) as { thid: string };
  expect((await fetchCheckedThread(house, focalPoint, thid)).thid).toBe(thid);
});

test('nothing of it faulted on the way', () => {
  expect(house.lines.filter(({ event }) => event.includes('fault'))).toEqual([]);
});
