/** Persons of a thread over HTTP: only for a focal point in custody, and only from messages that have reached it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addAccessKey } from '../../src/entry/enrolling/enrol.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { openBrowser } from '../support/browser.ts';
import { addHook } from '../support/confirmed.ts';
import { makeLinksTo } from '../support/links.ts';
import { designateOwnCustody } from '../support/own-custody.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchMessageStatus,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';
import { fetchCheckedThread, fetchJson } from '../support/threads.ts';

let house: Rig;
let shelter: RigPartner;
let recipient: RigPartner;

beforeAll(async () => {
  house = await makeRig();
  const partner = (slug: string, country: string) =>
    house.partner({ slug, name: slug, country, officers: [makeOfficer()] });
  [shelter, recipient] = [await partner('shelter', 'KH'), await partner('desk', 'ID')];
  await addHook(house.gateway, recipient.designation.focal_point, {
    lang: 'id',
    officer: 'o1',
    shows: 'notice',
  });
});
afterAll(() => house?.close());

const opens = async (message: string): Promise<void> => {
  const { read } = await makeLinksTo(house, message, recipient.designation);
  expect((await openBrowser(house.app, GATEWAY_URL).submit(read)).status).toBe(200);
};

test('a message is never opened first here, and nothing under H2 is shown again', async () => {
  const first = await postMessage(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, first);
  const persons = [{ ref: 'p1', facts: { prs_FirstName: PRIVATE_TEXT[0] } }];
  expect(await fetchCheckedThread(house, shelter, thid)).toMatchObject({ persons, unread: [] });
  expect(await fetchCheckedThread(house, recipient, thid)).toMatchObject({ persons: [], unread: [first] });
  await opens(first);
  expect(await fetchCheckedThread(house, recipient, thid)).toMatchObject({ persons, unread: [] });
  const second = await postMessage(shelter, makeReportPost(['desk'], { thid, handling: 'H2' }));
  await opens(second);
  expect(await fetchCheckedThread(house, recipient, thid)).toMatchObject({ persons, unread: [second] });
  expect(await fetchCheckedThread(house, shelter, thid)).toMatchObject({ persons, unread: [] });
  const list = await (await fetchJson(house, recipient, '/v1/threads')).text();
  expect(list).toContain(thid);
  for (const word of PRIVATE_TEXT) expect(list).not.toContain(word);
  expectQuietLog(house);
});

test('recalled content is no longer shown', async () => {
  const first = await postMessage(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, first);
  await opens(first);
  const recall = { to: ['desk'], type: 'recall', urgency: 'urgent', handling: 'H1', lang: 'en', thid };
  await postMessage(shelter, { ...recall, about: first, body: { reason: 'wrong-person' } });
  for (const partner of [shelter, recipient]) {
    const thread = await fetchCheckedThread(house, partner, thid);
    expect(thread).toMatchObject({ persons: [], unread: [first] });
    expect(thread.messages.map((one) => one.state)).toEqual(['recalled', expect.any(String)]);
  }
});

test('a focal point with its own keys reads the same turn, and no persons', async () => {
  const { designation } = await designateOwnCustody(house, {
    slug: 'own',
    country: 'ID',
    officers: [makeOfficer()],
  });
  const { focal_point: focalPoint } = designation;
  await addHook(house.gateway, focalPoint, { address: 'https://own.test/', shows: 'sealed' });
  const own = { accessKey: await addAccessKey(house.gateway, focalPoint, 'test') };
  const { thid } = await fetchMessageStatus(shelter, await postMessage(shelter, makeReportPost(['own'])));
  const at = house.gateway.now();
  const [mine, theirs] = [
    await fetchCheckedThread(house, shelter, thid, at),
    await fetchCheckedThread(house, own, thid, at),
  ];
  expect(mine.turn).toMatchObject({ act: 'acknowledge', owner: focalPoint });
  const { persons: _persons, unread: _unread, ...rest } = mine;
  expect(theirs).toEqual(rest);
});

test('a stranger’s key, no key, and an unknown thread are refused alike', async () => {
  const first = await postMessage(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, first);
  const other = await house.partner({
    slug: 'other',
    name: 'Other',
    country: 'ID',
    officers: [makeOfficer()],
  });
  const statuses = await Promise.all(
    [`/v1/threads/${thid}`, '/v1/threads/x', `/v1/threads/${'0'.repeat(32)}`].map(
      async (path) => (await fetchJson(house, other, path)).status,
    ),
  );
  expect(statuses).toEqual([404, 404, 404]);
  expect((await (await fetchJson(house, other, '/v1/threads')).json()).threads).toEqual([]);
  expect((await house.app.request(`${GATEWAY_URL}/v1/threads`)).status).toBe(401);
  expect((await house.app.request(`${GATEWAY_URL}/v1/threads/${thid}`)).status).toBe(401);
});

test.each(['withdrawn', 'expired'])(
  'a focal point whose designation is %s reads no persons any more',
  async (how) => {
    const { gateway, authorities } = house;
    const draft = { slug: how, name: how, country: 'ID', officers: [makeOfficer()], days: 30 };
    const ending = await house.partner(draft);
    const { thid } = await fetchMessageStatus(ending, await postMessage(ending, makeReportPost(['desk'])));
    expect(JSON.stringify(await fetchCheckedThread(house, ending, thid))).toContain(PRIVATE_TEXT[0]);
    if (how === 'withdrawn') {
      const claims = await draftWithdrawal(gateway, ending.designation, 'keyCompromise');
      await keepWithdrawal(gateway, await signStatement('withdrawal', claims, [authorities.ID]));
    } else house.pass(31 * 86_400);
    const left = await fetchCheckedThread(house, ending, thid);
    expect(left).toMatchObject({ thid, messages: [expect.anything()] });
    expect(left).not.toHaveProperty('persons');
    expect(JSON.stringify(left)).not.toContain(PRIVATE_TEXT[0]);
  },
);
