/**
 * Reads kept records one by one, so that one unreadable record does not hide the others. An unreadable record
 * is shown by its id, counted, and logged for the operator.
 */

import { type Evidence, evidenceSchema } from '../../domain/evidence/evidence.ts';
import { MESSAGE_NAMES } from '../../domain/message/message.ts';
import { Refusal } from '../../domain/words/error.ts';
import { HANDLING_CODES, URGENCIES } from '../../domain/words/vocabulary.ts';
import type { Gateway } from '../../gateway.ts';
import { peekStatement } from '../../seal/statement.ts';
import type { EvidenceRow, MessageRow } from '../../store/contracts/message-rows.ts';
import type { ThreadMessage } from '../../store/contracts/threads.ts';

/** The claims of kept evidence; undefined if it cannot be read any more. */
export function readClaims({ jws }: Pick<EvidenceRow, 'jws'>): Evidence | undefined {
  try {
    const read = evidenceSchema.safeParse(peekStatement(JSON.parse(jws)).payload);
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** The claims of those pieces of evidence that can be read. */
export const readAllClaims = (rows: readonly Pick<EvidenceRow, 'jws'>[]): readonly Evidence[] =>
  rows.map(readClaims).filter((one) => one !== undefined);

/** Whether a message's row is still well formed: others may have written to the database. */
const isMessageRow = ({ type, urgency, handling, addressees, ...row }: MessageRow): boolean =>
  row.isTampered !== true &&
  MESSAGE_NAMES.includes(type) &&
  URGENCIES.includes(urgency) &&
  HANDLING_CODES.includes(handling) &&
  Array.isArray(addressees) &&
  addressees.every((one) => typeof one === 'string') &&
  [row.acceptedAt, row.createdAt, row.expiresAt].every(isInstant);

/** Whether a message and its recipients' rows are well formed enough to compute a turn. */
export const isReadableMessage = ({
  message,
  recipients,
}: Pick<ThreadMessage, 'message' | 'recipients'>): boolean =>
  isMessageRow(message) &&
  recipients.every(({ acknowledgeBy, answerBy }) => isInstant(acknowledgeBy) && isInstant(answerBy));

/** PostgreSQL has infinite timestamps, which no `Date` can represent. */
const isInstant = (at: Date): boolean => !Number.isNaN(at.getTime());

/**
 * Runs work on one record; undefined if the record made it fail. Faults of the database are thrown: they tell
 * nothing about the record.
 */
export async function skipUnreadable<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (fault) {
    if (isOfRecord(fault)) return undefined;
    throw fault;
  }
}

/**
 * The same for a record that somebody requests by its id.
 * @throws Refusal `record-unreadable`, counted and logged, if the record made it fail; refusals of the work
 *   itself unchanged
 */
export async function readRecord<T>(
  gateway: Pick<Gateway, 'log' | 'metrics'>,
  what: 'message' | 'thread',
  id: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof Refusal || !isOfRecord(fault)) throw fault;
    throw refuseUnreadable(gateway, what, id);
  }
}

/** Logs that a requested record cannot be read, and makes the refusal for the caller. */
export function refuseUnreadable(
  gateway: Pick<Gateway, 'log' | 'metrics'>,
  what: 'message' | 'thread',
  id: string,
): Refusal {
  logUnreadable(gateway, what, [id]);
  return new Refusal('record-unreadable', `the ${what} ${id} is kept here but cannot be read any more`);
}

const isOfRecord = (fault: unknown): boolean =>
  [TypeError, RangeError, SyntaxError, Refusal].some((kind) => fault instanceof kind) ||
  (fault instanceof Error && fault.name === 'ZodError');

/** Logs what cannot be read and counts it, once for each time it is looked at. */
export function logUnreadable(
  { log, metrics }: Pick<Gateway, 'log' | 'metrics'>,
  what: 'evidence' | 'message' | 'thread',
  ids: readonly string[],
): void {
  for (const id of ids) {
    log.error('record.unreadable', { what, id });
    metrics.unreadable(what);
  }
}
