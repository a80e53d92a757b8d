/**
 * Retention: when what a message says is to go. An agreement keeps content for `keep_days` after a thread closes; what
 * proves the message is no content, and stays.
 */
import { type Agreement, type AgreementName, isSameVersion } from './agreement.ts';
import type { MessageName } from './message.ts';

/** A message of a thread, as much as its retention depends on. */
export interface KeptMessage {
  readonly id: string;
  readonly type: MessageName;
  readonly from: string;
  readonly acceptedAt: Date;
  readonly expiresAt: Date;
  readonly hasContent: boolean;
  /** It may yet be delivered. */
  readonly isWaiting: boolean;
  /** Of each recipient known here, the version that it is carried under. */
  readonly agreements: readonly AgreementName[];
}

/** Content, and when it goes. */
export interface ContentEnd {
  readonly message: string;
  readonly type: MessageName;
  /** `closed`: counted from the closure of the thread. `expired`: never closed, from when its last message expired. */
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
export const leastKeepDays = (terms: readonly Pick<Terms, 'keep_days'>[]): number =>
  Math.min(KEEP_DAYS, ...terms.map((one) => one.keep_days));

/** The longest of the versions that a message was carried under. */
const keepDays = ({ agreements }: KeptMessage, terms: readonly Terms[]): number =>
  Math.max(
    ...agreements.map((name) => terms.find((one) => isSameVersion(one, name))?.keep_days ?? KEEP_DAYS),
    ...(agreements.length === 0 ? [KEEP_DAYS] : []),
  );

/**
 * When each content of a thread goes; `thread` in the order of acceptance. A thread closes when whoever began it says so;
 * what came after a closure is counted from the next one, or from the last expiry. Nothing goes that may yet be delivered.
 */
export function contentEnds(thread: readonly KeptMessage[], terms: readonly Terms[]): readonly ContentEnd[] {
  const opener = thread[0]?.from;
  const lastExpiry = Math.max(...thread.map((one) => one.expiresAt.getTime()));
  return thread.flatMap((one, place) => {
    if (!one.hasContent) return [];
    const closure = thread.find(
      (other, n) => n >= place && other.type === 'closure' && other.from === opener,
    );
    const days = keepDays(one, terms);
    const since = closure?.acceptedAt ?? new Date(lastExpiry);
    const kept = since.getTime() + days * DAY;
    const end: ContentEnd = {
      ...{ message: one.id, type: one.type, why: closure === undefined ? 'expired' : 'closed' },
      ...{
        since,
        keepDays: days,
        at: new Date(one.isWaiting ? Math.max(kept, one.expiresAt.getTime()) : kept),
      },
      ...(closure === undefined ? {} : { closure: closure.id }),
    };
    return [end];
  });
}
