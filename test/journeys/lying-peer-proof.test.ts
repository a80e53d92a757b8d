/** Whatever a designated gateway signs, the other one can still prove its threads to outsiders. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Evidence, type RestsOn, uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { uriOfReason } from '../../src/domain/evidence/reason.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { exportCase, type LeftOutEvidence } from '../../src/flow/case/export.ts';
import { generateSigningJwk, importSigningKey } from '../../src/seal/keys.ts';
import { digestOfPayload, peekStatement, signStatement } from '../../src/seal/statement.ts';
import { designateSide } from '../support/across.ts';
import { verifyGood } from '../support/case-files.ts';
import { type AboutMessage, type LyingGateway, makeLyingGateway } from '../support/lying-gateway.ts';
import { readEverything } from '../support/readers.ts';
import { designateGateway } from '../support/signed-statements.ts';
import { fetchMessageStatus, makeReportPost, postMessage } from '../support/story.ts';
import { newId } from '../support/two-gateways.ts';

let all: LyingGateway;

beforeAll(async () => {
  all = await makeLyingGateway();
  await designateSide(all.kh, 'KH', new Date());
  await designateSide(all.id, 'ID', new Date());
});
afterEach(() => all.id.keep(undefined));
afterAll(() => all?.close());

/** Everybody at the honest gateway reads it, and an outsider verifies it. */
async function proves(message: string): Promise<void> {
  const { kh, shelter, unit } = all;
  const { gateway, database } = kh.house;
  const view = await database.store.messages.readMessage(message);
  const parties = [shelter, { designation: unit.designation }].map(({ designation }) => designation);
  await readEverything({
    gateway,
    parties: parties.map((one) => ({ did: one.focal_point, inCustody: one.custody === 'gateway' })),
    messages: [message],
    threads: view === undefined ? [] : [view.message.thread],
    letters: [],
    since: new Date(0),
  });
}

/** The agreement in force as evidence names it, for each of these. */
async function carriedTo(...parties: readonly string[]): Promise<RestsOn> {
  const { agreements } = await all.kh.house.database.store.directory.readDirectory([]);
  const digest = digestOfPayload(JSON.parse(agreements[0] ?? ''));
  return {
    agreements: parties.map((to) => ({ to, id: 'id-kh-test', version: 1, digest })),
    designations: [],
  };
}

/** Whom the sender did not write to: homed at the honest gateway, known there or not, or anywhere else. */
const strangers = () => [
  all.shelter.designation.focal_point,
  `${all.kh.house.gateway.did}:fp:nobody`,
  'did:web:nobody.example:fp:nobody',
];

describe('a receipt', () => {
  test('that names other recipients than the sender’s is refused', async () => {
    for (const stranger of strangers()) {
      const rests = await carriedTo(all.unit.keys.did, stranger);
      const { relayed } = await all.consigned(all.police, { receipt: { rests_on: rests } });
      await all.refused(() => all.relay(relayed), 'misaddressed');
    }
  });

  test('that gives an agreement an impossible name is refused', async () => {
    for (const id of ['a\u0000b', 'a\u202eb', 'A', 'a'.repeat(65)]) {
      const rests = await carriedTo(all.unit.keys.did);
      const named = { ...rests, agreements: rests.agreements.map((one) => ({ ...one, id })) };
      const { relayed } = await all.consigned(all.police, { receipt: { rests_on: named } });
      await all.refused(() => all.relay(relayed), 'invalid-body');
    }
  });
});

test('an answer to a relay that names other recipients than the sender’s, or is not valid text, is ignored', async () => {
  const { kh, id, shelter, police, focalPoint } = all;
  const answers: readonly Partial<Evidence>[] = [
    { rests_on: await carriedTo(police.keys.did, focalPoint.designation.focal_point) },
    { rests_on: await carriedTo(police.keys.did, 'did:web:nobody.example') },
    { reason: 'a\u0000b' },
    { reason: 'other', reason_uri: uriOfReason('RelayAcceptance', 'other') },
  ];
  const message = await postMessage(shelter, makeReportPost(['police']));
  const { digest = '' } = (await kh.house.database.store.messages.readMessage(message))?.message ?? {};
  const from = shelter.designation.focal_point;
  for (const over of answers) {
    const claims = { event: 'RelayAcceptance', digest, ...over } as const;
    const jws = await signStatement('evidence', {}, [id.house.gateway.key]);
    const evidence = await all.submission(jws, { id: message, from }, claims);
    id.keep(() => Response.json({ id: message, evidence }, { status: 202 }));
    await kh.house.drain();
    kh.house.pass(2_500);
  }
  const [to] = (await fetchMessageStatus(shelter, message)).recipients;
  const codes = to.deliveries[0].attempts.map((one: { code: string }) => one.code);
  expect(codes).toEqual(answers.map(() => 'answer-not-proven'));
  await proves(message);
  // Each was signed about this very message and does not hold: that is told of, once however often it is given.
  const complaints = await kh.house.database.store.messages.complaints(100);
  const about = complaints.filter(
    ({ jws }) => (peekStatement(JSON.parse(jws)).payload as Evidence).digest === digest,
  );
  expect(about.map(({ code }) => code).toSorted()).toEqual([
    ...['invalid-body', 'invalid-body', 'misaddressed', 'misaddressed'],
  ]);
  kh.house.pass(-answers.length * 2_500);
});

test('an answer about something else, however it is signed, is no complaint; one that does not verify is one complaint', async () => {
  const { kh, id, shelter } = all;
  const message = await postMessage(shelter, makeReportPost(['police']));
  const { digest = '' } = (await kh.house.database.store.messages.readMessage(message))?.message ?? {};
  const from = shelter.designation.focal_point;
  const jws = await signStatement('evidence', {}, [id.house.gateway.key]);
  const before = (await kh.house.database.store.messages.complaints(100)).length;
  const answered = async (about: string, over: Partial<Evidence>) => {
    const evidence = await all.submission(jws, { id: about, from }, over);
    for (const _ of [1, 2]) {
      id.keep(() => Response.json({ id: about, evidence }, { status: 202 }));
      await kh.house.drain();
      kh.house.pass(2_500);
    }
    return (await kh.house.database.store.messages.complaints(100)).slice(0, -before || undefined);
  };
  expect(await answered(newId(), { event: 'RelayAcceptance', digest })).toEqual([]);
  expect(await answered(message, { event: 'RelayRejection', digest, reason: 'not-covered' })).toEqual([]);
  const made = await answered(message, { event: 'RelayAcceptance', digest: digestOfPayload(jws) });
  expect(made).toMatchObject([{ code: 'digest-mismatch', gateway: id.house.gateway.did }]);
  kh.house.pass(-6 * 2_500);
});

test('statements that a true answer rests on and that are unknown here are asked for', async () => {
  const { kh, id, shelter, police } = all;
  const message = await postMessage(shelter, makeReportPost(['police']));
  const { digest = '' } = (await kh.house.database.store.messages.readMessage(message))?.message ?? {};
  const from = shelter.designation.focal_point;
  const jws = await signStatement('evidence', {}, [id.house.gateway.key]);
  const unknown = digestOfPayload(jws);
  const carried = await carriedTo(police.keys.did);
  const rests = { ...carried, designations: [{ focal_point: police.keys.did, digest: unknown }] };
  const claims = { event: 'RelayAcceptance', digest, rests_on: rests } as const;
  const evidence = await all.submission(jws, { id: message, from }, claims);
  id.keep(() => Response.json({ id: message, evidence }, { status: 202 }));
  await kh.house.drain();
  const status = await fetchMessageStatus(shelter, message);
  expect(status.recipients[0].deliveries[0].state).toBe('delivered');
  const wanted = await kh.house.database.store.directory.pendingStatements([unknown]);
  expect(wanted).toMatchObject([
    { kind: 'designation', about: police.keys.did, gateway: id.house.gateway.did },
  ]);
});

describe('evidence', () => {
  const NOTICE = {
    event: 'ConsignmentNotification',
    event_uri: uriOfEvent('ConsignmentNotification'),
  } as const;
  const FAILURE = {
    event: 'ContentConsignmentFailure',
    event_uri: uriOfEvent('ContentConsignmentFailure'),
  } as const;
  const PURGE = { event: 'ContentPurge', event_uri: uriOfEvent('ContentPurge') } as const;

  test('with members of another event, of another focal point, or with text that is not a code is refused', async () => {
    const about: AboutMessage = await all.reported();
    const id = newId();
    const to = all.police.keys.did;
    const at = all.id.house.gateway.now().toISOString();
    const reminder = { act: 'acknowledge', rung: 'half', until: at, desk: to } as const;
    const unpurged = [{ to: all.unit.keys.did, channel: 'email', rank: 0, at }] as const;
    const gone = ['sealed-message'] as const;
    const bad: readonly Partial<Evidence>[] = [
      { id, contradicts: id },
      { id, settles: [id, newId()] },
      ...['a\u0000b', 'a\u202eb', 'a b', 'x'.repeat(65)].map((reason) => ({ ...FAILURE, reason })),
      { ...NOTICE, reason: 'other' },
      { ...NOTICE, reminder: { ...reminder, rung: 'a'.repeat(12_000) } },
      { ...NOTICE, reminder: { ...reminder, officer: 'o\u0000' } },
      { ...NOTICE, reminder: { ...reminder, desk: all.unit.keys.did } },
      { ...PURGE, purge: { cause: 'recall', gone: [...gone], unpurged: [] } },
      { ...PURGE, purge: { cause: 'retention', recall: newId(), gone: [...gone], unpurged: [] } },
      { ...PURGE, purge: { cause: 'retention', gone: [...gone], unpurged: [...unpurged] } },
      { operator: { act: 'gateway.made', subject: 'gateway', who: 'program', place: 1 } },
    ];
    for (const over of bad) {
      const officer = over.event === undefined ? {} : { officer: undefined };
      const word = await all.acknowledgement(about, { ...officer, ...over });
      await all.refused(() => all.tell(word), 'invalid-body');
    }
    await proves(about.message);
  });

  test('by a key that its authority listed only later is refused', async () => {
    const { id, kh } = all;
    const about = await all.reported();
    const earlier = id.house.gateway.now();
    for (const { house } of [id, kh]) house.pass(600);
    const later = await importSigningKey(await generateSigningJwk(`${id.house.gateway.did}#later`));
    const signing = [id.house.gateway.key.publicJwk, later.publicJwk];
    const draft = { url: id.url, name: 'Gateway ID', country: 'ID', signing };
    const statement = await designateGateway(id.house.authorities.ID, draft, id.house.gateway.now());
    await keepGateway(kh.house.gateway, statement);
    const word = (at: Date) => all.acknowledgement(about, { at: at.toISOString() });
    const resigned = async (at: Date) =>
      signStatement('evidence', peekStatement(await word(at)).payload as object, [later]);
    const early = await resigned(earlier);
    await all.refused(() => all.tell(early), 'unknown-sender');
    const timely = await all.tell(await resigned(id.house.gateway.now()));
    expect(timely.status).toBe(200);
    await proves(about.message);
  });

  test('by a key that an authority withdraws afterwards is left out, and the rest is proven', async () => {
    const { id, kh } = all;
    const about = await all.reported();
    const since = id.house.gateway.now();
    for (const { house } of [id, kh]) house.pass(60);
    expect((await all.tell(await all.acknowledgement(about))).status).toBe(200);
    const key = await importSigningKey(await generateSigningJwk(`${id.house.gateway.did}#only`));
    const draft = { url: id.url, name: 'Gateway ID', country: 'ID', signing: [key.publicJwk] };
    await keepGateway(kh.house.gateway, await designateGateway(id.house.authorities.ID, draft, since));
    const left: LeftOutEvidence[] = [];
    const wanted = { id: about.message, contents: false, leftOut: (one: LeftOutEvidence) => left.push(one) };
    const verdict = await verifyGood(await exportCase(kh.house.gateway, wanted), kh.house.gateway.anchors);
    expect(left.map(({ code }) => code)).toContain('unknown-gateway');
    expect(verdict.messages[0]?.evidence.some((one) => one.event === 'ConsignmentAcceptance')).toBe(false);
  });
});
