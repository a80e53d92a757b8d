/** Tries of a delivery: what is kept of them, and which leave open whether it was taken. */
import type { Outcome } from './adapter.ts';

/** One try, as the tracking page shows it. `code` comes from the channel and is never free text from outside. */
export interface Attempt {
  readonly at: string;
  readonly outcome: Outcome['kind'];
  readonly code: string;
  readonly ms: number;
  /** It showed what had changed since, and brought nothing of the message. */
  readonly revision?: true;
}

/** Whether the message itself was taken by this try. */
export const isTaken = ({ outcome, revision }: Attempt): boolean =>
  outcome === 'accepted' && revision !== true;

/** A try that was begun by a process which is gone, or never wrote what came of it. */
export const ABANDONED_CODE = 'abandoned';

/** By these codes a channel, or the flow, says that no answer came to what may have been taken. */
const NO_ANSWER = [
  ...['interrupted', 'aborted', 'timeout', 'connection-lost', 'connection-failed', 'network', 'no-answer'],
  ...['answer-malformed', 'answer-not-proven', 'smtp-protocol', 'smtp-fault', 'fault', ABANDONED_CODE],
];

/**
 * Whether a try leaves open that it was taken: no answer came, or one by which a server says that it failed and not what
 * it kept (RFC 9110 §15.6). A refused connection, "later" and "no" leave nothing open.
 */
export const mayBeTaken = ({
  outcome,
  code,
  revision,
}: Pick<Attempt, 'outcome' | 'code' | 'revision'>): boolean =>
  outcome === 'deferred' && revision !== true && (NO_ANSWER.includes(code) || /^http-5\d\d$/.test(code));

/** Attempts kept on a delivery: the first ten and the last ten tell the story, and the first that leaves it open. */
const ENDS_KEPT = 10;

export function addAttempt(attempts: readonly Attempt[], one: Attempt): readonly Attempt[] {
  const all = [...attempts, one];
  if (all.length <= 2 * ENDS_KEPT) return all;
  const open = all.slice(ENDS_KEPT, -ENDS_KEPT).filter(mayBeTaken).slice(0, 1);
  return [...all.slice(0, ENDS_KEPT), ...open, ...all.slice(-ENDS_KEPT)];
}
