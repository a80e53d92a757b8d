/** Two countries decide differently about one person: both focal points are notified, once, and nobody else. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemType } from '../../src/domain/words/error.ts';
import { type AcrossBorder, makeAcrossBorder } from '../support/across.ts';
import { addHook } from '../support/confirmed.ts';
import type { Rig, RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchMessageStatus,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';
import { fetchCheckedThread } from '../support/threads.ts';

let both: AcrossBorder;
beforeAll(async () => {
  both = await makeAcrossBorder();
});
afterAll(() => both?.close());

const told = (
  country: string,
  vic_TraffickingStatus: string,
  organisation = 'Police',
  date = '2026-11-02',
) => ({
  country,
  date,
  vic_TraffickingStatus,
  vic_TraffickingStatusDecisionMakingOrg: organisation,
});
const YES = 'ActualVictimOfTrafficking';
const NO = 'NotAVictimOfTrafficking';

/** A report in which p1's status was determined. */
const reporting = (to: readonly string[], determinations: readonly object[], over: object = {}) => {
  const post = makeReportPost(to, over);
  const [person] = post.body.persons;
  return { ...post, body: { ...post.body, persons: [{ ...person, determinations }] } };
};

async function sent(from: RigPartner, post: object): Promise<string> {
  const id = await postMessage(from, post);
  await both.waitUntilIdle();
  return id;
}

interface Notice {
  readonly kind: string;
  readonly automatic: boolean;
  readonly person: string;
  readonly determinations: readonly { readonly country: string }[];
}

/** The reviews that a partner's system was handed in a thread. */
const reviewsAt = (path: string, thid: string): readonly Notice[] =>
  listPostedTo(both.peer, path)
    .map((one) => one.data['message'] as { type?: string; thid: string; body: Notice } | undefined)
    .filter((one) => one?.type?.endsWith('/notice') === true && one.thid === thid)
    .map((one) => (one as { body: Notice }).body);

test('each focal point is notified by the other, without names, and once however often it is repeated', async () => {
  const { shelter, focalPoint, kh, id } = both;
  const opening = await sent(shelter, reporting(['desk'], [told('KH', NO)]));
  const { thid } = await fetchMessageStatus(shelter, opening);
  expect(reviewsAt('/desk', thid)).toEqual([]);
  const other = reporting(['shelter'], [told('ID', YES, 'NonPoliceGovernmentalOrganization')], { thid });
  const answer = await focalPoint.post('messages', other, { id: 'the-same' });
  expect(answer.status).toBe(202);
  await both.waitUntilIdle();
  const raised = {
    kind: 'non-punishment-review',
    automatic: true,
    person: 'p1',
    determinations: [{ country: 'ID' }, { country: 'KH' }],
    evaluation: { source: 'X', information: '4' },
  };
  for (const path of ['/desk', '/shelter'])
    expect(reviewsAt(path, thid)).toMatchObject([{ ...raised, determinations: [{}, {}] }]);
  const notice = JSON.stringify(reviewsAt('/shelter', thid));
  expect(notice).not.toContain('Melati-Invented');
  expect((await focalPoint.post('messages', other, { id: 'the-same' })).status).toBe(200);
  await sent(
    focalPoint,
    reporting(['shelter'], [told('ID', YES, 'NonPoliceGovernmentalOrganization')], { thid }),
  );
  await sent(shelter, reporting(['desk'], [told('KH', NO)], { thid }));
  expect(reviewsAt('/desk', thid)).toHaveLength(1);
  expect(reviewsAt('/shelter', thid)).toHaveLength(1);
  // Both stand side by side in the thread, each with who told of it.
  for (const [house, partner] of [
    [kh.house, shelter],
    [id.house, focalPoint],
  ] as const) {
    const { persons } = await fetchCheckedThread(house, partner, thid);
    expect(persons).toMatchObject([{ ref: 'p1', review: true, determinations: [{}, {}] }]);
  }
  for (const side of [kh, id]) expectQuietLog(side.house);
});

test('a matching determination, or one that replaces the sender’s own, notifies nobody; a later difference does', async () => {
  const { shelter, focalPoint } = both;
  const opening = await sent(shelter, reporting(['desk'], [told('KH', 'PossibleVictimOfTrafficking')]));
  const { thid } = await fetchMessageStatus(shelter, opening);
  await sent(shelter, reporting(['desk'], [told('KH', YES, 'Police', '2026-11-09')], { thid }));
  await sent(focalPoint, reporting(['shelter'], [told('ID', YES)], { thid }));
  expect([...reviewsAt('/desk', thid), ...reviewsAt('/shelter', thid)]).toEqual([]);
  await sent(focalPoint, reporting(['shelter'], [told('ID', NO, 'CourtOrProsecution')], { thid }));
  expect(reviewsAt('/shelter', thid).length).toBeGreaterThan(0);
});

test('a focal point that sees both, while they do not see each other, notifies each about its own alone', async () => {
  const { shelter, id, kh } = both;
  const officers = [makeOfficer()];
  const police = await kh.house.partner({ slug: 'police', name: 'Police', country: 'KH', officers });
  const focalPoint = police.designation.focal_point;
  await addHook(kh.house.gateway, focalPoint, { address: `${both.peer.url}/police` });
  await kh.introduce(police.designation);
  const opening = await sent(both.focalPoint, makeReportPost(['shelter', 'police']));
  const { thid } = await fetchMessageStatus(both.focalPoint, opening);
  await sent(shelter, reporting(['desk'], [told('KH', YES, 'NGO')], { thid }));
  await sent(police, reporting(['desk'], [told('KH', NO)], { thid }));
  const seen = (path: string) =>
    reviewsAt(path, thid).map((one) =>
      one.determinations.map((part) => Reflect.get(part, 'vic_TraffickingStatusDecisionMakingOrg')),
    );
  expect(seen('/shelter')).toEqual([['NGO']]);
  expect(seen('/police')).toEqual([['Police']]);
  expect(seen('/desk')).toEqual([]);
  expectQuietLog(id.house);
});

test('only the gateway can mark a notice as written by no person', async () => {
  const { shelter } = both;
  const body = { kind: 'non-punishment-review', person: 'p1', determinations: [told('KH', NO)] };
  const post = { to: ['desk'], type: 'notice', urgency: 'urgent', handling: 'H1', lang: 'en' };
  const refused = await shelter.post('messages', { ...post, body: { ...body, automatic: true } });
  expect((await refused.json()).type).toBe(problemType('invalid-body'));
  expect((await shelter.post('messages', { ...post, body: { ...body, automatic: false } })).status).toBe(202);
});

/** A tip from a village to its border post, both in Indonesia. */
const tip = (over: object = {}) => ({
  to: ['desk'],
  type: 'tip',
  urgency: 'urgent',
  handling: 'H1',
  lang: 'id',
  body: {
    where: { country: 'ID', name: 'Kampong-Invented' },
    happened: 'A broker promises work in a hotel.',
    persons: [{ ref: 'p1', prs_FirstName: 'Melati-Invented' }],
    destination: 'KH',
    reporter: { role: 'village-officer', name: 'Reporter-Invented' },
  },
  ...over,
});

test('a tip becomes an indication with one act, in a separate thread, without its source', async () => {
  const { focalPoint: recipient, id, kh, peer } = both;
  const village = await domestic(id.house);
  // What is under H2 reaches the desk as a notice only.
  const focalPoint = recipient.designation.focal_point;
  await addHook(id.house.gateway, focalPoint, {
    address: `${peer.url}/notices`,
    shows: 'notice',
    lang: 'id',
    officer: 'o1',
  });
  const from_tip = await sent(village, tip());
  const act = { to: ['shelter'], type: 'indication', urgency: 'urgent', handling: 'H1', lang: 'id' };
  const indication = await sent(recipient, { ...act, from_tip, body: { measure: 'departure-postponed' } });
  const handed = listPostedTo(peer, '/shelter').find((one) => one.data['id'] === indication);
  expect(handed?.data['message']).toMatchObject({
    about: from_tip,
    body: {
      happened: 'A broker promises work in a hotel.',
      persons: [{ ref: 'p1', prs_FirstName: 'Melati-Invented' }],
      measure: 'departure-postponed',
    },
  });
  expect(JSON.stringify(handed)).not.toContain('Reporter-Invented');
  const [before, after] = [
    await fetchMessageStatus(recipient, from_tip),
    await fetchMessageStatus(recipient, indication),
  ];
  const linked = await fetchCheckedThread(id.house, recipient, after.thid);
  expect(linked.linked).toEqual([{ thid: before.thid, link: 'parent' }]);
  const tipped = await fetchCheckedThread(id.house, recipient, before.thid);
  expect(tipped.linked).toEqual([{ thid: after.thid, link: 'child' }]);
  // Whoever gave the tip is not told where it went, and the other country not who gave it.
  expect((await fetchCheckedThread(id.house, village, before.thid)).linked).toEqual([]);
  expect((await kh.house.gateway.store.threads.keptThreads([before.thid]))[0]?.messages).toEqual([]);
  const under = await sent(village, tip({ handling: 'H2' }));
  const onItsWay = await postMessage(village, tip());
  const refusals = [
    [{ from_tip: under }, 'permission-needed'],
    [{ from_tip: onItsWay }, 'not-handed-over'],
    [{ from_tip: indication }, 'about-unknown'],
    [{ from_tip: '0'.repeat(32) }, 'about-unknown'],
    [{ from_tip, about: indication }, 'invalid-body'],
    [{ from_tip, type: 'report' }, 'invalid-body'],
    [{ from_tip, body: { measure: 'guessed' } }, 'invalid-body'],
  ] as const;
  for (const [over, code] of refusals) {
    const refused = await (await recipient.post('messages', { ...act, body: {}, ...over })).json();
    expect([refused.type, refused.evidence === undefined], code).toEqual([problemType(code), false]);
  }
});

const domestic = (house: Rig): Promise<RigPartner> =>
  house.partner({ slug: 'village', name: 'Village', country: 'ID', officers: [makeOfficer()] });
