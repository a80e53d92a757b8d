/**
 * Gateways of different versions: each states what it reads, gets nothing else, and refuses nothing newer for
 * good.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type Capabilities,
  FIRST_READABLE_VERSIONS,
  OWN_READABLE_VERSIONS,
  type ReadableVersions,
} from '../../src/domain/evidence/capabilities.ts';
import { type Evidence, evidenceSchema } from '../../src/domain/evidence/evidence.ts';
import { statementsCheck } from '../../src/entry/doctor/statements.ts';
import { createTypesetter } from '../../src/entry/typst/typst.ts';
import { retryEvidenceAside } from '../../src/flow/carry/evidence-aside.ts';
import { fetchDueCapabilities, findCapabilities } from '../../src/flow/directory/peer-reads.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import type { Gateway } from '../../src/gateway.ts';
import { makeCallSigner, signGatewayCall } from '../../src/seal/gateway-statement.ts';
import { generateSigningJwk, importSigningKey, type SigningKey } from '../../src/seal/keys.ts';
import { digestOfPayload, peekStatement, signStatement, verifyStatement } from '../../src/seal/statement.ts';
import { type AcrossBorder, fetchClaims, makeAcrossBorder } from '../support/across.ts';
import { makeOfficer, makeReportPost, postMessage } from '../support/story.ts';
import { newId } from '../support/two-gateways.ts';

const PATH = '/.well-known/amanat.json';
const stop = new AbortController().signal;
let all: AcrossBorder;
let kh: Gateway;
let id: Gateway;

beforeAll(async () => {
  all = await makeAcrossBorder();
  [kh, id] = [all.kh.house.gateway, all.id.house.gateway];
});
beforeEach(async () => {
  for (const side of [all.kh, all.id]) {
    side.keep(undefined);
    side.house.pass(3_700);
  }
  for (const gateway of [kh, id]) expect(await fetchDueCapabilities(gateway, stop)).toBe(1);
});
afterAll(() => all?.close());

const peerOf = async (gateway: Gateway, other: Gateway) => {
  const { gateways } = await gateway.store.directory.readDirectory([]);
  const found = gateways.map((text) => peekStatement(JSON.parse(text)).payload as { gateway: string });
  return found.find((one) => one.gateway === other.did) as Parameters<typeof findCapabilities>[1];
};

/** What Indonesia's gateway assumes that Cambodia's can read. */
const taken = async (): Promise<ReadableVersions> => findCapabilities(id, await peerOf(id, kh));

/** A document of Cambodia's gateway, signed with this key. */
async function signed(over: Partial<Capabilities>, key: SigningKey = kh.key): Promise<string> {
  const at = kh.now();
  const until = new Date(at.getTime() + 86_400_000).toISOString();
  const claims = {
    kind: 'capabilities',
    gateway: kh.did,
    at: at.toISOString(),
    until,
    reads: OWN_READABLE_VERSIONS,
    ...over,
  };
  return JSON.stringify(await signStatement('capabilities', claims, [key]));
}

/** Cambodia's gateway answers this instead of its document, and Indonesia's fetches it. */
async function answered(body: string, status = 200): Promise<void> {
  all.kh.keep((request, serve) =>
    new URL(request.url).pathname === PATH ? new Response(body, { status }) : serve(request),
  );
  all.id.house.pass(3_700);
  all.kh.house.pass(3_700);
  expect(await fetchDueCapabilities(id, stop)).toBe(1);
}

test('each gateway signs the list of what it reads, and the other keeps it', async () => {
  const answer = await fetch(`${all.kh.url}${PATH}`);
  expect(answer.status).toBe(200);
  const { payload } = await verifyStatement(
    await answer.json(),
    'capabilities',
    async () => kh.key.publicJwk,
  );
  expect(payload).toMatchObject({ gateway: kh.did, reads: OWN_READABLE_VERSIONS });
  expect(await taken()).toEqual(OWN_READABLE_VERSIONS);
  // Fetched once an hour, by one process.
  expect(await fetchDueCapabilities(id, stop)).toBe(0);
});

test('the first readable versions are a part of what this program reads', () => {
  for (const name of ['events', 'members', 'attestations'] as const)
    expect(OWN_READABLE_VERSIONS.evidence[name]).toEqual(
      expect.arrayContaining(FIRST_READABLE_VERSIONS.evidence[name]),
    );
  expect(OWN_READABLE_VERSIONS.message.types).toEqual(
    expect.arrayContaining(FIRST_READABLE_VERSIONS.message.types),
  );
});

test('a gateway without a list reads the first versions', async () => {
  await answered('{}', 404);
  expect(await taken()).toEqual(FIRST_READABLE_VERSIONS);
});

test('a list that is another gateway’s, too large, older, or from the future changes nothing', async () => {
  const less: ReadableVersions = {
    ...OWN_READABLE_VERSIONS,
    message: { ...OWN_READABLE_VERSIONS.message, types: ['text'] },
  };
  const stranger = await importSigningKey(await generateSigningJwk(`${kh.did}#evidence`));
  const hour = (by: number) => new Date(kh.now().getTime() + by * 3_600_000).toISOString();
  for (const [body, status] of [
    [await signed({ reads: less }, stranger), 200],
    [await signed({ reads: less, gateway: id.did }), 200],
    [await signed({ reads: less, at: hour(-9) }), 200],
    [await signed({ reads: less, at: hour(9) }), 200],
    [JSON.stringify({ ...JSON.parse(await signed({ reads: less })), more: 'x'.repeat(80_000) }), 200],
    ['not JSON', 200],
    [await signed({ reads: less }), 500],
  ] as const) {
    await answered(body, status);
    expect(await taken(), body.slice(0, 60)).toEqual(OWN_READABLE_VERSIONS);
  }
  await answered(await signed({ reads: less }));
  expect(await taken()).toEqual(less);
  // It has expired, and no new one was fetched.
  all.id.house.pass(2 * 86_400);
  expect(await taken()).toEqual(FIRST_READABLE_VERSIONS);
  all.id.house.pass(-2 * 86_400);
});

test('a list with unknown parts is read', async () => {
  const more = {
    ...OWN_READABLE_VERSIONS,
    message: { ...OWN_READABLE_VERSIONS.message, types: [...OWN_READABLE_VERSIONS.message.types, 'future'] },
    dream: {},
  };
  await answered(await signed({ reads: more }));
  expect((await taken()).message.types).toContain('future');
});

test('an event that a gateway does not list waits until it does', async () => {
  const { shelter } = all;
  const events = OWN_READABLE_VERSIONS.evidence.events.filter((one) => one !== 'ContentConsignment');
  await answered(
    await signed({
      reads: { ...OWN_READABLE_VERSIONS, evidence: { ...OWN_READABLE_VERSIONS.evidence, events } },
    }),
  );
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  const eventsAt = async () => (await fetchClaims(shelter, message)).map((one) => one.event);
  expect(await eventsAt()).toEqual(['SubmissionAcceptance', 'RelayAcceptance']);
  const attempts = all.id.house.lines.filter(({ fields }) => fields['code'] === 'peer-older');
  expect(attempts.length).toBeGreaterThan(0);
  await answered(await signed({}));
  await all.waitUntilIdle();
  expect(await eventsAt()).toContain('ContentConsignment');
});

/** Indonesia's gateway sends evidence of a message that was relayed there. */
async function told(over: Readonly<Record<string, unknown>>) {
  const message = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  const known = (await fetchClaims(all.shelter, message)).find((one) => one.event === 'ContentConsignment');
  const claims = { ...(known as Evidence), id: newId(), at: id.now().toISOString(), ...over };
  const jws = { ...(await signStatement('evidence', claims, [id.key])) };
  return { jws, tell: () => post(jws) };
}

async function post(jws: unknown) {
  const body = new TextEncoder().encode(JSON.stringify({ evidence: jws }));
  const headers = await signGatewayCall(id.did, makeCallSigner(id.key), { id: newId(), at: id.now(), body });
  const answer = await fetch(`${all.kh.url}/v1/relay/evidence`, { method: 'POST', headers, body });
  return { status: answer.status, retry: answer.headers.get('retry-after'), body: await answer.json() };
}

const asideAtKh = async () => (await kh.store.messages.keptAside(100)).map((row) => row.digest);

test.each([
  ['a new member', { mood: 'calm' }],
  ['a new event', { event: 'ContentDreamt', event_uri: 'urn:amanat:event:ContentDreamt' }],
  ['a new way to know an officer', { event: 'ContentHandover', attestation: { how: 'palm' } }],
  ['a new member inside one', { attestation: { how: 'telegram-account', since: 'dawn' } }],
])('evidence with %s is kept aside, and not refused permanently', async (_, over) => {
  const { jws, tell } = await told(over);
  for (const _again of [1, 2]) {
    const { status, retry, body } = await tell();
    expect([status, body.type, retry]).toEqual([503, 'urn:amanat:problem:newer-version', '3600']);
    expect(body).not.toHaveProperty('evidence');
  }
  expect((await asideAtKh()).filter((one) => one === digestOfPayload(jws as never))).toHaveLength(1);
  // Nothing can read it yet.
  expect(await retryEvidenceAside(kh)).toBe(0);
});

test('evidence that is invalid in another way is refused permanently, in an event that the other gateway reads', async () => {
  for (const event of ['EvidenceRejected', 'RelayRejection']) {
    const { tell } = await told({ mood: 'calm', digest: 'short' });
    const { status, body } = await tell();
    expect(status).toBe(422);
    expect(peekStatement(body.evidence).payload).toMatchObject({ event, by: kh.did, reason: 'invalid-body' });
    // From now on the gateway is older than complaints.
    all.id.keep(() => new Response('{}', { status: 404 }));
    all.kh.house.pass(3_700);
    all.id.house.pass(3_700);
    await fetchDueCapabilities(kh, stop);
    all.id.keep(undefined);
  }
});

test('evidence that was kept aside is taken once this program reads it', async () => {
  const { jws } = await told({});
  const claims = evidenceSchema.parse(peekStatement(jws).payload);
  await kh.store.messages.keepAside(
    { gateway: id.did, digest: digestOfPayload(jws as never), jws: JSON.stringify(jws) },
    kh.now(),
  );
  expect(await retryEvidenceAside(kh)).toBe(1);
  const view = await kh.store.messages.readMessage(claims.consignment ?? '');
  expect(view?.evidence.some((row) => row.jws === JSON.stringify(jws))).toBe(true);
  expect(await asideAtKh()).not.toContain(digestOfPayload(jws as never));
});

const NEWER = { mood: 'calm' };

/** The same, signed by its gateway with a member that nobody here knows. */
const newer = async (jws: unknown, key: SigningKey) => ({
  ...(await signStatement('evidence', { ...(peekStatement(jws).payload as object), ...NEWER }, [key])),
});

/** Cambodia's gateway answers calls to this path with evidence of a newer version. */
const answersNewer = (path: string): void =>
  all.kh.keep(async (request, serve) => {
    const answer = await serve(request);
    if (new URL(request.url).pathname !== path) return answer;
    const said = (await answer.json()) as { evidence: unknown };
    return Response.json(
      { ...said, evidence: await newer(said.evidence, kh.key) },
      { status: answer.status },
    );
  });

const asideAtId = async () =>
  (await id.store.messages.keptAside(100)).map(({ jws }) => peekStatement(JSON.parse(jws)).payload);

/** Both sides have the same version again, some time later. */
async function later(): Promise<void> {
  all.kh.keep(undefined);
  for (const side of [all.kh, all.id]) side.house.pass(36_000);
  await all.waitUntilIdle();
}

test('a relay whose receipt is of a newer version is not refused permanently, and the receipt is kept aside', async () => {
  let relayed = { consignment: {}, submission: {} };
  all.kh.keep(async (request, serve) => {
    if (new URL(request.url).pathname !== '/v1/relay') return serve(request);
    relayed = (await request.json()) as typeof relayed;
    return new Response(null, { status: 503 });
  });
  const message = await postMessage(all.focalPoint, makeReportPost(['shelter']));
  await all.waitUntilIdle();
  const submission = await newer(relayed.submission, id.key);
  const body = new TextEncoder().encode(JSON.stringify({ ...relayed, submission }));
  all.kh.keep(undefined);
  for (const _again of [1, 2]) {
    const headers = await signGatewayCall(id.did, makeCallSigner(id.key), {
      id: newId(),
      at: id.now(),
      body,
    });
    const answer = await fetch(`${all.kh.url}/v1/relay`, { method: 'POST', headers, body });
    const said = await answer.json();
    expect([answer.status, said.type]).toEqual([503, 'urn:amanat:problem:newer-version']);
    expect(said).not.toHaveProperty('evidence');
  }
  const digest = digestOfPayload(submission as never);
  expect((await asideAtKh()).filter((one) => one === digest)).toHaveLength(1);
  expect(await retryEvidenceAside(kh)).toBe(0);
  expect(await kh.store.messages.readMessage(message)).toBeUndefined();
  const { gateway, database, values } = all.kh.house;
  const home = { path: '/nonexistent', values };
  const patient = { gateway, home, sql: database.sql, typeset: createTypesetter() };
  expect((await statementsCheck.examine(patient)).map(({ todo }) => todo).join('\n')).toContain(
    'upgrade this gateway',
  );
  expect(await all.kh.house.metrics()).toContain(`amanat_evidence_aside ${(await asideAtKh()).length}\n`);
  await later();
  expect(await kh.store.messages.readMessage(message)).toBeDefined();
});

test('a receipt kept aside is dropped once this program reads it: it comes again with its message', async () => {
  const message = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  const view = await id.store.messages.readMessage(message);
  const jws = view?.evidence.find(({ event }) => event === 'RelayAcceptance')?.jws ?? '';
  const digest = digestOfPayload(JSON.parse(jws));
  await kh.store.messages.keepAside({ gateway: id.did, digest, jws }, kh.now());
  const complaints = await kh.store.messages.complaints(100);
  expect(await retryEvidenceAside(kh)).toBe(1);
  expect(await asideAtKh()).not.toContain(digest);
  expect(await kh.store.messages.complaints(100)).toEqual(complaints);
});

test('an answer of a newer version to a relay is not used yet: it is kept aside, and the relay is repeated', async () => {
  answersNewer('/v1/relay');
  const message = await postMessage(all.focalPoint, makeReportPost(['shelter']));
  await all.waitUntilIdle();
  expect(await asideAtId()).toContainEqual(
    expect.objectContaining({ event: 'RelayAcceptance', consignment: message, ...NEWER }),
  );
  const [delivery] = (await id.store.messages.readMessage(message))?.deliveries ?? [];
  expect(delivery).toMatchObject({ state: 'queued', attempts: [{ code: 'newer-version' }] });
  await later();
  const [done] = (await id.store.messages.readMessage(message))?.deliveries ?? [];
  expect(done?.state).toBe('delivered');
});

test('an answer of a newer version to a withdrawal is kept aside, and the withdrawal is sent again', async () => {
  const focalPoint = { slug: 'office', name: 'Office', country: 'ID', officers: [makeOfficer()] };
  const one = await all.id.house.designate(focalPoint);
  const claims = await draftWithdrawal(id, one, 'superseded');
  answersNewer('/v1/relay/withdrawals');
  await keepWithdrawal(id, await signStatement('withdrawal', claims, [all.id.house.authorities.ID]));
  await all.waitUntilIdle();
  expect(await asideAtId()).toContainEqual(
    expect.objectContaining({ event: 'DesignationWithdrawn', sender: one.focal_point, ...NEWER }),
  );
  expect(await id.store.directory.withdrawalsWaiting()).toBe(1);
  await later();
  expect(await id.store.directory.withdrawalsWaiting()).toBe(0);
});

test('one gateway can have only a limited amount kept aside', async () => {
  const row = (n: number) => ({ gateway: 'did:web:other.example', digest: `digest ${n}`, jws: '{}' });
  const kept = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) => kh.store.messages.keepAside(row(n), kh.now())),
  );
  expect(kept.every(Boolean)).toBe(true);
  expect(await kh.store.messages.keepAside(row(1_001), kh.now())).toBe(false);
  expect(await kh.store.messages.keepAside(row(0), kh.now())).toBe(true);
  expect(await kh.store.messages.keepAside({ ...row(1), gateway: id.did }, kh.now())).toBe(true);
});
