/**
 * Bad input in case work: answers to nothing, twice, from the wrong side, by a stranger; and which message an answer
 * finds.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MessageName, typeUriOf } from '../../src/domain/message/message.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import type { ProblemCode } from '../../src/domain/words/error.ts';
import { textOf } from '../../src/domain/words/long-text.ts';
import { present } from '../../src/domain/words/present.ts';
import { addHook } from '../support/confirmed.ts';
import {
  designateOwnCustody,
  makeText,
  postSigned,
  sealConsignment,
  signConsignment,
} from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import { expectRefusal, MARKERS } from '../support/refusals.ts';
import { makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { concludeAgreement } from '../support/signed-statements.ts';
import { fetchMessageStatus, postMessage } from '../support/story.ts';

let house: Rig;
let shelter: RigPartner;
let recipient: RigPartner;
let embassy: RigPartner;
let police: { keys: KeyedPerson; designation: Designation };

const officers = [{ id: 'o1', name: `${MARKERS} Officer`, role: 'officer', lang: 'en' }] as const;

beforeAll(async () => {
  house = await makeRig();
  const draft = { name: 'Invented', country: 'ID', officers };
  [shelter, recipient, embassy] = await Promise.all([
    house.partner({ ...draft, slug: 'shelter', country: 'KH' }),
    house.partner({ ...draft, slug: 'desk' }),
    house.partner({ ...draft, slug: 'embassy' }),
  ]);
  police = await designateOwnCustody(house, { slug: 'police', country: 'KH', officers: [...officers] });
  for (const { designation } of [shelter, recipient, embassy]) {
    const { focal_point: focalPoint, slug } = designation;
    await addHook(house.gateway, focalPoint, { address: `https://${slug}.test/` });
  }
  const { focal_point: focalPoint } = police.designation;
  await addHook(house.gateway, focalPoint, { shows: 'sealed', address: 'https://police.test/' });
});

afterAll(() => house?.close());

const line = (type: MessageName, to: readonly string[], body: object, over: object = {}) => ({
  type,
  to,
  body,
  urgency: 'routine',
  handling: 'H0',
  lang: 'en',
  ...over,
});

/** The thread that a first message opened. */
const threadOf = async (partner: RigPartner, id: string): Promise<string> =>
  (await fetchMessageStatus(partner, id)).thid;

const persons = [{ ref: 'p1' }, { ref: 'p2' }];
const asksPermit = { kind: 'exit-permit', persons, question: `${MARKERS}?` };
const grants = { kind: 'exit-permit', outcome: 'granted', valid_until: '2027-01-01', answer: MARKERS };

/** A request for an exit permit by the shelter to the desk, in a thread of its own. */
async function asked(to: readonly string[] = ['desk']): Promise<{ about: string; thid: string }> {
  const about = await postMessage(shelter, line('request', to, asksPermit));
  return { about, thid: await threadOf(shelter, about) };
}

const refused = async (from: RigPartner, post: object, code: ProblemCode): Promise<Record<string, unknown>> =>
  expectRefusal(house, () => from.post('messages', post), { code, signedTo: from.designation.focal_point });

/** What the consignment of a kept message says beside its recipients. */
async function carriedBody(id: string): Promise<Record<string, unknown>> {
  const jws = JSON.parse(textOf((await house.gateway.store.content.consignment(id)) ?? ''));
  return JSON.parse(Buffer.from(jws.payload, 'base64url').toString()).body;
}

describe('an answer', () => {
  test('finds the only message it fits, and names it in the consignment', async () => {
    const { about, thid } = await asked();
    const reply = await postMessage(recipient, line('reply', ['shelter'], grants, { thid }));
    expect(await carriedBody(reply)).toMatchObject({ about, thid });
    expect((await house.gateway.store.threads.readThread(thid)).map((row) => [row.type, row.about])).toEqual([
      ['request', undefined],
      ['reply', about],
    ]);
  });

  test('needs no thread if it names the message', async () => {
    const { about, thid } = await asked();
    const reply = await postMessage(recipient, line('reply', ['shelter'], grants, { about }));
    expect(await threadOf(recipient, reply)).toBe(thid);
  });

  test('to nothing, to a message that it does not answer, or to one of another thread is refused', async () => {
    const { about, thid } = await asked();
    await refused(
      recipient,
      line('reply', ['shelter'], grants, { thid, about: '0'.repeat(32) }),
      'about-unknown',
    );
    await refused(recipient, line('reply', ['shelter'], grants, { about: '0'.repeat(32) }), 'about-unknown');
    await refused(
      recipient,
      line('acceptance', ['shelter'], { whole: true }, { thid, about }),
      'about-unknown',
    );
    await refused(
      recipient,
      line('permission', ['shelter'], { granted: true }, { thid }),
      'nothing-to-answer',
    );
    const other = await asked();
    await refused(
      recipient,
      line('reply', ['shelter'], grants, { thid, about: other.about }),
      'about-unknown',
    );
  });

  test('from the wrong side, or to somebody else, is refused; an outsider learns nothing', async () => {
    const { about, thid } = await asked();
    await refused(shelter, line('reply', ['desk'], grants, { thid, about }), 'not-asked');
    await refused(shelter, line('reply', ['desk'], grants, { thid }), 'not-asked');
    await refused(recipient, line('reply', ['embassy'], grants, { thid, about }), 'misaddressed');
    await refused(embassy, line('reply', ['shelter'], grants, { about }), 'about-unknown');
    await refused(embassy, line('reply', ['shelter'], grants, { thid, about }), 'unknown-thread');
  });

  test('is refused the second time; the other focal point’s answer and a follow-up are not', async () => {
    const { about, thid } = await asked(['desk', 'embassy']);
    await postMessage(
      recipient,
      line('reply', ['shelter'], { ...grants, outcome: 'pending', valid_until: undefined }, { about }),
    );
    for (const more of [{ thid }, { about }])
      await refused(recipient, line('reply', ['shelter'], grants, more), 'already-answered');
    await refused(
      recipient,
      line('refusal', ['shelter'], { ground: 'other' }, { about }),
      'already-answered',
    );
    await postMessage(embassy, line('reply', ['shelter'], grants, { about }));
    const fares = { ref: 'p1', housing: 'unknown', schooling: 'unknown', health: 'well', legal: 'unknown' };
    await postMessage(
      recipient,
      line('followup', ['shelter'], { date: '2027-01-01', persons: [fares] }, { thid, about }),
    );
  });

  test('and another at the same moment: one of them is kept', async () => {
    const { about } = await asked();
    const posts = Array.from({ length: 4 }, () =>
      recipient.post('messages', line('reply', ['shelter'], grants, { about })),
    );
    const statuses = (await Promise.all(posts)).map((one) => one.status);
    expect(statuses.sort()).toEqual([202, 409, 409, 409]);
  });

  test('must name the message if two fit', async () => {
    const { thid } = await asked();
    const second = await postMessage(shelter, line('request', ['desk'], asksPermit, { thid }));
    await refused(recipient, line('reply', ['shelter'], grants, { thid }), 'about-required');
    await postMessage(recipient, line('reply', ['shelter'], grants, { thid, about: second }));
    await postMessage(recipient, line('reply', ['shelter'], grants, { thid }));
  });

  test('has what the kind of request expects', async () => {
    const { thid } = await asked();
    const bare = await refused(
      recipient,
      line('reply', ['shelter'], { answer: MARKERS }, { thid }),
      'invalid-body',
    );
    expect(bare['detail']).toContain('/body/outcome: must be one of granted, denied, pending');
    const other = { kind: 'case-status', outcome: 'pending', answer: MARKERS };
    await refused(recipient, line('reply', ['shelter'], other, { thid }), 'invalid-body');
    const kindless = { outcome: 'denied', answer: MARKERS };
    await postMessage(recipient, line('reply', ['shelter'], kindless, { thid }));
  });
});

describe('recalls and corrections', () => {
  test('go only to the message’s recipients, and a recall comes once', async () => {
    const { about, thid } = await asked();
    const recall = { reason: 'wrong-person' };
    const corrected = { corrected: [{ member: 'question', now: 'x' }], reason: MARKERS };
    await refused(recipient, line('recall', ['shelter'], recall, { thid, about }), 'not-originator');
    await refused(recipient, line('correction', ['shelter'], corrected, { thid, about }), 'not-originator');
    await refused(shelter, line('recall', ['embassy'], recall, { thid, about }), 'misaddressed');
    await postMessage(shelter, line('correction', ['desk'], corrected, { thid }));
    await postMessage(shelter, line('recall', ['desk'], recall, { thid, about }));
    await refused(shelter, line('recall', ['desk'], recall, { thid, about }), 'already-answered');
    await refused(recipient, line('reply', ['shelter'], grants, { thid, about }), 'about-unknown');
  });

  test('a permission is given only if it was requested', async () => {
    const { about, thid } = await asked();
    await refused(shelter, line('permission', ['desk'], { granted: true }, { thid, about }), 'about-unknown');
    const wish = { purpose: 'pass-on', third_party: { name: 'Invented' }, reason: MARKERS };
    await refused(embassy, line('permission-request', ['shelter'], wish, { about }), 'about-unknown');
    const asking = await postMessage(recipient, line('permission-request', ['shelter'], wish, { about }));
    await refused(
      recipient,
      line('permission', ['shelter'], { granted: true }, { about: asking }),
      'not-asked',
    );
    await postMessage(shelter, line('permission', ['desk'], { granted: true }, { thid }));
  });
});

describe('a handover', () => {
  const manifest = (...refs: readonly string[]) => ({
    when: '2026-12-01T09:00:00+07:00',
    where: { country: 'ID', name: MARKERS },
    escort: { name: MARKERS },
    persons: refs.map((ref) => ({ ref, papers: [], medical_needs: false })),
  });
  const over = { ground: 'not-present', accepted: false };

  test('names persons of the thread; an acceptance names each person of the manifest', async () => {
    const { thid } = await asked();
    await refused(shelter, line('handover', ['desk'], manifest('p1', 'p3'), { thid }), 'unknown-person');
    const handover = await postMessage(shelter, line('handover', ['desk'], manifest('p1', 'p2'), { thid }));
    const one = { ref: 'p1', accepted: true };
    await refused(recipient, line('acceptance', ['shelter'], { persons: [one] }, { thid }), 'invalid-body');
    const stranger = { persons: [one, { ref: 'p2', ...over }, { ref: 'p3', ...over }] };
    await refused(recipient, line('acceptance', ['shelter'], stranger, { thid }), 'unknown-person');
    const taken = await postMessage(
      recipient,
      line('acceptance', ['shelter'], { persons: [one, { ref: 'p2', ...over }] }, { thid }),
    );
    expect(await carriedBody(taken)).toMatchObject({ about: handover });
    await refused(recipient, line('acceptance', ['shelter'], { whole: true }, { thid }), 'already-answered');
  });

  test('is checked by its sender’s own copy, though only the recipient can open what was sealed to it', async () => {
    const blind = await postMessage(shelter, line('request', ['police'], asksPermit));
    const thid = await threadOf(shelter, blind);
    await refused(shelter, line('handover', ['desk'], manifest('p9'), { thid }), 'unknown-person');
    await postMessage(shelter, line('handover', ['desk'], manifest('p2'), { thid }));
  });

  test('is not checked if the content of the thread is deleted', async () => {
    const { about, thid } = await asked();
    await house.database.sql`delete from sealed_message where message = ${about}`;
    await postMessage(shelter, line('handover', ['desk'], manifest('p9'), { thid }));
  });
});

describe('a sealed answer', () => {
  const send = async (over: object, about?: string): Promise<Response> => {
    const message = makeText(police.keys.did, [shelter.designation.focal_point], house.gateway.now(), {
      type: typeUriOf('reply'),
      body: { answer: MARKERS },
      ...present({ about }),
      ...over,
    });
    const claims = await sealConsignment(police.keys, message, [shelter.designation]);
    const jws = await signConsignment(police.keys, { ...claims, body: { ...claims.body, about } });
    return postSigned(house, '/v1/consignments', jws);
  };

  test('names the message itself, and is checked without being opened', async () => {
    const about = await postMessage(shelter, line('request', ['police'], asksPermit));
    const thid = await threadOf(shelter, about);
    const signedTo = police.keys.did;
    await expectRefusal(house, () => send({ thid }), { code: 'about-required', signedTo });
    const nothing = '0'.repeat(32);
    await expectRefusal(house, () => send({ thid }, nothing), { code: 'about-unknown', signedTo });
    const early = { thid, created_time: Math.floor(house.gateway.now().getTime() / 1_000) - 3_600 };
    await expectRefusal(house, () => send(early, about), { code: 'clock-skew', signedTo });
    expect((await send({ thid }, about)).status).toBe(202);
    await expectRefusal(house, () => send({ thid }, about), { code: 'already-answered', signedTo });
  });
});

describe('within a country and across the border', () => {
  const heard = { where: { country: 'ID', name: MARKERS }, happened: MARKERS };

  test('a tip stays in its country, and becomes an indication in a linked thread', async () => {
    await refused(recipient, line('tip', ['shelter'], heard), 'not-covered');
    const about = await postMessage(recipient, line('tip', ['embassy'], heard));
    const thread = await threadOf(recipient, about);
    const checklist = {
      languages: [],
      documents_seen: [],
      documents_missing: [],
      fear: [],
      companions: null,
      minors: null,
      recruiter: { known: 'unknown' },
      route: {},
      money: { debt: 'unknown' },
    };
    const body = { ...heard, persons: [], checklist, measure: 'none' };
    const indication = await postMessage(embassy, line('indication', ['shelter'], body, { about }));
    const carried = await carriedBody(indication);
    expect(carried).toMatchObject({ about, pthid: thread });
    expect(carried['thid']).not.toBe(thread);
  });

  test('a bulletin goes to a whole country or a named group; no other type does', async () => {
    const bulletin = { kind: 'trend-bulletin', subject: MARKERS, text: MARKERS };
    const sent = await postMessage(shelter, line('notice', ['country:ID', 'desk'], bulletin));
    const to = ({ designation }: RigPartner): string => designation.focal_point;
    const recipients = (await carriedBody(sent))['recipients'] as { to: string }[];
    expect(recipients.map((one) => one.to).sort()).toEqual([to(recipient), to(embassy)].sort());
    await refused(shelter, line('text', ['country:ID'], { text: MARKERS }), 'misaddressed');
    const measure = { ...bulletin, kind: 'border-measure' };
    await refused(shelter, line('notice', ['country:ID'], measure), 'misaddressed');
    await refused(shelter, line('notice', ['group:nobody'], bulletin), 'not-covered');
    await refused(shelter, line('notice', ['country:TH'], bulletin), 'not-covered');
    const { ID, KH } = house.authorities;
    const now = house.gateway.now();
    await concludeAgreement(house.gateway, [ID, KH], {
      kind: 'agreement',
      id: 'groups',
      version: 1,
      title: 'Groups',
      parties: ['ID', 'KH'],
      rules: [{ from: ['KH'], to: ['ID'], types: ['notice'] }],
      groups: { frontline: [to(recipient), to(shelter)] },
      from: new Date(now.getTime() - 60_000).toISOString(),
      until: new Date(now.getTime() + 86_400_000).toISOString(),
    });
    const told = await postMessage(shelter, line('notice', ['group:frontline'], bulletin));
    expect((await carriedBody(told))['recipients']).toMatchObject([{ to: to(recipient) }]);
  });

  test('a thread can be linked only to one that the sender has a part in', async () => {
    const { thid } = await asked();
    const child = await postMessage(recipient, line('text', ['shelter'], { text: MARKERS }, { pthid: thid }));
    expect(await carriedBody(child)).toMatchObject({ pthid: thid });
    await refused(embassy, line('text', ['shelter'], { text: MARKERS }, { pthid: thid }), 'unknown-thread');
  });
});
