/**
 * One message to one recipient by one endpoint, and how it moves. `advance` is the only rule by which a delivery
 * changes; the store holds the row, asks it, and writes what it says.
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

/** What is carried: the message to its recipient, evidence of it back to its sender, or a reminder of it to either. */
export type DeliveryKind = 'message' | 'evidence' | 'reminder';

/** The step of a chase for which a delivery was made; `rung` and the rest as in `chase.ts`. */
export interface DeliveryStep {
  /** DID: of the recipients of the message, the one whose part is chased. */
  readonly recipient: string;
  readonly act: ActName;
  readonly rung: string;
  /** When it fell due, and until when the act was to be done; RFC 3339, UTC. */
  readonly at: string;
  readonly until: string;
  /** DID of whoever owes the act. */
  readonly owner: string;
  /** The officer it is for, by id; absent where it is for the desk. */
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
  /** Why it was made, where a deadline made it; always there for kind `reminder`. */
  readonly step?: DeliveryStep;
  readonly state: DeliveryState;
  /** Since it was queued, the last time: `attempts` may tell of more. */
  readonly tries: number;
  readonly attempts: readonly Attempt[];
  /** When the dispatcher looks at it next; null when nothing is to be done. */
  readonly dueAt: Date | null;
  /** The channel's own name for what it showed, such as a chat message id. */
  readonly reference?: string;
  /** The channel can change what it showed under `reference`. */
  readonly revisable: boolean;
  readonly expiresAt: Date;
}

export type DeliveryEvent =
  | {
      readonly kind: 'outcome';
      readonly outcome: Outcome;
      /** The state that the try showed: a person may have acted while it was under way. */
      readonly tried: DeliveryState;
      readonly ms: number;
      readonly jitter: number;
      /** Of the message: it bounds the wait for the next try. */
      readonly urgency?: Urgency;
    }
  | { readonly kind: 'opened' }
  /** `settles`: it settles a contradiction, so that a word shown before may stand no more. */
  | { readonly kind: 'decided'; readonly decision: 'accepted' | 'declined'; readonly settles?: boolean }
  /** Somebody settled the same message at another endpoint of the same desk. */
  | { readonly kind: 'settled-elsewhere'; readonly settles?: boolean }
  /** Words of the desk contradict each other now, or do no more: what was shown of them is out of date. */
  | { readonly kind: 'contested' }
  | { readonly kind: 'expired' }
  /** Its sender took the message back. */
  | { readonly kind: 'recalled' }
  /** A try was not made after all: its sender had taken the message back when it was about to be. */
  | { readonly kind: 'withheld'; readonly ms: number }
  /** It waited for a way, and goes on by one that has appeared. */
  | { readonly kind: 'moved'; readonly outcome: Outcome; readonly ms: number }
  /** Somebody has mended what made it fail, and wants it tried again. */
  | { readonly kind: 'again' };

/** What a change means to others; `flow` turns it into evidence, failover and revisions. */
export type DeliveryConsequence = 'reached' | 'failed' | 'none';

export interface AdvancedDelivery {
  readonly delivery: Delivery;
  readonly consequence: DeliveryConsequence;
}

/** Seconds before try 2, 3, …; the last repeats until the message expires. */
export const RETRY_SECONDS = [5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000] as const;

/** Seconds that a message waits for its next try at most, by its urgency: somebody comes back sooner than in hours. */
export const LONGEST_WAIT_SECONDS: Readonly<Record<Urgency, number>> = {
  immediate: 60,
  urgent: 300,
  routine: 1_800,
};

const PERSONS_WORD: readonly DeliveryState[] = ['acknowledged', 'declined'];
/** What such a delivery shows says what an officer decided. */
const SHOWS_WORD: readonly DeliveryState[] = [...PERSONS_WORD, 'superseded'];
const OVER: readonly DeliveryState[] = [
  ...(['acknowledged', 'declined', 'failed', 'expired', 'superseded', 'recalled'] as const),
];

export const isAcknowledgedState = (state: DeliveryState): boolean => PERSONS_WORD.includes(state);
export const isFinishedState = (state: DeliveryState): boolean => OVER.includes(state);

/**
 * When to try again after `tries` failed tries: the schedule with up to 20 % jitter, or later where the channel asked
 * for it; never more than `longest` seconds, whatever the channel asked for. `jitter` is a number in [0, 1).
 */
export function nextAttemptAt(
  tries: number,
  now: Date,
  jitter: number,
  retryAfter = 0,
  longest = Number.POSITIVE_INFINITY,
): Date {
  const step = RETRY_SECONDS[Math.min(Math.max(tries - 1, 0), RETRY_SECONDS.length - 1)] ?? 5;
  const wanted = Math.max(step * (1 + 0.2 * jitter), Math.min(retryAfter, 86_400));
  const seconds = Math.min(wanted, longest);
  return new Date(now.getTime() + Math.round(seconds * 1_000));
}

/**
 * Moves a delivery by one event. A person's word is final but for one that settles a contradiction, and an outcome counts
 * only while one is awaited.
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

/** A new state that the channel's own picture of the delivery should show, where it can. */
const shown = (delivery: Delivery, state: DeliveryState, now: Date): AdvancedDelivery => {
  const dueAt = awaitsReceipt(delivery) ? delivery.dueAt : delivery.revisable ? now : null;
  return same({ ...delivery, state, dueAt });
};

const NEVER_TAKEN: readonly DeliveryState[] = ['failed', 'expired'];

/**
 * Another gateway signs for what it takes, and is asked until that receipt is here: a word that overtook it proves that
 * the message came, but not when that gateway took charge of it.
 */
const awaitsReceipt = ({ channel, kind, state, attempts }: Delivery): boolean =>
  channel === 'relay' &&
  kind === 'message' &&
  state !== 'recalled' &&
  !NEVER_TAKEN.includes(state) &&
  !attempts.some((one) => one.outcome === 'accepted');

/** What failed or expired stays so; what shows a word shows another one now, where that settles a contradiction. */
function settledElsewhere(delivery: Delivery, settles: boolean, now: Date): AdvancedDelivery {
  const isShown = settles && SHOWS_WORD.includes(delivery.state);
  return isFinishedState(delivery.state) && !isShown ? same(delivery) : shown(delivery, 'superseded', now);
}

/** A chat is changed, and a partner's system is told. */
const canTakeBack = ({ kind, channel, revisable }: Delivery): boolean =>
  revisable || (kind === 'message' && channel === 'webhook');

/**
 * What has not gone out never will, and what was shown, or may have been, says so; a person's word and a failure stay what
 * they were.
 */
function takenBack(delivery: Delivery, now: Date): AdvancedDelivery {
  const mayBeShown = delivery.state !== 'queued' || delivery.attempts.some(mayBeTaken);
  const isToSay = mayBeShown && !NEVER_TAKEN.includes(delivery.state) && canTakeBack(delivery);
  const state = isFinishedState(delivery.state) ? delivery.state : 'recalled';
  return same({ ...delivery, state, dueAt: isToSay ? now : null });
}

/** The schedule begins again from its first step; the attempts that failed stay on record. */
const startedAnew = (delivery: Delivery, now: Date): AdvancedDelivery =>
  delivery.state === 'failed' && delivery.expiresAt > now
    ? same({ ...delivery, state: 'queued', tries: 0, dueAt: now })
    : same(delivery);

const WITHHELD = { outcome: { kind: 'deferred', code: 'recalled' }, tried: 'queued' } as const;

/** Nothing that a relay brought is ever shown anew: each of its tries brings the message. */
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
      // Over before it was ever shown: there is nothing to show again.
      if (delivery.state !== 'queued' && !canTakeBack(delivery) && !awaitsReceipt(delivery))
        return ended(delivery);
      // Of a reminder it is the desk's quiet hours that ask for time.
      const longest =
        event.urgency === undefined || delivery.kind === 'reminder'
          ? undefined
          : LONGEST_WAIT_SECONDS[event.urgency];
      const again = nextAttemptAt(delivery.tries, now, event.jitter, event.outcome.retryAfter, longest);
      return again < delivery.expiresAt ? same({ ...delivery, dueAt: again }) : ended(delivery);
    }
  }
}

/** No more tries: failed, where the outcome was still waited for. */
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
  // A person was faster than the channel's answer: what the channel now shows is already out of date. That it was
  // carried is true all the same, and is said once.
  const isShown = delivery.state === 'recalled' ? canTakeBack(reached) : reached.revisable;
  const stale = isShown && delivery.state !== tried;
  const before = delivery.attempts.slice(0, -1);
  const first = brings(delivery, tried) && !before.some(isTaken);
  return { delivery: stale ? { ...reached, dueAt: now } : reached, consequence: first ? 'reached' : 'none' };
}
