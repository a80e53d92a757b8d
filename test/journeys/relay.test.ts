/** A case crosses from one country's gateway to the other's, and signed evidence of each step comes back. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { textOf } from '../../src/domain/words/long-text.ts';
import { present } from '../../src/domain/words/present.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { digestOfSealed } from '../../src/seal/sealed-message.ts';
import { peekStatement, signStatement, verifyStatement } from '../../src/seal/statement.ts';
import { type AcrossBorder, makeAcrossBorder } from '../support/across.ts';
import { addHook } from '../support/confirmed.ts';
import {
  designateOwnCustody,
  makeText,
  postSigned,
  sealConsignment,
  signAcknowledgement,
  signConsignment,
} from '../support/own-custody.ts';
import type { Rig, RigPartner } from '../support/rig.ts';
import { designateGateway } from '../support/signed-statements.ts';
import {
  expectQuietLog,
  fetchEvents,
  fetchEvidence,
  fetchMessageStatus,
  listPostedEvents,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';

let both: AcrossBorder;
let shelter: RigPartner;
let focalPoint: RigPartner;

beforeAll(async () => {
  both = await makeAcrossBorder();
  ({ shelter, focalPoint: focalPoint } = both);
});

afterEach(() => both.id.keep(undefined));

afterAll(async () => {
  for (const { house, url } of [both.kh, both.id]) expectQuietLog(house, [url, both.peer.url]);
  await both?.close();
});

const accept = (message: string, decision = 'accepted') =>
  focalPoint.post('acknowledgements', {
    message,
    decision,
    officer: 'o1',
    ...present({ ground: decision === 'declined' ? 'incomplete' : undefined }),
  });

const whole = ['SubmissionAcceptance', 'RelayAcceptance', 'ContentConsignment', 'ConsignmentAcceptance'];

/** Both sides tell the same story of a message that was acknowledged. */
async function expectAcknowledged(message: string): Promise<void> {
  const here = await fetchMessageStatus(shelter, message);
  const there = await fetchMessageStatus(focalPoint, message);
  expect([here.state, there.state]).toEqual(['acknowledged', 'acknowledged']);
  expect(here.recipients[0].acknowledgement).toEqual(there.recipients[0].acknowledgement);
  expect(here.recipients[0].acknowledgement.officer.name).toBe(makeOfficer().name);
  const due = (status: typeof here) => [status.accepted_at, status.recipients[0].acknowledge_by];
  expect(due(here)).toEqual(due(there));
}

test('a report is relayed, delivered and acknowledged by name, and its sender gets the other gateway’s evidence', async () => {
  const { kh, id, peer } = both;
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await both.waitUntilIdle();
  expect(listPostedTo(peer, '/desk').at(-1)).toMatchObject({
    type: 'message.received',
    data: { id: message, from: shelter.designation.focal_point, message: { id: message } },
  });
  expect((await accept(message)).status).toBe(201);
  await both.waitUntilIdle();

  await expectAcknowledged(message);
  const status = await fetchMessageStatus(shelter, message);
  expect(await fetchEvents(shelter, message)).toEqual(whole);
  const keys = [kh, id].map((side) => side.house.gateway.key.publicJwk);
  const by = await Promise.all(
    status.evidence.map(async (jws: unknown) => {
      const { payload } = await verifyStatement(jws, 'evidence', async (kid) =>
        keys.find((key) => key.kid === kid),
      );
      return (payload as { by: string }).by;
    }),
  );
  expect(by).toEqual([kh, id, id, id].map((side) => side.house.gateway.did));
  expect(listPostedEvents(peer, '/shelter', message)).toEqual(whole.slice(1));
  expect(status.recipients[0].deliveries).toMatchObject([
    { channel: 'relay', state: 'acknowledged', tries: 1 },
  ]);
  // Both sides keep the same, as it was signed, to the byte: our receipt went along with the message.
  expect(status.evidence).toEqual((await fetchMessageStatus(focalPoint, message)).evidence);
});

test('a report with a large scan is relayed like any other', async () => {
  const scan = Buffer.alloc(600_000, 7).toString('base64');
  const attachments = [{ filename: 'scan.pdf', media_type: 'application/pdf', base64: scan }];
  const message = await postMessage(shelter, { ...makeReportPost(['desk']), attachments });
  await both.waitUntilIdle();
  expect((await accept(message)).status).toBe(201);
  await both.waitUntilIdle();
  await expectAcknowledged(message);
  expect(await fetchEvents(shelter, message)).toEqual(whole);
  const stored = async (house: Rig) => house.gateway.store.content.consignment(message);
  expect(textOf((await stored(both.id.house)) ?? '')).toBe(textOf((await stored(both.kh.house)) ?? 'none'));
});

test('an answer in the thread goes back by the same rules', async () => {
  const { peer } = both;
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await both.waitUntilIdle();
  const { thid } = await fetchMessageStatus(shelter, message);
  const body = { text: `${PRIVATE_TEXT[0]} has family there.` };
  const line = { type: 'text', urgency: 'routine', handling: 'H1', lang: 'en', body };
  const answer = await postMessage(focalPoint, { ...line, to: ['shelter'], thid });
  await both.waitUntilIdle();
  expect(listPostedTo(peer, '/shelter').at(-1)).toMatchObject({
    type: 'message.received',
    data: { id: answer, thid, message: { body } },
  });
  expect(await fetchEvents(focalPoint, answer)).toEqual(whole.slice(0, 3));
});

test('a gateway whose designation ended gets nothing until it is renewed', async () => {
  const { kh, id } = both;
  const message = await postMessage(shelter, makeReportPost(['desk']));
  const { gateway, authorities } = id.house;
  const draft = { url: id.url, name: 'Gateway', country: 'ID', signing: [gateway.key.publicJwk] };
  const designated = async (days: number) =>
    keepGateway(
      kh.house.gateway,
      await designateGateway(authorities.ID, { ...draft, days }, kh.house.gateway.now()),
    );
  await designated(1 / 86_400_000);
  await kh.house.drain();
  const [delivery] = (await fetchMessageStatus(shelter, message)).recipients[0].deliveries;
  expect(delivery.attempts).toMatchObject([{ outcome: 'deferred', code: 'gateway-not-in-force' }]);
  const later = await postMessage(shelter, makeReportPost(['desk']));
  await kh.house.drain();
  expect(await fetchEvents(shelter, later)).toEqual(['SubmissionAcceptance', 'DeliveryDelayed']);
  await designated(300);
  kh.house.pass(10);
  await both.waitUntilIdle();
  expect(await fetchEvents(shelter, message)).toEqual(whole.slice(0, 3));
  const [first, ...rest] = whole.slice(0, 3);
  expect(await fetchEvents(shelter, later)).toEqual([first, 'DeliveryDelayed', ...rest]);
  kh.house.pass(-10);
});

test('a message that a system sealed is carried unread, and its own signature comes back inside the evidence', async () => {
  const { kh, id, peer } = both;
  const police = await designateOwnCustody(id.house, {
    slug: 'police',
    country: 'ID',
    officers: [makeOfficer('en')],
  });
  await id.introduce(police.designation);
  await addHook(id.house.gateway, police.keys.did, { address: `${peer.url}/police`, shows: 'sealed' });
  const sender = await designateOwnCustody(kh.house, {
    slug: 'unit',
    country: 'KH',
    officers: [makeOfficer('en')],
  });
  await kh.introduce(sender.designation);

  const body = { text: `${PRIVATE_TEXT[0]} is safe.` };
  const to = [police.keys.did, focalPoint.designation.focal_point];
  const message = makeText(sender.keys.did, to, kh.house.gateway.now(), { body });
  const claims = await sealConsignment(sender.keys, message, [police.designation, focalPoint.designation]);
  const jws = await signConsignment(sender.keys, { ...claims, to: [kh.house.gateway.did] });
  expect((await postSigned(kh.house, '/v1/consignments', jws)).status).toBe(202);
  await both.waitUntilIdle();
  const received = listPostedTo(peer, '/police').at(-1)?.data ?? {};
  expect(received['id']).toBe(message.id);

  const about = { message: message.id, sender: sender.keys.did, at: new Date() };
  const word = await signAcknowledgement(police.keys, {
    ...about,
    digest: digestOfSealed(received['sealed']),
  });
  const path = '/v1/focal-points/police/acknowledgements';
  expect((await postSigned(id.house, path, word)).status).toBe(201);
  await both.waitUntilIdle();

  const view = await kh.house.database.store.messages.readMessage(message.id);
  // Both recipients are homed there: one receipt for the consignment, kept once.
  expect(view?.evidence.map((row) => row.event).sort()).toEqual([
    'ConsignmentAcceptance',
    'ContentConsignment',
    'ContentConsignment',
    'RelayAcceptance',
    'SubmissionAcceptance',
  ]);
  const settled = view?.recipients.map((one) => [one.to, one.effectiveAcknowledgement?.officer]);
  expect(settled).toEqual([
    [police.keys.did, 'o1'],
    [focalPoint.designation.focal_point, undefined],
  ]);
  const proof = view?.evidence.find((row) => row.event === 'ConsignmentAcceptance');
  expect(peekStatement(JSON.parse(proof?.jws ?? '')).payload).toMatchObject({
    attestation: { how: 'own-signature', statement: JSON.stringify(word) },
  });
});

test('a peer that is down for hours gets it when it is back, once; its sender gets no false evidence', async () => {
  const { kh, id, peer } = both;
  await id.shut();
  const message = await postMessage(shelter, makeReportPost(['desk']));
  for (let hour = 0; hour < 6; hour += 1) {
    await kh.house.drain();
    kh.house.pass(3_600);
    id.house.pass(3_600);
  }
  expect(await fetchMessageStatus(shelter, message)).toMatchObject({ state: 'waiting' });
  // Its desk is told that nobody has acknowledged it: that is true, and says nothing of the other side's officers.
  expect(await fetchEvents(shelter, message)).toEqual(['SubmissionAcceptance', 'SenderNotification']);
  await id.open();
  kh.house.pass(18_000);
  id.house.pass(18_000);
  await both.waitUntilIdle();
  await accept(message);
  await kh.shut();
  await id.house.drain();
  kh.house.pass(3_600);
  id.house.pass(3_600);
  await kh.open();
  await both.waitUntilIdle();
  await expectAcknowledged(message);
  const late = [...whole, 'SenderNotification', 'AcceptanceRejectionExpiry'];
  expect((await fetchEvents(shelter, message)).toSorted()).toEqual(late.toSorted());
  expect(listPostedTo(peer, '/desk').filter((one) => one.data['id'] === message)).toHaveLength(1);
});

test('a lost answer is asked for again, and the same receipt is returned', async () => {
  const { kh, id } = both;
  const answers: string[] = [];
  id.keep(async (request, serve) => {
    const answer = await serve(request);
    answers.push(await answer.clone().text());
    return answers.length === 1 ? new Response('lost', { status: 502 }) : answer;
  });
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await kh.house.drain();
  kh.house.pass(10);
  await both.waitUntilIdle();
  expect(answers).toHaveLength(2);
  expect(answers[1]).toBe(answers[0]);
  await accept(message);
  await both.waitUntilIdle();
  await expectAcknowledged(message);
  expect(await fetchEvents(shelter, message)).toEqual(whole);
  kh.house.pass(-10);
});

test('the officer’s acknowledgement can arrive before the receipt of the relay, and both are kept', async () => {
  const { kh, id } = both;
  const message = await postMessage(shelter, makeReportPost(['desk']));
  id.keep(async (request, serve) => {
    const answer = await serve(request);
    id.keep(undefined);
    await id.house.drain();
    await accept(message);
    await id.house.drain();
    return answer;
  });
  await kh.house.drain();
  await both.waitUntilIdle();
  await expectAcknowledged(message);
  expect((await fetchEvents(shelter, message)).toSorted()).toEqual(whole.toSorted());
  const status = await fetchMessageStatus(shelter, message);
  expect(status.recipients[0].deliveries).toMatchObject([{ state: 'acknowledged', next_try_at: null }]);
  expect(listPostedEvents(both.peer, '/shelter', message).toSorted()).toEqual(whole.slice(1).toSorted());
});

test('a lost receipt is asked for until it is here, even after the officer’s acknowledgement', async () => {
  const { kh, id } = both;
  let lost = 0;
  id.keep(async (request, serve) => {
    await serve(request);
    lost += 1;
    return new Response('lost', { status: 502 });
  });
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await kh.house.drain();
  await id.house.drain();
  await accept(message);
  await id.house.drain();
  await expectAcknowledged(message);
  expect(await fetchEvents(shelter, message)).not.toContain('RelayAcceptance');
  kh.house.pass(10);
  await kh.house.drain();
  expect(lost).toBe(2);
  id.keep(undefined);
  kh.house.pass(60);
  await both.waitUntilIdle();
  await expectAcknowledged(message);
  expect((await fetchEvents(shelter, message)).toSorted()).toEqual(whole.toSorted());
  expect(listPostedEvents(both.peer, '/shelter', message).toSorted()).toEqual(whole.slice(1).toSorted());
  const [delivery] = (await fetchMessageStatus(shelter, message)).recipients[0].deliveries;
  expect(delivery).toMatchObject({ state: 'acknowledged', tries: 3 });
  // It has its receipt now, and asks no more.
  kh.house.pass(36_000);
  expect(await kh.house.drain()).toBe(0);
  kh.house.pass(-36_070);
});

test('clocks that differ by minutes give the same deadline; by more, the message waits until a clock is set', async () => {
  const { kh } = both;
  for (const skew of [240, -240]) {
    kh.house.pass(skew);
    const message = await postMessage(shelter, makeReportPost(['desk']));
    await both.waitUntilIdle();
    await accept(message);
    await both.waitUntilIdle();
    await expectAcknowledged(message);
    kh.house.pass(-skew);
  }
  kh.house.pass(-900);
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await kh.house.drain();
  const [delivery] = (await fetchMessageStatus(shelter, message)).recipients[0].deliveries;
  expect(delivery.attempts).toMatchObject([{ outcome: 'deferred', code: 'timestamp-out-of-range' }]);
  kh.house.pass(900);
  await both.waitUntilIdle();
  expect(await fetchEvents(shelter, message)).toEqual(whole.slice(0, 3));
});

test('another acknowledgement is a contradiction on both sides; the first one stays in effect', async () => {
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await both.waitUntilIdle();
  await accept(message);
  await accept(message, 'declined');
  await both.waitUntilIdle();
  await expectAcknowledged(message);
  expect(await fetchMessageStatus(shelter, message)).toMatchObject({ recipients: [{ contradiction: true }] });
  const [first, second] = (await fetchEvidence(shelter, message)).slice(-2);
  const words = [first, second].sort((a, b) => (a?.event ?? '').localeCompare(b?.event ?? ''));
  expect(words.map((one) => one?.event)).toEqual(['ConsignmentAcceptance', 'ConsignmentRejection']);
  expect(words[1]?.contradicts).toBeDefined();
});

test('a gateway’s refusal is signed, and the sender is told at once', async () => {
  const { kh, id } = both;
  const quiet = await id.house.partner({
    slug: 'quiet',
    name: 'Quiet',
    country: 'ID',
    officers: [makeOfficer()],
  });
  await id.introduce(quiet.designation);
  const claims = await draftWithdrawal(id.house.gateway, quiet.designation, 'unspecified');
  const { ID } = id.house.authorities;
  await keepWithdrawal(id.house.gateway, await signStatement('withdrawal', claims, [ID]));
  const message = await postMessage(shelter, makeReportPost(['quiet']));
  await both.waitUntilIdle();
  const [, rejection] = await fetchEvidence(shelter, message);
  expect(rejection).toMatchObject({ event: 'RelayRejection', reason: 'designation-ended' });
  expect(await fetchMessageStatus(shelter, message)).toMatchObject({ state: 'failed' });
  expect(listPostedEvents(both.peer, '/shelter', message)).toEqual(['RelayRejection']);
  expect(kh.house.lines.some((line) => line.fields['code'] === 'designation-ended')).toBe(true);
});

test('a peer that never comes back gives a failure signed here, visible and reported', async () => {
  const { kh, id } = both;
  await id.shut();
  const expires_time = Math.floor(kh.house.gateway.now().getTime() / 1_000) + 600;
  const message = await postMessage(shelter, makeReportPost(['desk'], { expires_time }));
  await kh.house.drain();
  kh.house.pass(700);
  await kh.house.drain();
  expect(await fetchEvents(shelter, message)).toEqual(['SubmissionAcceptance', 'RelayFailure']);
  expect(await fetchMessageStatus(shelter, message)).toMatchObject({ state: 'failed' });
  kh.house.pass(-700);
  await id.open();
});
