/** The agreement: who may say what to whom, how fast, by which channels, kept how long. No agreement, no traffic. */
import { z } from 'zod';
import { CHANNELS } from './channel.ts';
import { MESSAGE_NAMES } from './message.ts';
import { country, did, inForce, instant } from './party.ts';
import { HANDLING, type Handling, URGENCY, type Urgency } from './vocabulary.ts';

/** A party to a rule: every focal point of a country, or one focal point. */
const side = z.union([country, did]);

const rule = z.strictObject({
  from: z.array(side).min(1).max(100),
  to: z.array(side).min(1).max(100),
  types: z.array(z.enum(MESSAGE_NAMES)).min(1),
  handling: z
    .array(z.enum(HANDLING))
    .min(1)
    .default([...HANDLING]),
  channels: z
    .array(z.enum(CHANNELS))
    .min(1)
    .default([...CHANNELS]),
});

/** Seconds within which a message must be acknowledged and answered, counted from consignment. */
const clock = z.strictObject({
  acknowledge: z.int().min(60).max(31_536_000),
  answer: z.int().min(60).max(31_536_000),
});
export type Clock = z.infer<typeof clock>;

/** The clocks that hold unless an agreement sets its own: 30 min / 2 h / 24 h, and 8 h / 3 days / 7 days. */
export const DEFAULT_CLOCKS: Readonly<Record<Urgency, Clock>> = {
  immediate: { acknowledge: 1_800, answer: 28_800 },
  urgent: { acknowledge: 7_200, answer: 259_200 },
  routine: { acknowledge: 86_400, answer: 604_800 },
};

export const agreement = z.strictObject({
  kind: z.literal('agreement'),
  id: z.string().regex(/^[a-z0-9-]{1,64}$/),
  version: z.int().min(1),
  title: z.string().min(1).max(200),
  /** The countries whose authorities must both sign. One country may keep a statement of its own for domestic traffic. */
  parties: z
    .array(country)
    .min(1)
    .max(2)
    .refine((list) => new Set(list).size === list.length, 'must differ'),
  rules: z.array(rule).min(1).max(200),
  clocks: z.partialRecord(z.enum(URGENCY), clock).default({}),
  /** Days content is kept after a thread closes; evidence stays. */
  keep_days: z.int().min(1).max(3650).default(90),
  from: instant,
  until: instant,
});
export type Agreement = z.infer<typeof agreement>;

/** One intended carriage, as an agreement judges it. */
export interface Carriage {
  readonly from: { readonly did: string; readonly country: string };
  readonly to: { readonly did: string; readonly country: string };
  readonly name: (typeof MESSAGE_NAMES)[number];
  readonly handling: Handling;
}

const names = (sides: readonly string[], party: { did: string; country: string }): boolean =>
  sides.includes(party.country) || sides.includes(party.did);

/**
 * The channels by which this agreement lets the carriage reach its recipient; empty when it does not cover it.
 * Both parties' countries must be parties to the agreement.
 */
export function channelsFor(statement: Agreement, carriage: Carriage, at: Date): readonly string[] {
  const parties = [carriage.from.country, carriage.to.country];
  if (!inForce(statement, at) || !parties.every((one) => statement.parties.includes(one))) return [];
  const channels = statement.rules
    .filter((one) => names(one.from, carriage.from) && names(one.to, carriage.to))
    .filter((one) => one.types.includes(carriage.name) && one.handling.includes(carriage.handling))
    .flatMap((one) => one.channels);
  return [...new Set(channels)];
}

/** The clock for an urgency: the agreement's own where it sets one, else the default. */
export const clockFor = (statement: Agreement | undefined, urgency: Urgency): Clock =>
  statement?.clocks[urgency] ?? DEFAULT_CLOCKS[urgency];
