/** A newer version of the agreement begins while messages are under way: each ends under the one that was in force when it was accepted. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exportCase } from '../../src/flow/case/export.ts';
import { type AcrossBorder, fetchClaims, makeAcrossBorder, makeLaterVersion } from '../support/across.ts';
import { addHook } from '../support/confirmed.ts';
import { answerStatus } from '../support/http-peer.ts';
import type { Rig, RigPartner } from '../support/rig.ts';
import { concludeAgreement } from '../support/signed-statements.ts';
import { fetchMessageStatus, makeReportPost, postMessage } from '../support/story.ts';

const HOUR = 3_600;

let all: AcrossBorder;

beforeEach(async () => {
  all = await makeAcrossBorder();
});
afterEach(() => all?.close());

const agreed = (house: Rig, draft: object) =>
  concludeAgreement(house.gateway, [house.authorities.ID, house.authorities.KH], draft);

/** Version 2 begins in an hour; two hours pass on both sides. */
const inAnHour = () => new Date(Date.now() + HOUR * 1_000);
const passTwoHours = () => {
  for (const { house } of [all.kh, all.id]) house.pass(2 * HOUR);
};

/** Under which versions each piece of evidence that names one says that the message goes to the desk. */
async function versionsOf(partner: RigPartner, message: string): Promise<ReadonlyMap<string, number>> {
  const claims = await fetchClaims(partner, message);
  const named = claims.flatMap(({ event, rests_on: restsOn }) =>
    (restsOn?.agreements ?? [])
      .filter((one) => one.to === all.focalPoint.designation.focal_point)
      .map(({ version }) => [event, version] as const),
  );
  return new Map(named);
}

const dueOf = async (partner: RigPartner, message: string) => {
  const { accepted_at, recipients } = await fetchMessageStatus(partner, message);
  return { accepted: accepted_at, by: recipients[0].acknowledge_by, answer: recipients[0].answer_by };
};

async function acknowledge(message: string): Promise<void> {
  const word = { message, decision: 'accepted', officer: 'o1' };
  expect((await all.focalPoint.post('acknowledgements', word)).status).toBe(201);
  await all.waitUntilIdle();
}

const whole = ['SubmissionAcceptance', 'RelayAcceptance', 'ContentConsignment', 'ConsignmentAcceptance'];

/** The message went the whole way, everything on it under this version, and both sides count by the same clocks. */
async function expectWholeUnder(version: number, message: string): Promise<void> {
  for (const partner of [all.shelter, all.focalPoint]) {
    expect((await fetchMessageStatus(partner, message)).state).toBe('acknowledged');
    const versions = await versionsOf(partner, message);
    expect(new Set(versions.values())).toEqual(new Set([version]));
  }
  expect([...(await versionsOf(all.shelter, message)).keys()]).toEqual(expect.arrayContaining(whole));
  expect(await dueOf(all.focalPoint, message)).toEqual(await dueOf(all.shelter, message));
}

test('a message accepted before a version begins is relayed, delivered and acknowledged under the earlier version', async () => {
  const { kh, id, shelter } = all;
  const second = makeLaterVersion(inAnHour());
  for (const { house } of [kh, id]) await agreed(house, second);
  await id.shut();
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await kh.house.drain();
  passTwoHours();
  await id.open();
  await all.waitUntilIdle();
  await acknowledge(message);
  await expectWholeUnder(1, message);

  const next = await postMessage(shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  await acknowledge(next);
  await expectWholeUnder(2, next);
  const due = await dueOf(shelter, next);
  expect(Date.parse(due.by) - Date.parse(due.accepted)).toBe(HOUR * 1_000);
});

test('a gateway that learns of a version later finishes under the earlier version what it took under it', async () => {
  const { kh, id, shelter } = all;
  const second = makeLaterVersion(inAnHour(), { rules: [{ from: ['ID'], to: ['KH'], types: ['text'] }] });
  await agreed(kh.house, second);
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  passTwoHours();
  await agreed(id.house, second);
  await acknowledge(message);
  await expectWholeUnder(1, message);
  const refused = await shelter.post('messages', makeReportPost(['desk']));
  expect((await refused.json()).type).toBe('urn:amanat:problem:not-covered');
});

/** It goes the whole way, each gateway counts by what it knows, and the difference is told and stands signed. */
async function expectDifference(message: string, taken: number, carried: number): Promise<void> {
  const { kh, shelter } = all;
  expect((await fetchMessageStatus(shelter, message)).state).toBe('acknowledged');
  const versions = await versionsOf(shelter, message);
  expect(whole.map((event) => versions.get(event))).toEqual([taken, carried, carried, carried]);
  expect(kh.house.lines.filter((line) => line.event === 'agreement.differs')).not.toEqual([]);
}

test('a message that the sender’s gateway took under a version that it did not know to be replaced continues under the version in force', async () => {
  const { id, shelter } = all;
  await agreed(id.house, makeLaterVersion(inAnHour()));
  passTwoHours();
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  await acknowledge(message);
  await expectDifference(message, 1, 2);
  expect(id.house.lines.filter((line) => line.event === 'agreement.differs')).toHaveLength(1);
  const { accepted, by } = await dueOf(all.focalPoint, message);
  expect(Date.parse(by) - Date.parse(accepted)).toBe(HOUR * 1_000);
  const { agreements } = await exportCase(id.house.gateway, { id: message, contents: false });
  expect(agreements).toHaveLength(2);
});

test('a message that a new version no longer covers is not carried because a gateway does not know that version', async () => {
  const { id, shelter } = all;
  await agreed(
    id.house,
    makeLaterVersion(inAnHour(), { rules: [{ from: ['ID'], to: ['KH'], types: ['text'] }] }),
  );
  passTwoHours();
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  const rejection = (await fetchClaims(shelter, message)).find((one) => one.event === 'RelayRejection');
  expect(rejection).toMatchObject({ reason: 'not-covered', by: id.house.gateway.did });
  expect((await fetchMessageStatus(shelter, message)).state).toBe('failed');
});

test('a version that the recipient’s gateway does not know does not stop the message; the difference is in signed evidence', async () => {
  const { kh, shelter } = all;
  await agreed(kh.house, makeLaterVersion(inAnHour()));
  passTwoHours();
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  await acknowledge(message);
  await expectDifference(message, 2, 1);
  const { agreements } = await exportCase(kh.house.gateway, { id: message, contents: false });
  expect(agreements).toHaveLength(2);
});

test('if one version has two texts, nothing is carried under it', async () => {
  const { kh, id, shelter } = all;
  const from = inAnHour();
  await agreed(kh.house, makeLaterVersion(from, { title: 'One text' }));
  await agreed(id.house, makeLaterVersion(from, { title: 'Another text' }));
  passTwoHours();
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  const rejection = (await fetchClaims(shelter, message)).find((one) => one.event === 'RelayRejection');
  expect(rejection).toMatchObject({ reason: 'digest-mismatch', by: id.house.gateway.did });
});

test('the next endpoint is chosen by the version that the message was accepted under', async () => {
  const { id, peer, shelter, focalPoint: recipient } = all;
  await agreed(
    id.house,
    makeLaterVersion(inAnHour(), { rules: [{ from: ['ID'], to: ['KH'], types: ['text'] }] }),
  );
  const { focal_point: focalPoint } = recipient.designation;
  await addHook(id.house.gateway, focalPoint, { address: `${peer.url}/second`, rank: 2 });
  peer.answer((response, call) => answerStatus(call.url === '/desk' ? 503 : 204)(response, call));
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  passTwoHours();
  peer.answer((response, call) => answerStatus(call.url === '/desk' ? 410 : 204)(response, call));
  await all.waitUntilIdle();
  const { recipients } = await fetchMessageStatus(recipient, message);
  expect(recipients[0].deliveries.map((one: { state: string }) => one.state)).toEqual([
    'failed',
    'delivered',
  ]);
  await acknowledge(message);
  await expectWholeUnder(1, message);
});
