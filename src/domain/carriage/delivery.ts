/**
 * One message to one recipient by one endpoint, and its states. Only `advanceDelivery` changes a delivery; the
 * store calls it and writes the result.
 */

import type { ActName } from '../message/acts.ts';
import type { Channel, Shows } from '../party/channel.ts';
import { present } from '../words/present.ts';
import type { Urgency } from '../words/vocabulary.ts';
import type { Outcome } from './adapter.ts';
import { type Attempt, addAttempt, isTaken, mayBeTaken } from './attempt.ts';

export const DELIVERY_STATES = [
  'queued',
  'sent',
  'delivered',
  'opened',
  'acknowledged',
  'declined',
  'failed',
  'expired',
  'superseded',
  'recalled',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** What a delivery carries: the message to its recipient, evidence back to its sender, or a reminder to either. */
export type DeliveryKind = 'message' | 'evidence' | 'reminder';

/** The step of an escalation for which a delivery was made; see `escalation.ts`. */
export interface DeliveryStep {
  /** DID of the recipient whose part of the message is escalated. */
  readonly recipient: string;
  readonly act: ActName;
  readonly rung: string;
  /** When the step was due, and the deadline of the act; RFC 3339, UTC. */
  readonly at: string;
  readonly until: string;
  /** DID of the focal point that owes the act. */
  readonly owner: string;
  /** Id of the officer it is for; absent if it is for the whole focal point. */
  readonly officer?: string;
}

export interface Delivery {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly message: string;
  /** DID of the focal point it goes to: the recipient, or the sender for evidence. */
  readonly to: string;
  readonly endpoint: string;
  readonly channel: Channel;
  readonly shows: Shows;
  /** The evidence it carries, for kind `evidence`. */
  readonly evidence?: string;
  /** Set if a deadline caused it; always set for kind `reminder`. */
  readonly step?: DeliveryStep;
  readonly state: DeliveryState;
  /** Attempts since it was last queued. `attempts` may contain earlier ones. */
  readonly tries: number;
  readonly attempts: readonly Attempt[];
  /** When the dispatcher handles it next; null if there is nothing to do. */
  readonly dueAt: Date | null;
  /** The channel's own name for what it showed, such as a chat message id. */
  readonly reference?: string;
  /** Whether the channel can change what it showed under `reference`. */
  readonly revisable: boolean;
  readonly expiresAt: Date;
}

export type DeliveryEvent =
  | {
      readonly kind: 'outcome';
      readonly outcome: Outcome;
      /** The state that the attempt showed. A person may have acted meanwhile. */
      readonly tried: DeliveryState;
      readonly ms: number;
      readonly jitter: number;
      /** Urgency of the message: it bounds the wait before the next attempt. */
      readonly urgency?: Urgency;
    }
  | { readonly kind: 'opened' }
  /** `settles`: it settles a contradiction, so the acknowledgement shown before may no longer be in effect. */
  | { readonly kind: 'decided'; readonly decision: 'accepted' | 'declined'; readonly settles?: boolean }
  /** Somebody acknowledged the same message at another endpoint of the same focal point. */
  | { readonly kind: 'settled-elsewhere'; readonly settles?: boolean }
  /** Acknowledgements contradict each other now, or no longer do, so what was shown is out of date. */
  | { readonly kind: 'contested' }
  | { readonly kind: 'expired' }
  /** The sender recalled the message. */
  | { readonly kind: 'recalled' }
  /** The attempt was not made, because the sender had recalled the message just before it. */
  | { readonly kind: 'withheld'; readonly ms: number }
  /** It waited without an endpoint, and continues at one that has appeared. */
  | { readonly kind: 'moved'; readonly outcome: Outcome; readonly ms: number }
  /** Somebody fixed the fault and wants a new attempt. */
  | { readonly kind: 'again' };

/** The effect of a change on others; `flow` turns it into evidence, failover and revisions. */
type DeliveryConsequence = 'reached' | 'failed' | 'none';

interface AdvancedDelivery {
  readonly delivery: Delivery;
  readonly consequence: DeliveryConsequence;
}

/** Seconds before attempt 2, 3, …; the last value repeats until the message expires. */
export const RETRY_SECONDS = [5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000] as const;

/** The most seconds between attempts, by urgency, because a recipient often comes back within minutes. */
export const LONGEST_WAIT_SECONDS: Readonly<Record<Urgency, number>> = {
  immediate: 60,
  urgent: 300,
  routine: 1_800,
};

const PERSONS_WORD: readonly DeliveryState[] = ['acknowledged', 'declined'];
/** States whose display contains an officer's acknowledgement. */
const SHOWS_WORD: readonly DeliveryState[] = [...PERSONS_WORD, 'superseded'];
const OVER: readonly DeliveryState[] = [
  ...(['acknowledged', 'declined', 'failed', 'expired', 'superseded', 'recalled'] as const),
];

export const isAcknowledgedState = (state: DeliveryState): boolean => PERSONS_WORD.includes(state);
export const isFinishedState = (state: DeliveryState): boolean => OVER.includes(state);

/** What decides the time of the next attempt. */
interface RetryTerms {
  /** Attempts that failed. */
  readonly tries: number;
  /** Chance in [0, 1). */
  readonly jitter: number;
  /** The wait that the channel asks for, in seconds; a day at most counts. */
  readonly retryAfter?: number | undefined;
  /** The longest wait, in seconds, whatever the channel asks for; unbounded if left out. */
  readonly longest?: number | undefined;
}

/**
 * The time of the next attempt after failed ones: the schedule with up to 20 % jitter, or later if the channel asks
 * for it.
 */
export function nextAttemptAt(
  now: Date,
  { tries, jitter, retryAfter = 0, longest = Number.POSITIVE_INFINITY }: RetryTerms,
): Date {
  const step = RETRY_SECONDS[Math.min(Math.max(tries - 1, 0), RETRY_SECONDS.length - 1)] ?? 5;
  const wanted = Math.max(step * (1 + 0.2 * jitter), Math.min(retryAfter, 86_400));
  const seconds = Math.min(wanted, longest);
  return new Date(now.getTime() + Math.round(seconds * 1_000));
}

/**
 * Applies one event to a delivery. An officer's acknowledgement is final unless another one settles a
 * contradiction. An outcome changes the state only while one is awaited.
 */
export function advanceDelivery(delivery: Delivery, event: DeliveryEvent, now: Date): AdvancedDelivery {
  switch (event.kind) {
    case 'outcome':
      return afterTry(noted(delivery, event, now), event, now);
    case 'opened':
      return isFinishedState(delivery.state) ? same(delivery) : shown(delivery, 'opened', now);
    case 'decided':
      if (isAcknowledgedState(delivery.state) && event.settles !== true) return same(delivery);
      return shown(delivery, event.decision === 'accepted' ? 'acknowledged' : 'declined', now);
    case 'settled-elsewhere':
      return settledElsewhere(delivery, event.settles === true, now);
    case 'contested':
      return SHOWS_WORD.includes(delivery.state) ? shown(delivery, delivery.state, now) : same(delivery);
    case 'expired':
      if (delivery.state !== 'queued') return same({ ...delivery, dueAt: null });
      return { delivery: { ...delivery, state: 'expired', dueAt: null }, consequence: 'failed' };
    case 'recalled':
      return takenBack(delivery, now);
    case 'withheld':
      return same(noted(delivery, { ...event, ...WITHHELD }, now));
    case 'moved': {
      const after = noted(delivery, { ...event, tried: 'queued' }, now);
      return same(delivery.state === 'queued' ? { ...after, state: 'superseded', dueAt: null } : after);
    }
    case 'again':
      return startedAnew(delivery, now);
  }
}

const same = (delivery: Delivery): AdvancedDelivery => ({ delivery, consequence: 'none' });

/** A new state that the channel should show, if it can. */
const shown = (delivery: Delivery, state: DeliveryState, now: Date): AdvancedDelivery => {
  const dueAt = awaitsReceipt(delivery) ? delivery.dueAt : delivery.revisable ? now : null;
  return same({ ...delivery, state, dueAt });
};

const NEVER_TAKEN: readonly DeliveryState[] = ['failed', 'expired'];

/**
 * Whether the receipt of another gateway is still missing. It is asked for until it arrives: an acknowledgement
 * that arrived earlier proves that the message came, but not when that gateway took it.
 */
const awaitsReceipt = ({ channel, kind, state, attempts }: Delivery): boolean =>
  channel === 'relay' &&
  kind === 'message' &&
  state !== 'recalled' &&
  !NEVER_TAKEN.includes(state) &&
  !attempts.some((one) => one.outcome === 'accepted');

/**
 * Failed and expired deliveries stay so. A delivery that shows an acknowledgement is updated if another one settles
 * a contradiction.
 */
function settledElsewhere(delivery: Delivery, settles: boolean, now: Date): AdvancedDelivery {
  const isShown = settles && SHOWS_WORD.includes(delivery.state);
  return isFinishedState(delivery.state) && !isShown ? same(delivery) : shown(delivery, 'superseded', now);
}

/** Whether a recall can be shown: a chat message can be changed, and a partner's system can be told. */
const canTakeBack = ({ kind, channel, revisable }: Delivery): boolean =>
  revisable || (kind === 'message' && channel === 'webhook');

/**
 * Recalls a delivery. If it was not sent, it never will be. If it was shown, or may have been, the recall is shown.
 * An acknowledgement or a failure stays.
 */
function takenBack(delivery: Delivery, now: Date): AdvancedDelivery {
  const mayBeShown = delivery.state !== 'queued' || delivery.attempts.some(mayBeTaken);
  const isToSay = mayBeShown && !NEVER_TAKEN.includes(delivery.state) && canTakeBack(delivery);
  const state = isFinishedState(delivery.state) ? delivery.state : 'recalled';
  return same({ ...delivery, state, dueAt: isToSay ? now : null });
}

/** Restarts the schedule of a failed delivery. The failed attempts stay on record. */
const startedAnew = (delivery: Delivery, now: Date): AdvancedDelivery =>
  delivery.state === 'failed' && delivery.expiresAt > now
    ? same({ ...delivery, state: 'queued', tries: 0, dueAt: now })
    : same(delivery);

const WITHHELD = { outcome: { kind: 'deferred', code: 'recalled' }, tried: 'queued' } as const;

/** Whether an attempt brings the message itself. Every attempt of a relay does, because a relay shows nothing. */
const brings = ({ channel, state }: Delivery, tried: DeliveryState): boolean =>
  tried === 'queued' || state === 'queued' || channel === 'relay';

function noted(delivery: Delivery, one: Pick<Tried, 'outcome' | 'tried' | 'ms'>, now: Date): Delivery {
  const { outcome, tried, ms } = one;
  const attempt: Attempt = {
    at: now.toISOString(),
    outcome: outcome.kind,
    code: outcome.code,
    ms,
    ...present({ revision: brings(delivery, tried) ? undefined : true }),
  };
  return { ...delivery, tries: delivery.tries + 1, attempts: addAttempt(delivery.attempts, attempt) };
}

type Tried = Extract<DeliveryEvent, { kind: 'outcome' }>;

function afterTry(delivery: Delivery, event: Tried, now: Date): AdvancedDelivery {
  switch (event.outcome.kind) {
    case 'accepted':
      return taken(delivery, event, event.outcome, now);
    case 'rejected':
      return ended(delivery);
    case 'deferred': {
      // The delivery was finished before it was ever shown: there is nothing to update.
      if (delivery.state !== 'queued' && !canTakeBack(delivery) && !awaitsReceipt(delivery))
        return ended(delivery);
      // A reminder may wait longer, for the end of quiet hours.
      const longest =
        event.urgency === undefined || delivery.kind === 'reminder'
          ? undefined
          : LONGEST_WAIT_SECONDS[event.urgency];
      const again = nextAttemptAt(now, {
        tries: delivery.tries,
        jitter: event.jitter,
        retryAfter: event.outcome.retryAfter,
        longest,
      });
      return again < delivery.expiresAt ? same({ ...delivery, dueAt: again }) : ended(delivery);
    }
  }
}

/** No more attempts: failed, if the outcome was still awaited. */
const ended = (delivery: Delivery): AdvancedDelivery =>
  delivery.state === 'queued'
    ? { delivery: { ...delivery, state: 'failed', dueAt: null }, consequence: 'failed' }
    : same({ ...delivery, dueAt: null });

function taken(
  delivery: Delivery,
  { tried }: Tried,
  outcome: Extract<Outcome, { kind: 'accepted' }>,
  now: Date,
): AdvancedDelivery {
  const reached: Delivery = {
    ...delivery,
    revisable: outcome.revisable ?? delivery.revisable,
    ...present({ reference: outcome.reference }),
    dueAt: null,
  };
  if (delivery.state === 'queued') {
    return { delivery: { ...reached, state: outcome.reach }, consequence: 'reached' };
  }
  // A person acted before the channel answered, so what the channel shows is out of date already. The message was
  // delivered all the same; that is reported once.
  const isShown = delivery.state === 'recalled' ? canTakeBack(reached) : reached.revisable;
  const stale = isShown && delivery.state !== tried;
  const before = delivery.attempts.slice(0, -1);
  const first = brings(delivery, tried) && !before.some(isTaken);
  return { delivery: stale ? { ...reached, dueAt: now } : reached, consequence: first ? 'reached' : 'none' };
}
