/** A designated gateway that lies about the state of a message: only what it proves has an effect. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Evidence, uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { type ProblemCode, problemType } from '../../src/domain/words/error.ts';
import { fetchDueCapabilities } from '../../src/flow/directory/peer-reads.ts';
import { digestOfPayload, peekStatement, signStatement } from '../../src/seal/statement.ts';
import { type AboutMessage, type LyingGateway, makeLyingGateway, restOn } from '../support/lying-gateway.ts';
import { nameOfficer, signAcknowledgement } from '../support/own-custody.ts';
import { never } from '../support/patience.ts';
import {
  fetchEvents,
  fetchMessageStatus,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';
import { newId } from '../support/two-gateways.ts';

let all: LyingGateway;

beforeAll(async () => {
  all = await makeLyingGateway();
});
afterEach(() => all.id.keep(undefined));
afterAll(() => all?.close());

describe('evidence', () => {
  let about: AboutMessage;
  /** Id of evidence that is kept of that message. */
  let kept: string;

  beforeAll(async () => {
    about = await all.reported();
  });

  const word = (over: Partial<Evidence> = {}) => all.acknowledgement(about, over);
  /** The designation of the police as both gateways know it. */
  const own = async () => {
    const { focal_points: known } = await (
      await all.kh.house.app.request(`${all.kh.url}/v1/directory`)
    ).json();
    const { did, digest } = known.find((one: { did: string }) => one.did === all.police.keys.did);
    return { agreements: [], designations: [{ focal_point: did, digest }] };
  };

  test('that is false in any part', async () => {
    const { unit, focalPoint, police, kh } = all;
    const bad: readonly (readonly [Partial<Evidence>, ProblemCode])[] = [
      [{ recipient: unit.keys.did }, 'not-homed'],
      [{ recipient: 'did:web:nobody.example:fp:nobody' }, 'not-homed'],
      [{ consignment: newId() }, 'not-found'],
      [{ recipient: focalPoint.designation.focal_point }, 'not-found'],
      [{ digest: digestOfPayload(await word()) }, 'digest-mismatch'],
      // Only a purge of what was never seen names no digest: no other word gets by with that of an empty one.
      [{ digest: undefined, purge: { cause: 'recall', gone: [], unpurged: [] } }, 'digest-mismatch'],
      [{ sender: unit.keys.did }, 'misaddressed'],
      [{ by: kh.house.gateway.did }, 'misaddressed'],
      [{ event: 'SubmissionAcceptance' }, 'invalid-body'],
      [{ event: 'RelayAcceptance' }, 'invalid-body'],
      [{ officer: undefined }, 'invalid-body'],
      [{ thid: newId() }, 'misaddressed'],
      [{ rests_on: restOn(police.keys.did, digestOfPayload(await word())) }, 'digest-mismatch'],
      [{ rests_on: restOn(unit.keys.did, about.digest) }, 'misaddressed'],
      [{ event: 'ConsignmentRejection', reason: 'Melati' }, 'invalid-body'],
      [{ event: 'ConsignmentRejection' }, 'ground-required'],
      [{ contradicts: newId(), settles: [newId(), newId()] }, 'invalid-body'],
      [{ event_uri: uriOfEvent('ConsignmentRejection') }, 'invalid-body'],
      [{ reason_uri: 'urn:amanat:reason:other' }, 'invalid-body'],
      [{ reason: 'other' }, 'invalid-body'],
      [{ event: 'ContentHandover', officer: undefined }, 'invalid-body'],
      [{ event: 'ContentHandover', settles: [newId(), newId()] }, 'invalid-body'],
      [{ event: 'ContentConsignment', attestation: { how: 'one-time-link' } }, 'invalid-body'],
      [{ event: 'ContentPurge' }, 'invalid-body'],
      [{ custody: 'gateway' }, 'wrong-custody'],
      [{ attestation: { how: 'one-time-link', statement: '{}' } }, 'invalid-body'],
      [{ attestation: { how: 'own-signature' } }, 'invalid-body'],
      [
        {
          rests_on: { agreements: [], designations: [{ focal_point: unit.keys.did, digest: about.digest }] },
        },
        'misaddressed',
      ],
      [
        { officer: { ...nameOfficer(makeOfficer()), name: 'x\u0000y' }, rests_on: await own() },
        'unknown-officer',
      ],
      [
        { officer: { ...nameOfficer(makeOfficer()), role: 'supervisor' }, rests_on: await own() },
        'unknown-officer',
      ],
      [
        {
          event: 'ContentHandover',
          officer: { ...nameOfficer(makeOfficer()), id: 'o9' },
          rests_on: await own(),
        },
        'unknown-officer',
      ],
    ];
    for (const [over, code] of bad) await all.refused(async () => all.tell(await word(over)), code);
    expect(await fetchMessageStatus(all.shelter, about.message)).toMatchObject({ state: 'waiting' });
  });

  test('that does not verify is kept as a complaint, once, and is no part of the case', async () => {
    const { kh, id } = all;
    const { gateway, database } = kh.house;
    await fetchDueCapabilities(gateway, never());
    const before = await database.store.messages.readMessage(about.message);
    const lie = await word({
      officer: { ...nameOfficer(makeOfficer()), name: 'Somebody Else' },
      rests_on: await own(),
    });
    const answers = [await (await all.tell(lie)).json(), await (await all.tell(lie)).json()];
    expect(answers[1].evidence).toEqual(answers[0].evidence);
    expect(peekStatement(answers[0].evidence).payload).toMatchObject({
      event: 'EvidenceRejected',
      reason: 'unknown-officer',
      by: gateway.did,
      sender: id.house.gateway.did,
      digest: digestOfPayload(lie),
    });
    const [kept] = await database.store.messages.complaints(1);
    expect(kept).toMatchObject({ gateway: id.house.gateway.did, code: 'unknown-officer' });
    expect(JSON.parse(kept?.jws ?? '')).toEqual(lie);
    expect(await database.store.messages.readMessage(about.message)).toEqual(before);
    expect(await kh.house.metrics()).toContain('amanat_evidence_complaints_total{code="unknown-officer"}');
    expect(kh.house.lines).toContainEqual({
      event: 'evidence.complaint',
      fields: expect.objectContaining({ code: 'unknown-officer' }),
    });
  });

  test('of an unknown officer may be true after an import: it may be sent again', async () => {
    const strange = { officer: { id: 'o9', name: 'Nobody', role: 'officer' as const } };
    await all.refused(async () => all.tell(await word(strange)), 'unknown-officer', { signed: false });
  });

  test('that claims an acknowledgement of a focal point with its own keys', async () => {
    const { police, unit, refused, tell } = all;
    const said = {
      message: about.message,
      digest: about.digest,
      at: all.id.house.gateway.now(),
      sender: all.shelter.designation.focal_point,
    };
    const forged = await signAcknowledgement({ ...police.keys, signing: unit.keys.signing }, said);
    const other = await signAcknowledgement(police.keys, { ...said, message: newId() });
    const attested = (jws: unknown) =>
      word({ attestation: { how: 'own-signature', statement: JSON.stringify(jws) } });
    await refused(async () => tell(await attested(forged)), 'unknown-sender');
    await refused(async () => tell(await attested(other)), 'misaddressed');
    const settles = [newId(), newId()];
    const statement = JSON.stringify(await signAcknowledgement(police.keys, said));
    const attestation = { how: 'own-signature', statement } as const;
    await refused(async () => tell(await word({ attestation, settles })), 'misaddressed');
    await refused(async () => tell(await attested('nothing')), 'jose-malformed');
  });

  test('that is true is kept once, however often it is replayed, and occupies its id', async () => {
    const { shelter } = all;
    const events = await fetchEvents(shelter, about.message);
    const handover = await word({ event: 'ContentHandover', event_uri: uriOfEvent('ContentHandover') });
    const id = newId();
    const acceptance = await word({ id });
    const told = [handover, acceptance, acceptance, handover, acceptance];
    const answers = await Promise.all(told.map((jws) => all.tell(jws)));
    const results = await Promise.all(answers.map(async (one) => (await one.json()).result));
    expect(results.toSorted()).toEqual(['kept', 'kept', 'repeat', 'repeat', 'repeat']);
    const after = (await fetchEvents(shelter, about.message)).slice(events.length);
    expect(after.toSorted()).toEqual(['ConsignmentAcceptance', 'ContentHandover']);
    const status = await fetchMessageStatus(shelter, about.message);
    expect(status).toMatchObject({
      state: 'acknowledged',
      recipients: [{ acknowledgement: { evidence: id } }],
    });
    expect(status.recipients[0].opened_at).not.toBeNull();
    await all.refused(async () => all.tell(await word({ id, thid: newId() })), 'id-conflict');
    kept = id;
  });

  test('that contradicts never settles, even if it comes before the acknowledgement it contradicts', async () => {
    const { shelter, tell } = all;
    const mine = await all.reported();
    const first = newId();
    await all.refused(async () => tell(await all.acknowledgement(mine, { id: kept })), 'id-conflict');
    const second = { event: 'ConsignmentRejection', event_uri: uriOfEvent('ConsignmentRejection') } as const;
    await tell(await all.acknowledgement(mine, { ...second, reason: 'incomplete', contradicts: first }));
    expect(await fetchMessageStatus(shelter, mine.message)).toMatchObject({
      state: 'waiting',
      recipients: [{ contradiction: true }],
    });
    await tell(await all.acknowledgement(mine, { id: first }));
    expect(await fetchMessageStatus(shelter, mine.message)).toMatchObject({
      state: 'acknowledged',
      recipients: [{ contradiction: true, acknowledgement: { evidence: first } }],
    });
  });
});

test('an answer that is not signed by the peer, or is about another consignment, is ignored', async () => {
  const { kh, id, shelter, police, unit } = all;
  const about = async (over: Partial<Evidence>, key = id.house.gateway.key) => {
    const message = { id: newId(), from: shelter.designation.focal_point };
    const jws = await signStatement('evidence', {}, [key]);
    return all.submission(jws, message, { event: 'RelayAcceptance', ...over }, key);
  };
  const mine = await postMessage(shelter, makeReportPost(['police']));
  const digest = (await kh.house.database.store.messages.readMessage(mine))?.message.digest ?? '';
  const fitting = { consignment: mine, digest };
  const lies = [
    { evidence: await about({ ...fitting, rests_on: restOn(police.keys.did, digest) }) },
    { evidence: await about({ ...fitting, rests_on: restOn(unit.keys.did, digest) }) },
    { evidence: await about({ consignment: mine }) },
    { evidence: await about({}, kh.house.gateway.key) },
    { evidence: 'yes' },
    {},
  ];
  for (const lie of lies) {
    id.keep(() => Response.json(lie));
    await kh.house.drain();
    kh.house.pass(2_500);
  }
  id.keep(async () =>
    Response.json({ type: problemType('not-covered'), evidence: await about({}) }, { status: 403 }),
  );
  kh.house.pass(21_600);
  await kh.house.drain();
  const status = await fetchMessageStatus(shelter, mine);
  expect(status).toMatchObject({ state: 'waiting' });
  const [delivery] = status.recipients[0].deliveries;
  expect(delivery.attempts.map((one: { code: string }) => one.code)).toEqual(
    Array.from({ length: 7 }, () => 'answer-not-proven'),
  );
  // All that is known here is that nobody acknowledged it in time, and that its sender could not be told.
  expect(await fetchEvents(shelter, mine)).toEqual(['SubmissionAcceptance', 'SenderNotificationFailure']);
  kh.house.pass(-21_600 - 6 * 2_500);
});
