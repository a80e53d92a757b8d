/** A designated gateway that lies: each lie is refused by its name, under a signature, and changes nothing. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ProblemCode } from '../../src/domain/error.ts';
import { problemType } from '../../src/domain/error.ts';
import type { Evidence, RestsOn } from '../../src/domain/evidence.ts';
import { eventUri } from '../../src/domain/evidence.ts';
import { typeUri } from '../../src/domain/message.ts';
import type { Designation } from '../../src/domain/party.ts';
import { addEndpoint } from '../../src/entry/enrol.ts';
import { callSigner } from '../../src/seal/gateway-statement.ts';
import type { Jws } from '../../src/seal/jws.ts';
import { generateSigningJwk, type SigningKey, signingKey } from '../../src/seal/keys.ts';
import { payloadDigest, readStatement, signStatement } from '../../src/seal/statement.ts';
import { signWebhook } from '../../src/seal/webhook-signature.ts';
import { consign, ownCustody, ownWord, signConsignment, textFrom } from '../support/own-custody.ts';
import type { Person } from '../support/people.ts';
import { rowCounts } from '../support/refusals.ts';
import type { Partner } from '../support/rig.ts';
import { eventsOf, officer, posted, report, statusOf } from '../support/story.ts';
import { newId, type Side, type TwoGateways, twoGateways } from '../support/two-gateways.ts';

interface Own {
  readonly keys: Person;
  readonly designation: Designation;
}

let both: TwoGateways;
let shelter: Partner;
let desk: Partner;
/** With keys of their own: one homed in each country. */
let unit: Own;
let police: Own;

beforeAll(async () => {
  both = await twoGateways();
  const { kh, id, peer } = both;
  const officers = [officer()];
  shelter = await kh.house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  desk = await id.house.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  unit = await ownCustody(kh.house, { slug: 'unit', country: 'KH', officers });
  police = await ownCustody(id.house, { slug: 'police', country: 'ID', officers });
  for (const one of [shelter, unit]) await kh.introduce(one.designation);
  for (const one of [desk, police]) await id.introduce(one.designation);
  const webhook = { channel: 'webhook', lang: 'en', address: `${peer.url}/any` } as const;
  const reach = (side: Side, one: Designation, shows: 'packet' | 'sealed') =>
    addEndpoint(side.house.gateway, { ...webhook, focalPoint: one.focal_point, shows });
  await reach(id, desk.designation, 'packet');
  await reach(id, police.designation, 'sealed');
});

afterEach(() => both.id.keep(undefined));
afterAll(() => both?.close());

interface Call {
  readonly as?: string;
  readonly key?: SigningKey;
}

/** A call to one gateway in the name, and by the key, of the other unless said otherwise. */
async function call(from: Side, to: Side, path: string, content: object, over: Call = {}): Promise<Response> {
  const { did, key } = from.house.gateway;
  const body = JSON.stringify(content);
  const timestamp = Math.floor(to.house.gateway.now().getTime() / 1_000);
  const signed = await signWebhook([callSigner(over.key ?? key)], { id: newId(), timestamp, body });
  const headers = { 'content-type': 'application/json', 'amanat-gateway': over.as ?? did, ...signed };
  return to.house.app.request(`${to.url}/v1${path}`, { method: 'POST', headers, body });
}

const relay = (content: object, over?: Call) => call(both.id, both.kh, '/relay', content, over);
const tell = (evidence: unknown, over?: Call) =>
  call(both.id, both.kh, '/relay/evidence', { evidence }, over);

/** Refused with its code, signed where the caller was proven, and nothing kept but that signature. */
async function refused(
  send: () => Promise<Response>,
  code: ProblemCode,
  { signed = true } = {},
): Promise<void> {
  const { house } = both.kh;
  const before = await rowCounts(house);
  const answer = await send();
  const problem = await answer.json();
  expect(problem.type, JSON.stringify(problem)).toBe(problemType(code));
  expect(await rowCounts(house)).toEqual({ ...before, evidence: (before['evidence'] ?? 0) + Number(signed) });
  if (!signed) return expect(problem.evidence).toBeUndefined();
  const { payload } = await readStatement(
    problem.evidence,
    'evidence',
    async () => house.gateway.key.publicJwk,
  );
  expect(payload).toMatchObject({ event: 'RelayRejection', reason: code, sender: both.id.house.gateway.did });
}

/** The receipt that the relaying gateway gave. */
const submission = (
  jws: Jws,
  one: { id: string; from: string },
  over: Partial<Evidence> = {},
  key?: SigningKey,
) => {
  const { gateway } = both.id.house;
  const claims: Evidence = {
    kind: 'evidence',
    id: newId(),
    event: 'SubmissionAcceptance',
    event_uri: eventUri('SubmissionAcceptance'),
    consignment: one.id,
    sender: one.from,
    digest: payloadDigest(jws),
    at: gateway.now().toISOString(),
    by: gateway.did,
    ...over,
  };
  return signStatement('evidence', claims, [key ?? gateway.key]);
};

/** A consignment as the Indonesian gateway would relay it: from one of `from`'s to the Cambodian unit. */
async function consigned(from: Own, over: object = {}) {
  const message = textFrom(from.keys.did, [unit.keys.did], both.id.house.gateway.now());
  const claims = {
    ...(await consign(from.keys, message, [unit.designation])),
    to: [both.id.house.gateway.did],
  };
  const jws = await signConsignment(from.keys, { ...claims, ...over });
  return { message, jws, submission: await submission(jws, message) };
}

/** A true version of the agreement, for somebody, with a digest that is not its own. */
const resting = (to: string, digest: string): RestsOn => ({
  agreements: [{ to, id: 'id-kh-test', version: 1, digest }],
  designations: [],
});

describe('a relay', () => {
  test('by nobody, or by somebody in the name of a gateway, is not even read', async () => {
    const { jws, submission: receipt } = await consigned(police);
    const content = { consignment: jws, submission: receipt };
    const strange = await signingKey(await generateSigningJwk(`${both.id.house.gateway.did}#evidence`));
    await refused(() => relay(content, { key: strange }), 'signature-invalid', { signed: false });
    const nobody = 'did:web:nobody.example';
    await refused(() => relay(content, { as: nobody }), 'unknown-gateway', { signed: false });
    const itself = both.kh.house.gateway.did;
    await refused(() => relay(content, { as: itself }), 'unknown-gateway', { signed: false });
  });

  test('for a focal point that is not homed there', async () => {
    const message = textFrom(unit.keys.did, [shelter.designation.focal_point], new Date());
    const claims = await consign(unit.keys, message, [shelter.designation]);
    const jws = await signConsignment(unit.keys, { ...claims, to: [both.id.house.gateway.did] });
    const content = { consignment: jws, submission: await submission(jws, message) };
    await refused(() => relay(content), 'not-homed');
  });

  test('of a consignment that was altered on the way', async () => {
    const { jws, submission: receipt } = await consigned(police);
    const claims = JSON.parse(Buffer.from(jws.payload, 'base64url').toString());
    claims.body.urgency = 'immediate';
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    await refused(
      () => relay({ consignment: { ...jws, payload }, submission: receipt }),
      'signature-invalid',
    );
  });

  test('with a receipt for something else, by somebody else, or from the future', async () => {
    const { jws, message } = await consigned(police);
    const other = await consigned(police);
    const content = async (over: Partial<Evidence>, key?: SigningKey) => ({
      consignment: jws,
      submission: await submission(jws, message, over, key),
    });
    const bad: readonly (readonly [object, ProblemCode])[] = [
      [{ consignment: jws, submission: other.submission }, 'misaddressed'],
      [await content({ digest: payloadDigest(other.jws) }), 'digest-mismatch'],
      [await content({ event: 'RelayAcceptance' }), 'misaddressed'],
      [await content({}, both.kh.house.gateway.key), 'unknown-sender'],
      [await content({ at: new Date(Date.now() + 900_000).toISOString() }), 'clock-skew'],
      [{ consignment: jws, submission: null }, 'jose-malformed'],
      [{ consignment: jws }, 'invalid-body'],
      [{ consignment: 1, submission: 2, more: 3 }, 'invalid-body'],
    ];
    for (const [body, code] of bad) await refused(() => relay(body), code);
  });

  test('addressed to another gateway, or to nobody here', async () => {
    const { gateway } = both.kh.house;
    const elsewhere = await consigned(police, { to: [gateway.did] });
    await refused(
      () => relay({ consignment: elsewhere.jws, submission: elsewhere.submission }),
      'misaddressed',
    );
    const message = textFrom(police.keys.did, [desk.designation.focal_point], new Date());
    const claims = await consign(police.keys, message, [desk.designation]);
    const jws = await signConsignment(police.keys, { ...claims, to: [both.id.house.gateway.did] });
    const content = { consignment: jws, submission: await submission(jws, message) };
    await refused(() => relay(content), 'unknown-recipient');
  });

  test('of an answer to nothing, by somebody not asked, or before it was asked; of a grant nobody asked for', async () => {
    const { kh, id } = both;
    const asked = async (to: Designation) => {
      const over = { type: typeUri('request') };
      const message = textFrom(unit.keys.did, [to.focal_point], kh.house.gateway.now(), over);
      const claims = { ...(await consign(unit.keys, message, [to])), to: [kh.house.gateway.did] };
      const answer = await kh.house.app.request(`${kh.url}/v1/consignments`, {
        method: 'POST',
        headers: { 'content-type': 'application/jose+json' },
        body: JSON.stringify(await signConsignment(unit.keys, claims)),
      });
      expect(answer.status, await answer.text()).toBe(202);
      return message;
    };
    const reply = async (body: object, head: object = {}): Promise<Response> => {
      const message = textFrom(police.keys.did, [unit.keys.did], id.house.gateway.now());
      const claims = await consign(police.keys, message, [unit.designation]);
      const said = { ...claims.body, message_type: 'reply', ...body };
      const signed = { ...claims, ...head, to: [id.house.gateway.did], body: said };
      const jws = await signConsignment(police.keys, signed);
      return relay({ consignment: jws, submission: await submission(jws, message) });
    };
    const webhook = {
      channel: 'webhook',
      lang: 'en',
      shows: 'sealed',
      address: `${both.peer.url}/asker`,
    } as const;
    await addEndpoint(kh.house.gateway, { ...webhook, focalPoint: unit.keys.did });
    const [mine, others] = [await asked(police.designation), await asked(desk.designation)];
    const { thid, id: about, created_time } = mine;
    await refused(() => reply({ thid }), 'about-required');
    await refused(() => reply({ thid, about: newId() }), 'about-unknown');
    await refused(() => reply({ about }), 'about-unknown');
    await refused(() => reply({ thid: others.thid, about: others.id }), 'not-asked');
    await refused(() => reply({ thid, about, message_type: 'recall' }), 'not-originator');
    await refused(() => reply({ thid, about, message_type: 'permission' }), 'about-unknown');
    await refused(() => reply({ thid, about: newId(), message_type: 'permission' }), 'about-unknown');
    await refused(() => reply({ thid, message_type: 'tip' }), 'not-covered');
    await refused(() => reply({ thid, about }, { created_time: created_time - 3_600 }), 'clock-skew');
    expect((await reply({ thid, about })).status).toBe(202);
    const [, kept] = await kh.house.gateway.store.thread(thid);
    expect(kept).toMatchObject({ type: 'reply', about, addressees: [unit.keys.did] });
  });

  test('of another message under an id that was used', async () => {
    const focalPoint = unit.keys.did;
    const address = `${both.peer.url}/unit`;
    await addEndpoint(both.kh.house.gateway, {
      channel: 'webhook',
      lang: 'en',
      shows: 'sealed',
      focalPoint,
      address,
    });
    const first = await consigned(police);
    const content = { consignment: first.jws, submission: first.submission };
    const taken = await relay(content);
    expect(taken.status).toBe(202);
    const again = await relay(content);
    expect([again.status, await again.text()]).toEqual([200, await taken.text()]);
    const second = await consigned(police, { id: first.message.id });
    await refused(() => relay({ consignment: second.jws, submission: second.submission }), 'id-conflict');
  });
});

describe('evidence', () => {
  let message: string;
  let digest: string;
  /** Id of evidence that is kept of that message. */
  let kept: string;

  beforeAll(async () => {
    message = await posted(shelter, report(['police']));
    await both.settle();
    const view = await both.kh.house.database.store.view(message);
    digest = view?.recipients[0]?.digest ?? '';
  });

  const word = (over: Partial<Evidence> = {}) => {
    const { gateway } = both.id.house;
    const claims: Evidence = {
      kind: 'evidence',
      id: newId(),
      event: 'ConsignmentAcceptance',
      event_uri: eventUri('ConsignmentAcceptance'),
      consignment: message,
      sender: shelter.designation.focal_point,
      recipient: police.keys.did,
      digest,
      at: gateway.now().toISOString(),
      by: gateway.did,
      officer: { id: 'o1', name: officer().name, role: 'officer' },
      ...over,
    };
    return signStatement('evidence', claims, [gateway.key]);
  };

  test('that is false in any part', async () => {
    const bad: readonly (readonly [Partial<Evidence>, ProblemCode])[] = [
      [{ recipient: unit.keys.did }, 'not-homed'],
      [{ recipient: 'did:web:nobody.example:fp:nobody' }, 'not-homed'],
      [{ consignment: newId() }, 'not-found'],
      [{ recipient: desk.designation.focal_point }, 'not-found'],
      [{ digest: payloadDigest(await word()) }, 'digest-mismatch'],
      [{ sender: unit.keys.did }, 'misaddressed'],
      [{ by: both.kh.house.gateway.did }, 'misaddressed'],
      [{ event: 'SubmissionAcceptance' }, 'invalid-body'],
      [{ event: 'RelayAcceptance' }, 'invalid-body'],
      [{ officer: undefined }, 'invalid-body'],
      [{ thid: newId() }, 'misaddressed'],
      [{ rests_on: resting(police.keys.did, payloadDigest(await word())) }, 'digest-mismatch'],
      [{ rests_on: resting(unit.keys.did, digest) }, 'misaddressed'],
      [{ event: 'ConsignmentRejection', reason: 'Melati' }, 'invalid-body'],
      [{ event: 'ConsignmentRejection' }, 'invalid-body'],
      [{ contradicts: newId(), settles: [newId(), newId()] }, 'invalid-body'],
    ];
    for (const [over, code] of bad) await refused(async () => tell(await word(over)), code);
    expect(await statusOf(shelter, message)).toMatchObject({ state: 'waiting' });
  });

  test('of an officer we do not know may be true after an import: it is worth another try', async () => {
    const strange = { officer: { id: 'o9', name: 'Nobody', role: 'officer' } };
    await refused(async () => tell(await word(strange)), 'unknown-officer', { signed: false });
  });

  test('that puts words into the mouth of a desk with keys of its own', async () => {
    const { gateway } = both.id.house;
    const about = { message, sender: shelter.designation.focal_point, digest, at: gateway.now() };
    const forged = await ownWord({ ...police.keys, signing: unit.keys.signing }, about);
    const other = await ownWord(police.keys, { ...about, message: newId() });
    const attested = (jws: unknown) =>
      word({ attestation: { how: 'own-signature', statement: JSON.stringify(jws) } });
    await refused(async () => tell(await attested(forged)), 'unknown-sender');
    await refused(async () => tell(await attested(other)), 'misaddressed');
    const settles = [newId(), newId()];
    const statement = JSON.stringify(await ownWord(police.keys, { ...about }));
    const attestation = { how: 'own-signature', statement } as const;
    await refused(async () => tell(await word({ attestation, settles })), 'misaddressed');
    await refused(async () => tell(await attested('nothing')), 'jose-malformed');
  });

  test('that is true is kept once, however often it is replayed; its id is taken by it', async () => {
    const events = await eventsOf(shelter, message);
    const handover = await word({ event: 'ContentHandover', event_uri: eventUri('ContentHandover') });
    const id = newId();
    const acceptance = await word({ id });
    const told = [handover, acceptance, acceptance, handover, acceptance];
    const answers = await Promise.all(told.map((jws) => tell(jws)));
    const results = await Promise.all(answers.map(async (one) => (await one.json()).result));
    expect(results.toSorted()).toEqual(['kept', 'kept', 'repeat', 'repeat', 'repeat']);
    const after = (await eventsOf(shelter, message)).slice(events.length);
    expect(after.toSorted()).toEqual(['ConsignmentAcceptance', 'ContentHandover']);
    const status = await statusOf(shelter, message);
    expect(status).toMatchObject({
      state: 'acknowledged',
      recipients: [{ acknowledgement: { evidence: id } }],
    });
    expect(status.recipients[0].opened_at).not.toBeNull();
    await refused(async () => tell(await word({ id, thid: newId() })), 'id-conflict');
    kept = id;
  });

  test('that contradicts never settles, even where it comes before the word it contradicts', async () => {
    const mine = await posted(shelter, report(['police']));
    await both.settle();
    const view = await both.kh.house.database.store.view(mine);
    const about = { consignment: mine, digest: view?.recipients[0]?.digest ?? '' };
    const first = newId();
    await refused(async () => tell(await word({ ...about, id: kept })), 'id-conflict');
    const second = { event: 'ConsignmentRejection', event_uri: eventUri('ConsignmentRejection') } as const;
    await tell(await word({ ...about, ...second, reason: 'incomplete', contradicts: first }));
    expect(await statusOf(shelter, mine)).toMatchObject({
      state: 'waiting',
      recipients: [{ contradiction: true }],
    });
    await tell(await word({ ...about, id: first }));
    expect(await statusOf(shelter, mine)).toMatchObject({
      state: 'acknowledged',
      recipients: [{ contradiction: true, acknowledgement: { evidence: first } }],
    });
  });
});

test('an answer that is not signed by the peer, or is about another consignment, is no answer', async () => {
  const { kh, id } = both;
  const about = async (over: Partial<Evidence>, key = id.house.gateway.key) => {
    const message = { id: newId(), from: shelter.designation.focal_point };
    const jws = await signStatement('evidence', {}, [key]);
    return submission(jws, message, { event: 'RelayAcceptance', ...over }, key);
  };
  const mine = await posted(shelter, report(['police']));
  const digest = (await kh.house.database.store.view(mine))?.message.digest ?? '';
  const fitting = { consignment: mine, digest };
  const lies = [
    { evidence: await about({ ...fitting, rests_on: resting(police.keys.did, digest) }) },
    { evidence: await about({ ...fitting, rests_on: resting(unit.keys.did, digest) }) },
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
  const status = await statusOf(shelter, mine);
  expect(status).toMatchObject({ state: 'waiting' });
  const [delivery] = status.recipients[0].deliveries;
  expect(delivery.attempts.map((one: { code: string }) => one.code)).toEqual(
    Array.from({ length: 7 }, () => 'answer-not-proven'),
  );
  // All that is known here is that nobody acknowledged it in time, and that its sender could not be told.
  expect(await eventsOf(shelter, mine)).toEqual(['SubmissionAcceptance', 'SenderNotificationFailure']);
  kh.house.pass(-21_600 - 6 * 2_500);
});
