/**
 * Whose turn it is depends neither on the order of arrival nor on repeats; and the waiting is the time that really
 * passed.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Evidence, EvidenceEvent } from '../../../src/domain/evidence/evidence.ts';
import type { MessageName } from '../../../src/domain/message/message.ts';
import { keyOfAct } from '../../../src/domain/turn/acts.ts';
import type { TurnMessage } from '../../../src/domain/turn/facts.ts';
import { assertProperty } from '../../support/property.ts';
import {
  BORDER_POST_DID,
  computeTurn,
  HOUR_SECONDS,
  hexIdOf,
  hoursFromStart,
  IMMIGRATION_DID,
  makeAcceptance,
  makeRejection,
  makeTurnEvidence,
  makeTurnMessage,
  POLICE_DID,
  SHELTER_DID,
} from '../../support/turns.ts';

const DESKS = [SHELTER_DID, POLICE_DID, IMMIGRATION_DID, BORDER_POST_DID];
const TYPES: readonly MessageName[] = [
  'request',
  'request',
  'clarification',
  'reply',
  'refusal',
  'handover',
  'acceptance',
  'permission-request',
  'permission',
  'recall',
  'closure',
  'correction',
  'drill',
];
const EVENTS: readonly EvidenceEvent[] = [
  'ContentConsignment',
  'ContentConsignmentFailure',
  'ConsignmentNotification',
  'RelayToNonERDS',
  'RelayToNonERDSFailure',
  'AcceptanceRejectionExpiry',
  'DeliveryDelayed',
];
const RELAYING: readonly EvidenceEvent[] = ['RelayAcceptance', 'RelayFailure', 'RelayRejection'];
const LAST = 24;
const hours = fc.integer({ min: 0, max: LAST });

/** What one message of a random thread is: about an earlier one or none, by and to any of four desks. */
const message = fc.record({
  type: fc.constantFrom(...TYPES),
  from: fc.nat(3),
  to: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 }),
  about: fc.option(fc.nat(7)),
  at: hours,
});
const piece = (events: readonly EvidenceEvent[]) =>
  fc.record({
    of: fc.nat(7),
    to: fc.nat(3),
    at: hours,
    what: fc.oneof(fc.constantFrom('yes', 'no', 'settle', 'purge'), fc.constantFrom(...events)),
    delivery: fc.nat(2),
  });

interface Thread {
  readonly messages: readonly TurnMessage[];
  readonly evidence: readonly Evidence[];
}

const focalPoint = (n: number): string => DESKS[n] ?? SHELTER_DID;

const thread = (events: readonly EvidenceEvent[]): fc.Arbitrary<Thread> =>
  fc
    .record({
      messages: fc.array(message, { minLength: 1, maxLength: 8 }),
      evidence: fc.array(piece(events), { maxLength: 16 }),
    })
    .map(({ messages, evidence }) => ({
      messages: messages.map(({ type, from, to, about, at }, n) =>
        makeTurnMessage(
          `m${n}`,
          type,
          [focalPoint(from), ...to.map(focalPoint)],
          at,
          about === null ? {} : { about: `m${about}` },
        ),
      ),
      evidence: evidence.map(({ of, to, at, what, delivery }, n) => {
        const over = { id: hexIdOf(`e${n}`) };
        if (what === 'yes') return makeAcceptance(`m${of}`, focalPoint(to), at, over);
        if (what === 'no') return makeRejection(`m${of}`, focalPoint(to), at, over);
        if (what === 'settle')
          return makeAcceptance(`m${of}`, focalPoint(to), at, {
            ...over,
            settles: [hexIdOf('e0'), hexIdOf('e1')],
          });
        if (what === 'purge') return makeTurnEvidence('ContentPurge', `m${of}`, focalPoint(to), at, over);
        return makeTurnEvidence(what, `m${of}`, focalPoint(to), at, {
          ...over,
          delivery: hexIdOf(`d${delivery}`),
        });
      }),
    }));

/** The same in another order, some of it more than once. */
const stirred = <T>(list: readonly T[]): fc.Arbitrary<readonly T[]> =>
  list.length === 0
    ? fc.constant(list)
    : fc
        .array(fc.constantFrom(...list), { maxLength: list.length })
        .chain((again) =>
          fc.shuffledSubarray([...list, ...again], { minLength: list.length + again.length }),
        );

test('any order and any repetition gives the same turn and the same waiting', () => {
  const twice = thread([...EVENTS, ...RELAYING]).chain((one) =>
    fc.record({
      one: fc.constant(one),
      other: fc.record({ messages: stirred(one.messages), evidence: stirred(one.evidence) }),
    }),
  );
  assertProperty(
    fc.property(twice, hours, ({ one, other }, now) => {
      expect(computeTurn(now, other.messages, other.evidence)).toEqual(
        computeTurn(now, one.messages, one.evidence),
      );
    }),
    { numRuns: 500 },
  );
});

test('with any part unknown, each open act has one owner, who is a party to the message', () => {
  const partial = thread([...EVENTS, ...RELAYING]).chain(({ messages, evidence }) =>
    fc.record({ messages: fc.shuffledSubarray([...messages]), evidence: fc.shuffledSubarray([...evidence]) }),
  );
  assertProperty(
    fc.property(partial, hours, ({ messages, evidence }, now) => {
      const { open, next } = computeTurn(now, messages, evidence);
      expect(new Set(open.map(keyOfAct)).size).toBe(open.length);
      const parts = open.map((one) => `${one.message} ${one.recipient}`);
      expect(new Set(parts).size).toBe(parts.length);
      for (const one of open) {
        const about = messages.find((each) => each.id === one.message);
        expect(one.owner).toBe(one.act === 'reassign' ? about?.from : one.recipient);
        expect(about?.to.map((each) => each.to)).toContain(one.recipient);
        expect(one.since.getTime()).toBeLessThanOrEqual(hoursFromStart(now).getTime());
      }
      expect(next === undefined).toBe(open.length === 0);
    }),
    { numRuns: 500 },
  );
});

/** As gateways let it come: about what was there already, never about what is still to come. */
const inSequence = ({ messages, evidence }: Thread): Thread => ({
  evidence,
  messages: messages.map(({ about, ...one }) => {
    const subject = messages.find((each) => each.id === about);
    return subject === undefined || subject.acceptedAt > one.acceptedAt ? one : { ...one, about };
  }),
});

test('waiting is the sum of the time in which an act was open, hour by hour', () => {
  assertProperty(
    // A failed relay may turn out never to have counted: then the past changes, and no sum of it holds.
    fc.property(thread(EVENTS).map(inSequence), hours, ({ messages, evidence }, now) => {
      const { waiting } = computeTurn(now, messages, evidence);
      const open = Array.from({ length: now }, (_, n) =>
        computeTurn(n, messages, evidence).open.filter((one) => !one.isDrill),
      );
      const total = (list: readonly { seconds: number }[]) => list.reduce((sum, one) => sum + one.seconds, 0);
      for (const side of waiting.sides) {
        const own = open.map((acts) => acts.filter((one) => one.country === side.country).length);
        expect(side.seconds).toBe(own.reduce((sum, one) => sum + one, 0) * HOUR_SECONDS);
        expect(side.elapsed).toBe(own.filter((one) => one > 0).length * HOUR_SECONDS);
        expect(total(waiting.acts.filter((one) => one.country === side.country))).toBe(side.seconds);
        expect(side.overdue).toBeLessThanOrEqual(side.seconds);
      }
      expect(total(waiting.sides)).toBe(open.flat().length * HOUR_SECONDS);
      expect(total(waiting.steps.filter((one) => !one.isDrill))).toBe(total(waiting.sides));
    }),
    { numRuns: 150 },
  );
});
