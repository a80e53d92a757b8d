/**
 * Each recipient is judged separately, abroad too: one without an endpoint waits for one, with signed evidence, and
 * the others get the message.
 */
import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import { claimsOfOwnKeys, keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { writeCase } from '../../src/flow/case/reading.ts';
import { verifyCase } from '../../src/flow/case/verify.ts';
import { readKeptRejections } from '../../src/flow/intake/refusal-by-name.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { peekStatement, signStatement } from '../../src/seal/statement.ts';
import { type AcrossBorder, designateSide, fetchClaims, makeAcrossBorder } from '../support/across.ts';
import { addHook } from '../support/confirmed.ts';
import { makeKeyedPerson } from '../support/own-custody.ts';
import type { RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchMessageStatus,
  listPostedEvents,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';
import { fetchJson } from '../support/threads.ts';
import type { GatewaySide } from '../support/two-gateways.ts';

let both: AcrossBorder;
let shelter: RigPartner;

beforeAll(async () => {
  both = await makeAcrossBorder();
  ({ shelter } = both);
  await designateSide(both.kh, 'KH', both.kh.house.gateway.now());
  await designateSide(both.id, 'ID', both.id.house.gateway.now());
});

afterAll(async () => {
  for (const { house, url } of [both.kh, both.id]) expectQuietLog(house, [url, both.peer.url]);
  await both?.close();
});

/** A desk that nobody is linked at. */
async function mute(side: GatewaySide, slug: string, country: string): Promise<RigPartner> {
  const one = await side.house.partner({ slug, name: slug, country, officers: [makeOfficer()] });
  await side.introduce(one.designation);
  return one;
}

const link = (side: GatewaySide, { designation: { slug, focal_point: focalPoint } }: RigPartner) =>
  addHook(side.house.gateway, focalPoint, { address: `${both.peer.url}/${slug}` });

const about = (claims: readonly Evidence[], { designation }: RigPartner): readonly (string | undefined)[][] =>
  claims
    .filter((one) => one.recipient === designation.focal_point)
    .map(({ event, reason }) => (reason === undefined ? [event] : [event, reason]));

/** What a side can prove of a message to somebody who has the authorities' certificates only. */
async function verified({ house }: GatewaySide, message: string) {
  await extendLedger(house.gateway);
  const file = await exportCase(house.gateway, { id: message, contents: true });
  return verifyCase(Buffer.from(writeCase(file)), house.gateway.anchors);
}

test('of two focal points abroad the linked one gets the message; the other one waits, with signed evidence and named, until it is linked', async () => {
  const { kh, id, peer, focalPoint } = both;
  const late = await mute(id, 'late', 'ID');
  const message = await postMessage(shelter, makeReportPost(['desk', 'late']));
  await both.waitUntilIdle();

  expect(about(await fetchClaims(shelter, message), focalPoint)).toEqual([['ContentConsignment']]);
  expect(about(await fetchClaims(shelter, message), late)).toEqual([['DeliveryDelayed', 'no-endpoint']]);
  const [delayed] = (await fetchClaims(shelter, message)).filter((one) => one.event === 'DeliveryDelayed');
  expect(delayed).toMatchObject({ by: id.house.gateway.did, recipient: late.designation.focal_point });
  expect(delayed?.channel).toBeUndefined();
  expect(listPostedEvents(peer, '/shelter', message)).toContain('DeliveryDelayed');
  for (const party of [shelter, late]) {
    const { recipients, state } = await fetchMessageStatus(party, message);
    const waits = { since: delayed?.at, reason: 'no-endpoint', by: delayed?.by, evidence: delayed?.id };
    expect([state, recipients.at(-1)]).toMatchObject(['waiting', { state: 'waiting', waits_for_way: waits }]);
  }
  expect((await fetchMessageStatus(shelter, message)).recipients[0].waits_for_way).toBeNull();
  expect(id.house.lines.some((one) => one.event === 'delivery.waits')).toBe(true);
  expect(await id.house.metrics()).toContain('amanat_deliveries{channel="none",state="queued"} 1');
  expect(listPostedTo(peer, '/late')).toEqual([]);

  await link(id, late);
  await both.waitUntilIdle();
  expect(listPostedTo(peer, '/late')).toMatchObject([{ type: 'message.received', data: { id: message } }]);
  const whole = [['DeliveryDelayed', 'no-endpoint'], ['ContentConsignment']];
  for (const party of [shelter, late]) expect(about(await fetchClaims(party, message), late)).toEqual(whole);
  for (const party of [focalPoint, late]) {
    const word = { message, decision: 'accepted', officer: 'o1' };
    expect((await party.post('acknowledgements', word)).status).toBe(201);
  }
  await both.waitUntilIdle();
  const status = await fetchMessageStatus(shelter, message);
  expect(status).toMatchObject({ state: 'acknowledged', recipients: [{}, { waits_for_way: null }] });
  for (const side of [kh, id]) {
    const verdict = await verified(side, message);
    expect(verdict).toMatchObject({ verified: true });
    expect(JSON.stringify(verdict)).toContain('DeliveryDelayed');
  }
});

test('a reminder that reaches nobody at a focal point without an endpoint does not end its waiting', async () => {
  const { kh } = both;
  const silent = await mute(kh, 'silent', 'KH');
  const message = await postMessage(shelter, makeReportPost(['silent'], { urgency: 'immediate' }));
  await both.waitUntilIdle();
  for (let n = 0; n < 4; n += 1) {
    kh.house.pass(600);
    both.id.house.pass(600);
    await both.waitUntilIdle();
  }
  const said = (await fetchClaims(shelter, message)).filter(
    (one) => one.event === 'ConsignmentNotificationFailure',
  );
  expect(said.length).toBeGreaterThan(0);
  expect(said.every(({ reminder }) => reminder?.act === 'acknowledge')).toBe(true);
  const { recipients, thid } = await fetchMessageStatus(shelter, message);
  expect(recipients).toMatchObject([{ state: 'waiting', waits_for_way: { reason: 'no-endpoint' } }]);
  const thread = await (await fetchJson(kh.house, shelter, `/v1/threads/${thid}`)).json();
  expect(thread).toMatchObject({
    turn: { act: 'acknowledge', owner: silent.designation.focal_point, no_way: true },
    messages: [{ state: 'waiting' }],
  });
});

test('both gateways report whose turn it is: the focal point’s, whose operator must connect it', async () => {
  const { kh, id } = both;
  const far = await mute(id, 'far', 'ID');
  const message = await postMessage(shelter, makeReportPost(['far']));
  await both.waitUntilIdle();
  const { thid } = await fetchMessageStatus(shelter, message);
  const turns = await Promise.all(
    (
      [
        [kh, shelter],
        [id, far],
      ] as const
    ).map(async ([{ house }, { accessKey }]) => {
      const headers = { authorization: `Bearer ${accessKey}` };
      const answer = await house.app.request(`${house.gateway.url}/v1/threads/${thid}`, { headers });
      return (await answer.json()).turn;
    }),
  );
  expect(turns[0]).toMatchObject({ act: 'acknowledge', owner: far.designation.focal_point, no_way: true });
  expect(turns[1]).toEqual({ ...turns[0], overdue_seconds: turns[1].overdue_seconds });
});

test('a message that waited until it expired has failed for that recipient, and the failure is proven on both sides', async () => {
  const { kh, id } = both;
  const never = await mute(id, 'never', 'ID');
  const expires_time = Math.floor(kh.house.gateway.now().getTime() / 1_000) + 14_400;
  const message = await postMessage(shelter, makeReportPost(['desk', 'never'], { expires_time }));
  await both.waitUntilIdle();
  for (const side of [kh, id]) side.house.pass(15_000);
  await both.waitUntilIdle();
  const said = about(await fetchClaims(shelter, message), never);
  expect(said[0]).toEqual(['DeliveryDelayed', 'no-endpoint']);
  expect(said).toContainEqual(['ContentConsignmentFailure', 'expired']);
  expect((await fetchMessageStatus(shelter, message)).recipients[1]).toMatchObject({ waits_for_way: null });
  for (const side of [kh, id]) expect(await verified(side, message)).toMatchObject({ verified: true });
  for (const side of [kh, id]) side.house.pass(-15_000);
});

/** Withdrawn where it is homed; the other gateway has not heard of it. */
async function withdrawn(slug: string): Promise<RigPartner> {
  const { gateway, authorities } = both.id.house;
  const one = await mute(both.id, slug, 'ID');
  await link(both.id, one);
  const claims = await draftWithdrawal(gateway, one.designation, 'unspecified');
  await keepWithdrawal(gateway, await signStatement('withdrawal', claims, [authorities.ID]));
  return one;
}

/** Designated for the other gateway, which has not been brought the designation. */
async function unknown(slug: string): Promise<Pick<RigPartner, 'designation'>> {
  const { gateway, authorities } = both.id.house;
  const keys = await makeKeyedPerson(slug, gateway.did);
  const own = { signing: [keys.signing.publicJwk], agreement: [keys.opening.publicJwk] };
  const draft = { slug, name: 'Invented', country: 'ID', officers: [makeOfficer()], own };
  const claims = claimsOfOwnKeys(gateway.did, draft, gateway.now());
  await keepDesignation(both.kh.house.gateway, await signStatement('designation', claims, [authorities.ID]));
  return { designation: claims };
}

test.each([
  ['whose designation ended there', withdrawn, 'designation-ended'],
  ['who is not known there', unknown, 'unknown-recipient'],
] as const)(
  'a recipient that the other gateway may not serve, %s, is refused by name',
  async (_name, made, reason) => {
    const { kh, id, peer, focalPoint } = both;
    const slug = `no-${reason}`;
    const one = await made(slug);
    const message = await postMessage(shelter, makeReportPost(['desk', slug]));
    await both.waitUntilIdle();
    const claims = await fetchClaims(shelter, message);
    const of = ({ designation: { focal_point: did } }: Pick<RigPartner, 'designation'>) =>
      claims.filter((piece) => piece.recipient === did);
    expect(of(focalPoint).map(({ event }) => event)).toEqual(['ContentConsignment']);
    expect(of(one)).toMatchObject([{ event: 'RelayRejection', reason, by: id.house.gateway.did }]);
    const { recipients } = await fetchMessageStatus(shelter, message);
    expect(recipients.map(({ state }: { state: string }) => state)).toEqual(['waiting', 'failed']);
    expect(listPostedEvents(peer, '/shelter', message)).toContain('RelayRejection');
    expect(listPostedTo(peer, `/${slug}`)).toEqual([]);
    expect((await fetchMessageStatus(focalPoint, message)).evidence.length).toBeGreaterThan(2);
    for (const side of [kh, id]) expect(await verified(side, message)).toMatchObject({ verified: true });
    // The same answer again, to the byte, for a repeat.
    const kept = await readKeptRejections(id.house.gateway, message);
    expect(kept.map((jws) => peekStatement(JSON.parse(jws)).payload)).toEqual(of(one));
  },
);
