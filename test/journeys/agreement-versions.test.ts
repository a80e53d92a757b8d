/** A newer version of the agreement begins while messages are under way: each ends under the one that was in force when it was accepted. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agree } from '../../src/entry/enrolling/enrol.ts';
import { exportCase } from '../../src/flow/case/case-export.ts';
import { type Across, across, claimsOf, laterVersion } from '../support/across.ts';
import { addEndpoint } from '../support/confirmed.ts';
import { status } from '../support/http-peer.ts';
import type { Partner, Rig } from '../support/rig.ts';
import { posted, report, statusOf } from '../support/story.ts';

const HOUR = 3_600;

let all: Across;

beforeEach(async () => {
  all = await across();
});
afterEach(() => all?.close());

const agreed = (house: Rig, draft: object) =>
  agree(house.gateway, [house.authorities.ID, house.authorities.KH], draft);

/** Version 2 begins in an hour; two hours pass on both sides. */
const inAnHour = () => new Date(Date.now() + HOUR * 1_000);
const passTwoHours = () => {
  for (const { house } of [all.kh, all.id]) house.pass(2 * HOUR);
};

/** Under which versions each piece of evidence that names one says that the message goes to the desk. */
async function versionsOf(partner: Partner, message: string): Promise<ReadonlyMap<string, number>> {
  const claims = await claimsOf(partner, message);
  const named = claims.flatMap(({ event, rests_on: restsOn }) =>
    (restsOn?.agreements ?? [])
      .filter((one) => one.to === all.desk.designation.focal_point)
      .map(({ version }) => [event, version] as const),
  );
  return new Map(named);
}

const dueOf = async (partner: Partner, message: string) => {
  const { accepted_at, recipients } = await statusOf(partner, message);
  return { accepted: accepted_at, by: recipients[0].acknowledge_by, answer: recipients[0].answer_by };
};

async function acknowledge(message: string): Promise<void> {
  const word = { message, decision: 'accepted', officer: 'o1' };
  expect((await all.desk.post('acknowledgements', word)).status).toBe(201);
  await all.settle();
}

const whole = ['SubmissionAcceptance', 'RelayAcceptance', 'ContentConsignment', 'ConsignmentAcceptance'];

/** The message went the whole way, everything on it under this version, and both sides count by the same clocks. */
async function expectWholeUnder(version: number, message: string): Promise<void> {
  for (const partner of [all.shelter, all.desk]) {
    expect((await statusOf(partner, message)).state).toBe('acknowledged');
    const versions = await versionsOf(partner, message);
    expect(new Set(versions.values())).toEqual(new Set([version]));
  }
  expect([...(await versionsOf(all.shelter, message)).keys()]).toEqual(expect.arrayContaining(whole));
  expect(await dueOf(all.desk, message)).toEqual(await dueOf(all.shelter, message));
}

test('a message accepted before a version begins is relayed, delivered and acknowledged under the one before', async () => {
  const { kh, id, shelter } = all;
  const second = laterVersion(inAnHour());
  for (const { house } of [kh, id]) await agreed(house, second);
  await id.shut();
  const message = await posted(shelter, report(['desk']));
  await kh.house.drain();
  passTwoHours();
  await id.open();
  await all.settle();
  await acknowledge(message);
  await expectWholeUnder(1, message);

  const next = await posted(shelter, report(['desk']));
  await all.settle();
  await acknowledge(next);
  await expectWholeUnder(2, next);
  const due = await dueOf(shelter, next);
  expect(Date.parse(due.by) - Date.parse(due.accepted)).toBe(HOUR * 1_000);
});

test('the gateway that learns of a version later ends under the one before what it took under that', async () => {
  const { kh, id, shelter } = all;
  const second = laterVersion(inAnHour(), { rules: [{ from: ['ID'], to: ['KH'], types: ['text'] }] });
  await agreed(kh.house, second);
  const message = await posted(shelter, report(['desk']));
  await all.settle();
  passTwoHours();
  await agreed(id.house, second);
  await acknowledge(message);
  await expectWholeUnder(1, message);
  const refused = await shelter.post('messages', report(['desk']));
  expect((await refused.json()).type).toBe('urn:amanat:problem:not-covered');
});

/** It goes the whole way, each gateway counts by what it knows, and the difference is told and stands signed. */
async function expectDifference(message: string, taken: number, carried: number): Promise<void> {
  const { kh, shelter } = all;
  expect((await statusOf(shelter, message)).state).toBe('acknowledged');
  const versions = await versionsOf(shelter, message);
  expect(whole.map((event) => versions.get(event))).toEqual([taken, carried, carried, carried]);
  expect(kh.house.lines.filter((line) => line.event === 'agreement.differs')).not.toEqual([]);
}

test('what the sender’s gateway took under a version that it did not know to be replaced goes on under the one that counts', async () => {
  const { id, shelter } = all;
  await agreed(id.house, laterVersion(inAnHour()));
  passTwoHours();
  const message = await posted(shelter, report(['desk']));
  await all.settle();
  await acknowledge(message);
  await expectDifference(message, 1, 2);
  expect(id.house.lines.filter((line) => line.event === 'agreement.differs')).toHaveLength(1);
  const { accepted, by } = await dueOf(all.desk, message);
  expect(Date.parse(by) - Date.parse(accepted)).toBe(HOUR * 1_000);
  const { agreements } = await exportCase(id.house.gateway, { id: message, contents: false });
  expect(agreements).toHaveLength(2);
});

test('what a version no longer covers is not carried on the word of a gateway that does not know it', async () => {
  const { id, shelter } = all;
  await agreed(
    id.house,
    laterVersion(inAnHour(), { rules: [{ from: ['ID'], to: ['KH'], types: ['text'] }] }),
  );
  passTwoHours();
  const message = await posted(shelter, report(['desk']));
  await all.settle();
  const rejection = (await claimsOf(shelter, message)).find((one) => one.event === 'RelayRejection');
  expect(rejection).toMatchObject({ reason: 'not-covered', by: id.house.gateway.did });
  expect((await statusOf(shelter, message)).state).toBe('failed');
});

test('a version that the recipient’s gateway does not know does not stop the message; the difference stands signed', async () => {
  const { kh, shelter } = all;
  await agreed(kh.house, laterVersion(inAnHour()));
  passTwoHours();
  const message = await posted(shelter, report(['desk']));
  await all.settle();
  await acknowledge(message);
  await expectDifference(message, 2, 1);
  const { agreements } = await exportCase(kh.house.gateway, { id: message, contents: false });
  expect(agreements).toHaveLength(2);
});

test('two texts of one version: nothing is carried under it', async () => {
  const { kh, id, shelter } = all;
  const from = inAnHour();
  await agreed(kh.house, laterVersion(from, { title: 'One text' }));
  await agreed(id.house, laterVersion(from, { title: 'Another text' }));
  passTwoHours();
  const message = await posted(shelter, report(['desk']));
  await all.settle();
  const rejection = (await claimsOf(shelter, message)).find((one) => one.event === 'RelayRejection');
  expect(rejection).toMatchObject({ reason: 'digest-mismatch', by: id.house.gateway.did });
});

test('the next endpoint is chosen by the version that the message was accepted under', async () => {
  const { id, peer, shelter, desk } = all;
  await agreed(
    id.house,
    laterVersion(inAnHour(), { rules: [{ from: ['ID'], to: ['KH'], types: ['text'] }] }),
  );
  const { focal_point: focalPoint } = desk.designation;
  const webhook = { channel: 'webhook', shows: 'packet', lang: 'en' } as const;
  await addEndpoint(id.house.gateway, { ...webhook, focalPoint, address: `${peer.url}/second`, rank: 2 });
  peer.answer((response, call) => status(call.url === '/desk' ? 503 : 204)(response, call));
  const message = await posted(shelter, report(['desk']));
  await all.settle();
  passTwoHours();
  peer.answer((response, call) => status(call.url === '/desk' ? 410 : 204)(response, call));
  await all.settle();
  const { recipients } = await statusOf(desk, message);
  expect(recipients[0].deliveries.map((one: { state: string }) => one.state)).toEqual([
    'failed',
    'delivered',
  ]);
  await acknowledge(message);
  await expectWholeUnder(1, message);
});
