/**
 * Retention: when what a message says is to go. An agreement keeps content for `keep_days` after the last closure of a
 * thread. While a thread is open, none of its content goes. What proves the message is no content, and stays.
 */

import type { MessageName } from '../message/message.ts';
import { present } from '../words/present.ts';
import { type Agreement, type AgreementName, isSameVersion } from './agreement.ts';

/** A message of a thread, as much as its retention depends on. */
export interface RetainedMessage {
  readonly id: string;
  readonly type: MessageName;
  readonly from: string;
  /** The message that this one is about. */
  readonly about: string | null;
  readonly acceptedAt: Date;
  readonly expiresAt: Date;
  readonly hasContent: boolean;
  /** It may yet be delivered. */
  readonly isWaiting: boolean;
  /** Of each recipient known here, the version that it is carried under. */
  readonly agreements: readonly AgreementName[];
}

/** Content, and when it goes. */
export interface ContentRetention {
  readonly message: string;
  readonly type: MessageName;
  /** `closed`: counted from the last closure of the thread. `expired`: never closed, from when its last message expired. */
  readonly why: 'closed' | 'expired';
  readonly since: Date;
  /** The closure message, where there is one. */
  readonly closure?: string;
  readonly keepDays: number;
  readonly at: Date;
}

type Terms = Pick<Agreement, 'id' | 'version' | 'keep_days'>;

/** Days content is kept where the version is not known here: the default of the agreement's own schema. */
const KEEP_DAYS = 90;

const DAY = 86_400_000;

/** The fewest days that any content is kept: what was accepted since then is not due, whatever became of its thread. */
export const leastKeepDaysOf = (terms: readonly Pick<Terms, 'keep_days'>[]): number =>
  Math.min(KEEP_DAYS, ...terms.map((one) => one.keep_days));

/** The longest of the versions that a message was carried under. */
const keepDays = ({ agreements }: RetainedMessage, terms: readonly Terms[]): number =>
  Math.max(
    ...agreements.map((name) => terms.find((one) => isSameVersion(one, name))?.keep_days ?? KEEP_DAYS),
    ...(agreements.length === 0 ? [KEEP_DAYS] : []),
  );

/** The last closure by whoever began the thread; `thread` in the order of acceptance. */
const lastClosure = (thread: readonly RetainedMessage[]): RetainedMessage | undefined =>
  thread.findLast((one) => one.type === 'closure' && one.from === thread[0]?.from);

/**
 * Why a thread is open. `owed`: somebody owes an act in it. `reopened`: a message came after its last closure.
 */
export type OpenReason = 'owed' | 'reopened';

/**
 * Whether a thread is open, and why; undefined where it is not. The closure's own acknowledgement does not hold a thread
 * open. Neither does a recall that came after the closure, unless it takes that closure back.
 * @param thread in the order of acceptance
 * @param owed the acts that are owed in it now
 */
export function openReasonOf(
  thread: readonly RetainedMessage[],
  owed: readonly { readonly message: string }[],
): OpenReason | undefined {
  const closure = lastClosure(thread);
  const later = closure === undefined ? [] : thread.slice(thread.indexOf(closure) + 1);
  if (later.some((one) => one.type !== 'recall' || one.about === closure?.id)) return 'reopened';
  return owed.some((act) => act.message !== closure?.id) ? 'owed' : undefined;
}

/**
 * When each content of a thread that is not open goes: from its last closure, or where it was never closed, from the last
 * expiry. Nothing goes that may yet be delivered.
 * @param thread in the order of acceptance
 */
export function contentEndsOf(
  thread: readonly RetainedMessage[],
  terms: readonly Terms[],
): readonly ContentRetention[] {
  const closure = lastClosure(thread);
  const lastExpiry = Math.max(...thread.map((one) => one.expiresAt.getTime()));
  return thread
    .filter((one) => one.hasContent)
    .map((one): ContentRetention => {
      const days = keepDays(one, terms);
      // What came later than the closure of a closed thread is a recall.
      const from = closure && Math.max(closure.acceptedAt.getTime(), one.acceptedAt.getTime());
      const since = new Date(from ?? lastExpiry);
      const kept = since.getTime() + days * DAY;
      return {
        message: one.id,
        type: one.type,
        why: closure === undefined ? 'expired' : 'closed',
        since,
        keepDays: days,
        at: new Date(one.isWaiting ? Math.max(kept, one.expiresAt.getTime()) : kept),
        ...present({ closure: closure?.id }),
      };
    });
}
