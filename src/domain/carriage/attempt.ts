/** Attempts of a delivery: what is kept of them, and which may have delivered without an answer. */
import type { Outcome } from './adapter.ts';

/** One attempt, as the tracking page shows it. `code` comes from the channel and is never free text from outside. */
export interface Attempt {
  readonly at: string;
  readonly outcome: Outcome['kind'];
  readonly code: string;
  readonly ms: number;
  /** It updated what was shown before, and did not bring the message. */
  readonly revision?: true;
}

/** Whether this attempt delivered the message itself. */
export const isTaken = ({ outcome, revision }: Attempt): boolean =>
  outcome === 'accepted' && revision !== true;

/** The code of an attempt whose process ended before it recorded an outcome. */
export const ABANDONED_CODE = 'abandoned';

/** Codes of attempts without an answer, although the message may have been accepted. */
const NO_ANSWER = [
  ...['interrupted', 'aborted', 'timeout', 'connection-lost', 'connection-failed', 'network', 'no-answer'],
  ...['answer-malformed', 'answer-not-proven', 'smtp-protocol', 'smtp-fault', 'fault', ABANDONED_CODE],
];

/**
 * Whether it is unknown if an attempt delivered: no answer came, or a server fault (RFC 9110 §15.6) that does not
 * say what it kept. A refused connection, a deferral and a rejection leave nothing unknown.
 */
export const mayBeTaken = ({
  outcome,
  code,
  revision,
}: Pick<Attempt, 'outcome' | 'code' | 'revision'>): boolean =>
  outcome === 'deferred' && revision !== true && (NO_ANSWER.includes(code) || /^http-5\d\d$/.test(code));

/**
 * Attempts kept on a delivery: the first ten, the last ten, and the first one between them whose outcome is
 * unknown.
 */
const ENDS_KEPT = 10;

export function addAttempt(attempts: readonly Attempt[], one: Attempt): readonly Attempt[] {
  const all = [...attempts, one];
  if (all.length <= 2 * ENDS_KEPT) return all;
  const open = all.slice(ENDS_KEPT, -ENDS_KEPT).filter(mayBeTaken).slice(0, 1);
  return [...all.slice(0, ENDS_KEPT), ...open, ...all.slice(-ENDS_KEPT)];
}
