/**
 * Retention: when the content of a message must be deleted. An agreement keeps content for `keep_days` after the
 * last closure of a thread. While a thread is open, none of its content is deleted. Evidence is no content and
 * stays.
 */

import type { MessageName } from '../message/message.ts';
import { present } from '../words/present.ts';
import { type Agreement, type AgreementName, isSameVersion } from './agreement.ts';

/** A message of a thread, with the members that its retention depends on. */
export interface RetainedMessage {
  readonly id: string;
  readonly type: MessageName;
  readonly from: string;
  /** The message that this one is about. */
  readonly about: string | null;
  readonly acceptedAt: Date;
  readonly expiresAt: Date;
  readonly hasContent: boolean;
  /** It may still be delivered. */
  readonly isWaiting: boolean;
  /** The version of the agreement for each recipient known here. */
  readonly agreements: readonly AgreementName[];
}

/** Content, and when it must be deleted. */
export interface ContentRetention {
  readonly message: string;
  readonly type: MessageName;
  /**
   * `closed`: counted from the last closure of the thread. `expired`: the thread was never closed; counted from the
   * expiry of its last message.
   */
  readonly why: 'closed' | 'expired';
  readonly since: Date;
  /** The closure message, where there is one. */
  readonly closure?: string;
  readonly keepDays: number;
  readonly at: Date;
}

type Terms = Pick<Agreement, 'id' | 'version' | 'keep_days'>;

/** Days for which content is kept if the version is not known here: the default of the agreement schema. */
const KEEP_DAYS = 90;

const DAY = 86_400_000;

/** The fewest days for which any content is kept. Content accepted since then is not due in any thread. */
export const leastKeepDaysOf = (terms: readonly Pick<Terms, 'keep_days'>[]): number =>
  Math.min(KEEP_DAYS, ...terms.map((one) => one.keep_days));

/** The longest retention among the versions that a message was carried under. */
const keepDays = ({ agreements }: RetainedMessage, terms: readonly Terms[]): number =>
  Math.max(
    ...agreements.map((name) => terms.find((one) => isSameVersion(one, name))?.keep_days ?? KEEP_DAYS),
    ...(agreements.length === 0 ? [KEEP_DAYS] : []),
  );

/** The last closure by the sender of the first message; `thread` is in the order of acceptance. */
const lastClosure = (thread: readonly RetainedMessage[]): RetainedMessage | undefined =>
  thread.findLast((one) => one.type === 'closure' && one.from === thread[0]?.from);

/** Why a thread is open. `owed`: somebody owes an act. `reopened`: a message came after the last closure. */
export type OpenReason = 'owed' | 'reopened';

/**
 * Whether a thread is open, and why; undefined if it is closed. An acknowledgement that is owed for the closure
 * itself does not keep a thread open. Neither does a recall after the closure, unless it recalls that closure.
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
 * When each content of a closed thread must be deleted: counted from the last closure, or from the last expiry if
 * the thread was never closed. Content that may still be delivered is kept until its message expires.
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
      // A message after the closure of a closed thread is a recall.
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
