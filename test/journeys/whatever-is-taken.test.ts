/**
 * Whatever any door takes can be read afterwards by everybody, on both gateways, and proven to outsiders: status, thread,
 * list of threads, report, reminder, letter, export. Made from the schemas, and damaged. AMANAT_SEED=<seed> makes the same
 * cases again; AMANAT_CASES=<n> makes more of them, AMANAT_EACH=1 reads after each so that the one at fault is seen.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  EVENTS_SENT_BACK,
  type Evidence,
  evidenceSchema,
  uriOfEvent,
} from '../../src/domain/evidence/evidence.ts';
import { uriOfReason } from '../../src/domain/evidence/reason.ts';
import { MESSAGE_NAMES, type MessageName } from '../../src/domain/message/message.ts';
import { PROTOCOL } from '../../src/domain/message/protocol.ts';
import { problemType } from '../../src/domain/words/error.ts';
import { present } from '../../src/domain/words/present.ts';
import { DECLINE_REASONS, HANDLING_CODES, URGENCIES } from '../../src/domain/words/vocabulary.ts';
import { arbitraryDamage, arbitraryOf, type Damage, damageValue } from '../support/from-schema.ts';
import { type AboutMessage, type LyingGateway, makeKnownLyingGateway } from '../support/lying-gateway.ts';
import {
  makeText,
  nameOfficer,
  postSigned,
  sealConsignment,
  signAcknowledgement,
  signConsignment,
} from '../support/own-custody.ts';
import { SOAK, seedOfRun } from '../support/property.ts';
import { readEverything } from '../support/readers.ts';
import { makeOfficer, makeReportPost, postMessage } from '../support/story.ts';

const CASES = Number(process.env['AMANAT_CASES'] ?? 300 * SOAK);
const SEED = seedOfRun(746_790_213);
const BATCH = process.env['AMANAT_EACH'] === '1' ? 1 : 50;

let all: LyingGateway;

beforeAll(async () => {
  all = await makeKnownLyingGateway();
});
afterAll(() => all?.close());

/** A case: which door, what is said there by the schema, and how it is damaged. */
interface Case {
  readonly door: 'assisted' | 'acknowledgement' | 'own-word' | 'told' | 'relayed' | 'sealed';
  readonly type: MessageName;
  readonly body: unknown;
  readonly event: Evidence['event'];
  /** Members of evidence by its schema, some of which replace those that would be right. */
  readonly claims: Partial<Evidence>;
  /** Which member, counted over those of `claims`; or what is false though it fits the schema. */
  readonly lie: number | Partial<Evidence> | undefined;
  readonly done: readonly Damage[];
  readonly pick: number;
}

/** What fits the schema and is not so. */
const LIES: readonly Partial<Evidence>[] = [
  { event_uri: uriOfEvent('RelayFailure') },
  { reason_uri: 'urn:amanat:reason:other' },
  { custody: 'gateway' },
  { thid: '0'.repeat(32) },
  { digest: 'A'.repeat(43) },
  { at: '2020-01-01T00:00:00.000Z' },
  { officer: { ...nameOfficer(makeOfficer()), name: 'Somebody Else' } },
  { officer: { ...nameOfficer(makeOfficer()), role: 'supervisor' } },
  { attestation: { how: 'own-signature' } },
  { settles: ['0'.repeat(32), '1'.repeat(32)] },
];

const bodies = new Map<MessageName, fc.Arbitrary<unknown>>(
  MESSAGE_NAMES.map((name) => [name, arbitraryOf(PROTOCOL[name].body as z.ZodType)]),
);

const oneCase: fc.Arbitrary<Case> = fc.constantFrom(...MESSAGE_NAMES).chain((type) =>
  fc.record({
    door: fc.constantFrom<Case['door']>(
      ...([
        'assisted',
        'assisted',
        'acknowledgement',
        'own-word',
        'told',
        'told',
        'relayed',
        'sealed',
      ] as const),
    ),
    type: fc.constant(type),
    body: bodies.get(type) ?? fc.constant({}),
    event: fc.constantFrom(...EVENTS_SENT_BACK),
    claims: arbitraryOf(evidenceSchema) as fc.Arbitrary<Partial<Evidence>>,
    lie: fc.option(fc.oneof(fc.nat(1_000), fc.constantFrom(...LIES)), { nil: undefined, freq: 2 }),
    done: arbitraryDamage(30),
    pick: fc.nat(1_000_000),
  }),
);

/** What a batch talks about: a thread, a message in it to a desk in custody, and one to a desk with its own keys. */
interface Ground {
  readonly thread: string;
  readonly message: string;
  readonly about: AboutMessage;
}

async function ground(): Promise<Ground> {
  const { shelter, kh, waitUntilIdle: settle } = all;
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await settle();
  const view = await kh.house.database.store.messages.readMessage(message);
  return { thread: view?.message.thread ?? '', message, about: await all.reported() };
}

type Answer = { readonly id?: string; readonly thid?: string };

/** A member by the schema, or a lie, in place of what is right. */
function replaced({ claims, lie }: Case): Partial<Evidence> {
  if (typeof lie !== 'number') return lie ?? {};
  const entries = Object.entries(claims).filter(([name]) => !['kind', 'id'].includes(name));
  return Object.fromEntries(entries.slice(lie % entries.length).slice(0, 1));
}

/** A purge that says nothing of a recall. */
const OUTDATED: Evidence['purge'] = { cause: 'retention', gone: ['consignment'], unpurged: [] };

const worded = (event: Evidence['event'], pick: number): Partial<Evidence> => {
  const reason = DECLINE_REASONS[pick % DECLINE_REASONS.length];
  const isDecline = event === 'ConsignmentRejection' && reason !== undefined;
  return {
    event,
    event_uri: uriOfEvent(event),
    ...(isDecline ? { reason, reason_uri: uriOfReason(event, reason) } : {}),
    ...present({ purge: event === 'ContentPurge' ? OUTDATED : undefined }),
  };
};

const DOORS: Readonly<Record<Case['door'], (one: Case, at: Ground) => Promise<Response>>> = {
  assisted: (one, { thread, message }) => {
    const [from, to] = one.pick % 2 === 0 ? [all.shelter, 'desk'] : [all.focalPoint, 'shelter'];
    const isAbout = PROTOCOL[one.type].about !== undefined;
    const post = {
      to: [to],
      type: one.type,
      lang: 'en',
      body: one.body,
      urgency: URGENCIES[one.pick % 3],
      handling: HANDLING_CODES[one.pick % 3],
      ...present({ thid: one.pick % 3 === 0 || !PROTOCOL[one.type].opens ? thread : undefined }),
      ...(isAbout ? { thid: thread, about: message } : {}),
      ...present({
        attachments:
          one.pick % 5 === 0
            ? [{ filename: 'a.pdf', media_type: 'application/pdf', base64: 'QQ==' }]
            : undefined,
      }),
    };
    return from.post('messages', damageValue(post, one.done));
  },
  acknowledgement: (one, { message }) => {
    const decision = one.pick % 2 === 0 ? 'accepted' : 'declined';
    const ground = DECLINE_REASONS[one.pick % DECLINE_REASONS.length];
    const word = {
      message,
      officer: 'o1',
      decision,
      ...present({ ground: one.pick % 4 === 1 ? ground : undefined }),
    };
    return all.focalPoint.post('acknowledgements', damageValue(word, one.done));
  },
  'own-word': async (one, { about }) => {
    const said = { ...about, sender: all.shelter.designation.focal_point, at: all.id.house.gateway.now() };
    const event = one.pick % 2 === 0 ? 'ConsignmentAcceptance' : 'ConsignmentRejection';
    const jws = await signAcknowledgement(all.police.keys, said, {
      ...worded(event, one.pick),
      officer: nameOfficer(makeOfficer()),
      ...replaced(one),
    });
    return postSigned(all.id.house, '/v1/focal-points/police/acknowledgements', jws);
  },
  told: async (one, { about }) => {
    const right = { ...worded(one.event, one.pick), ...replaced(one) };
    return all.tell(
      await all.acknowledgement(about, one.lie === undefined ? damageValue(right, one.done) : right),
    );
  },
  relayed: async (one) => {
    const receipt = damageValue(replaced(one), one.done);
    const { relayed } = await all.consigned(all.police, { receipt });
    return all.relay(relayed);
  },
  sealed: async (one) => {
    const { kh, unit, focalPoint, police } = all;
    const to = one.pick % 2 === 0 ? focalPoint.designation : police.designation;
    // What is sealed is judged by nobody on the way: it fits its schema, or none.
    const body = damageValue(one.body, one.done) as Record<string, unknown>;
    const message = makeText(unit.keys.did, [to.focal_point], kh.house.gateway.now(), { body });
    const claims = { ...(await sealConsignment(unit.keys, message, [to])), to: [kh.house.gateway.did] };
    const changed = one.pick % 3 === 0 ? { ...claims, body: damageValue(claims.body, one.done) } : claims;
    return postSigned(kh.house, '/v1/consignments', await signConsignment(unit.keys, changed));
  },
};

/** Sends a case, and gives what was taken. What cannot even be signed or sealed was never sent. */
async function sent(one: Case, at: Ground): Promise<Answer | undefined> {
  const response = await DOORS[one.door](one, at);
  const text = await response.text();
  // A peer's evidence with another member or event may be of a newer version: it enters nothing, told or relayed with.
  const isNewer = ['told', 'relayed'].includes(one.door) && text.includes(problemType('newer-version'));
  if (!isNewer) expect(response.status, `${one.door}: ${text}`).toBeLessThan(500);
  return response.status < 300 ? (JSON.parse(text) as Answer) : undefined;
}

const FAULTS = /fault|unreadable/;

async function batch(cases: readonly Case[]): Promise<readonly Case['door'][]> {
  const { kh, id } = all;
  const since = kh.house.gateway.now();
  const at = await ground();
  const taken = new Map<Case, Answer>();
  for (const one of cases) {
    const answer = await sent(one, at);
    if (answer !== undefined) taken.set(one, answer);
  }
  await all.waitUntilIdle();
  // Deadlines pass on both sides, and are acted on.
  for (const { house } of [kh, id]) house.pass(3 * 3_600);
  await all.waitUntilIdle();
  const answers = [...taken.values()];
  const messages = [at.message, at.about.message, ...answers.flatMap((one) => one.id ?? [])];
  const others = await Promise.all(messages.map((one) => kh.house.database.store.messages.readMessage(one)));
  const threads = new Set([
    at.thread,
    ...others.flatMap((view) => view?.message.thread ?? []),
    ...answers.flatMap((one) => one.thid ?? []),
  ]);
  const sides = [
    { side: kh, parties: [all.shelter.designation, all.unit.designation] },
    { side: id, parties: [all.focalPoint.designation, all.police.designation] },
  ];
  for (const { side, parties } of sides) {
    await readEverything({
      gateway: side.house.gateway,
      parties: parties.map((one) => ({ did: one.focal_point, inCustody: one.custody === 'gateway' })),
      messages,
      threads: [...threads],
      letters: messages.slice(-3),
      since,
    });
    expect(side.house.lines.filter(({ event }) => FAULTS.test(event))).toEqual([]);
  }
  return [...taken.keys()].map(({ door }) => door);
}

test(
  `whatever is accepted can be read and proven: ${CASES} cases, AMANAT_SEED=${SEED}`,
  async () => {
    process.stdout.write(`whatever is taken: seed ${SEED}\n`);
    const cases = fc.sample(oneCase, { seed: SEED, numRuns: CASES });
    const taken: Case['door'][] = [];
    for (let n = 0; n < cases.length; n += BATCH) {
      const some = cases.slice(n, n + BATCH);
      const doors = await batch(some).catch((fault: unknown) => {
        throw new Error(`AMANAT_SEED=${SEED}, cases ${n} to ${n + some.length}`, { cause: fault });
      });
      taken.push(...doors);
    }
    const counts = Object.entries(Object.groupBy(taken, (door) => door)).map(
      ([door, ones]) => `${door} ${ones.length}`,
    );
    process.stdout.write(`whatever is taken: of ${cases.length}, ${counts.join(', ')}\n`);
    expect(taken.length).toBeGreaterThan(CASES / 5);
    // Every door took something, else its readers were shown nothing.
    if (CASES >= 300) expect(counts).toHaveLength(Object.keys(DOORS).length);
  },
  CASES * 1_000,
);
