/**
 * Answers between two countries: both gateways know which message each is about, and agree, without telling each
 * other.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemType } from '../../src/domain/words/error.ts';
import { type AcrossBorder, makeAcrossBorder } from '../support/across.ts';
import type { RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchMessageStatus,
  listPostedTo,
  makeReportPost,
  postMessage,
} from '../support/story.ts';

let both: AcrossBorder;
let shelter: RigPartner;
let focalPoint: RigPartner;

beforeAll(async () => {
  both = await makeAcrossBorder();
  ({ shelter, focalPoint: focalPoint } = both);
});
afterAll(() => both?.close());

const line = (type: string, to: string, thid: string, body: object) => ({
  type,
  to: [to],
  thid,
  body,
  urgency: 'urgent',
  handling: 'H1',
  lang: 'en',
});

/** Posts, and lets it reach the other side. */
async function sent(from: RigPartner, post: object): Promise<string> {
  const id = await postMessage(from, post);
  await both.waitUntilIdle();
  return id;
}

async function refusedAs(from: RigPartner, post: object): Promise<unknown> {
  const problem = await (await from.post('messages', post)).json();
  expect(problem.evidence).toBeDefined();
  return problem.type;
}

const threadAt = async (side: 'kh' | 'id', thid: string) =>
  (await both[side].house.gateway.store.threads.readThread(thid)).map(
    ({ id, type, about, sender, addressees }) => ({
      id,
      type,
      about,
      sender,
      addressees,
    }),
  );

test('from a report to a handover: each answer names what it answers, and both sides keep the same', async () => {
  const opening = await sent(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, opening);
  const persons = [{ ref: 'p1' }];
  const asking = { kind: 'travel-document', persons, question: 'Please issue one.' };
  const request = await sent(shelter, line('request', 'desk', thid, asking));
  const clarification = await sent(
    focalPoint,
    line('clarification', 'shelter', thid, { question: 'Which?' }),
  );
  expect(await refusedAs(focalPoint, line('clarification', 'shelter', thid, { question: 1 }))).toBe(
    problemType('invalid-body'),
  );
  const told = await sent(shelter, line('reply', 'desk', thid, { answer: 'The first.' }));
  const papers = [{ document: 'emergency-travel-document', number: 'INVENTED-1' }];
  const manifest = (ref: string) => ({
    when: '2026-12-01T09:00:00+07:00',
    where: { country: 'ID', name: 'Soekarno-Hatta' },
    escort: { name: 'Invented Escort' },
    persons: [{ ref, papers, medical_needs: false }],
  });
  // The desk's gateway opens what the desk was sent. What the desk sends is for keys of the other side, so from its own
  // reply on its gateway could not tell whom the thread knows.
  expect(await refusedAs(focalPoint, line('handover', 'shelter', thid, manifest('p7')))).toBe(
    problemType('unknown-person'),
  );
  const provided = { outcome: 'provided', papers, answer: 'Issued.' };
  const reply = await sent(focalPoint, line('reply', 'shelter', thid, provided));
  expect(await refusedAs(focalPoint, line('reply', 'shelter', thid, provided))).toBe(
    problemType('already-answered'),
  );
  const handover = await sent(shelter, line('handover', 'desk', thid, manifest('p1')));
  const taken = { persons: [{ ref: 'p1', accepted: false, ground: 'unfit-to-travel' }] };
  const acceptance = await sent(focalPoint, line('acceptance', 'shelter', thid, taken));
  const about = (await threadAt('kh', thid)).map((one) => [one.id, one.about]);
  expect(about).toEqual([
    [opening, undefined],
    [request, undefined],
    // The request asks for an answer; the report may only be answered.
    [clarification, request],
    [told, clarification],
    [reply, request],
    [handover, undefined],
    [acceptance, handover],
  ]);
  expect(await threadAt('id', thid)).toEqual(await threadAt('kh', thid));
  expect(listPostedTo(both.peer, '/shelter').at(-1)).toMatchObject({
    data: { id: acceptance, message: { about: handover } },
  });
  expectQuietLog(both.kh.house);
  expectQuietLog(both.id.house);
});
