/** The case around a message: whose turn it is in the reader's language, and the other messages the officer may open. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { addHook } from '../support/confirmed.ts';
import { makeLinksTo } from '../support/links.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import {
  fetchEvents,
  fetchMessageStatus,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';
import { fetchCheckedThread } from '../support/threads.ts';

let house: Rig;
let shelter: RigPartner;
let focalPoint: RigPartner;

beforeAll(async () => {
  house = await makeRig();
  const partner = (slug: string, name: string, country: string) =>
    house.partner({ slug, name, country, officers: [makeOfficer()] });
  shelter = await partner('shelter', 'Shelter-Invented', 'KH');
  focalPoint = await partner('desk', 'Desk-Invented', 'ID');
  for (const { designation } of [shelter, focalPoint]) {
    await addHook(house.gateway, designation.focal_point, { lang: 'id', officer: 'o1', shows: 'notice' });
  }
});
afterAll(() => house?.close());

const line = (type: string, to: string, thid: string, body: object) => ({
  type,
  to: [to],
  thid,
  body,
  urgency: 'urgent',
  handling: 'H2',
  lang: 'en',
});
const buttons = (text: string): readonly string[] =>
  [...text.matchAll(/formaction="(\/r\/[^"]+\/thread\/[^"]+)"/g)].map(([, path = '']) => path);
const say = (id: string): string => house.gateway.translate('id', id);

/** A report and a request about it, both to the desk, which has written back once. */
async function begun() {
  const first = await postMessage(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, first);
  const own = await postMessage(focalPoint, line('text', 'shelter', thid, { text: 'Noted-Invented.' }));
  const asking = { kind: 'case-status', question: 'How far is it?' };
  const second = await postMessage(shelter, line('request', 'desk', thid, asking));
  return { first, own, second, thid };
}

test('an officer who opens a message sees whose turn it is, and opens the others of the case with evidence', async () => {
  const { first, own, second } = await begun();
  const { read } = await makeLinksTo(house, second, focalPoint.designation);
  const reader = openBrowser(house.app, GATEWAY_URL);
  const opened = await reader.submit(read);
  expect(opened.text).toContain(say('page-thread'));
  expect(opened.text).toContain(say('reminder-act-acknowledge'));
  expect(opened.text).not.toContain('Melati-Invented');
  const paths = buttons(opened.text);
  expect(paths.map((path) => path.split('/').at(-1))).toEqual([own, first]);
  const earlier = await reader.submit(paths[1] ?? '');
  expect([earlier.status, earlier.text.includes('Melati-Invented')]).toEqual([200, true]);
  expect(await fetchEvents(shelter, first)).toEqual(['SubmissionAcceptance', 'ContentHandover']);
  await reader.submit(paths[1] ?? '');
  expect(await fetchEvents(shelter, first)).toHaveLength(2);
  expect((await reader.submit(paths[0] ?? '')).text).toContain('Noted-Invented.');
  expect(await fetchEvents(focalPoint, own)).toEqual(['SubmissionAcceptance']);
});

test('after the acknowledgement the page shows whose turn it is now, and how late it is', async () => {
  const { first, second } = await begun();
  const reader = openBrowser(house.app, GATEWAY_URL);
  for (const message of [first, second]) {
    const { read } = await makeLinksTo(house, message, focalPoint.designation);
    await reader.submit(read);
    house.pass(60);
    const said = await reader.submit(`${read}/decision`, { decision: 'accepted' });
    expect(said.text).toContain(say('page-thanks'));
    expect(said.text).toContain('Shelter-Invented');
  }
  house.pass(4 * 86_400);
  const { acknowledge } = await makeLinksTo(house, second, focalPoint.designation);
  const said = await reader.submit(acknowledge, { decision: 'accepted' });
  expect(said.text).toContain(house.gateway.translate('id', 'page-turn-late', { at: '' }).trim());
  // A link to acknowledge by opens nothing.
  expect(buttons(said.text)).toEqual([]);
});

test('another browser, an old link, another case and a recalled message are refused', async () => {
  const { first, second, thid } = await begun();
  const { read } = await makeLinksTo(house, second, focalPoint.designation);
  const reader = openBrowser(house.app, GATEWAY_URL);
  expect((await reader.submit(read)).status).toBe(200);
  const path = new URL(read).pathname;
  const other = await begun();
  expect((await reader.submit(`${path}/thread/${other.first}`)).status).toBe(404);
  expect((await reader.submit(`${path}/thread/nothing`)).status).toBe(404);
  const stranger = openBrowser(house.app, GATEWAY_URL);
  expect((await stranger.submit(`${path}/thread/${first}`)).status).toBe(410);
  const recall = { ...line('recall', 'desk', thid, { reason: 'wrong-content' }), about: first };
  await postMessage(shelter, recall);
  const taken = await reader.submit(`${path}/thread/${first}`);
  expect([taken.status < 500, taken.text.includes('Melati-Invented')]).toEqual([true, false]);
  expect(buttons((await reader.submit(read)).text).some((one) => one.endsWith(first))).toBe(false);
  house.pass(16 * 60);
  expect((await reader.submit(`${path}/thread/${second}`)).status).toBe(410);
});

test('an opened message is compared with what the focal point said about the same person', async () => {
  const determined = (country: string, vic_TraffickingStatus: string) => ({
    country,
    vic_TraffickingStatus,
    date: '2026-11-02',
    vic_TraffickingStatusDecisionMakingOrg: 'Police',
  });
  const telling = (to: string, over: object, one: object) => {
    const post = makeReportPost([to], over);
    return { ...post, body: { ...post.body, persons: [{ ref: 'p1', determinations: [one] }] } };
  };
  const yes = telling('shelter', {}, determined('ID', 'ActualVictimOfTrafficking'));
  const { thid } = await fetchMessageStatus(focalPoint, await postMessage(focalPoint, yes));
  const no = telling('desk', { thid }, determined('KH', 'NotAVictimOfTrafficking'));
  const second = await postMessage(shelter, no);
  const notices = async () =>
    (await fetchCheckedThread(house, shelter, thid)).messages
      .filter((one) => one.type === 'notice')
      .map((one) => one.from.split(':').at(-1));
  expect(await notices()).toEqual(['shelter']);
  const { read } = await makeLinksTo(house, second, focalPoint.designation);
  for (let n = 0; n < 2; n += 1) await openBrowser(house.app, GATEWAY_URL).submit(read);
  expect(await notices()).toEqual(['shelter', 'desk']);
});

test('an unreadable message is left out of the case, and the page says so', async () => {
  const { first, own, second } = await begun();
  const { sql } = house.database;
  const open = async () => {
    const { read } = await makeLinksTo(house, second, focalPoint.designation);
    return openBrowser(house.app, GATEWAY_URL).submit(read);
  };
  expect((await open()).text).not.toContain(say('page-thread-damaged'));
  await sql`update message set addressees = '[7]' where id = ${first}`;
  const page = await open();
  expect(page.status).toBe(200);
  expect(page.text).toContain(say('page-thread-damaged'));
  expect(buttons(page.text).map((path) => path.split('/').at(-1))).toEqual([own]);
});
