/**
 * Reading what is kept, each piece by itself: one that cannot be read takes none of the others with it. It is shown as
 * such by its id, counted, and told to the operator.
 */

import { type Evidence, evidenceSchema } from '../../domain/evidence/evidence.ts';
import { MESSAGE_NAMES } from '../../domain/message/message.ts';
import { Refusal } from '../../domain/words/error.ts';
import { HANDLING_CODES, URGENCIES } from '../../domain/words/vocabulary.ts';
import type { Gateway } from '../../gateway.ts';
import { peekStatement } from '../../seal/statement.ts';
import type { EvidenceRow, MessageRow } from '../../store/contracts/message-rows.ts';
import type { ThreadMessage } from '../../store/contracts/threads.ts';

/** What kept evidence says; undefined where it cannot be read any more. */
export function readClaims({ jws }: Pick<EvidenceRow, 'jws'>): Evidence | undefined {
  try {
    const read = evidenceSchema.safeParse(peekStatement(JSON.parse(jws)).payload);
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** What those pieces of evidence say that can be read. */
export const readAllClaims = (rows: readonly Pick<EvidenceRow, 'jws'>[]): readonly Evidence[] =>
  rows.map(readClaims).filter((one) => one !== undefined);

/** Whether a row of a message still is one: the database may have been written to by others. */
export const isMessageRow = ({ type, urgency, handling, addressees, ...row }: MessageRow): boolean =>
  row.isTampered !== true &&
  MESSAGE_NAMES.includes(type) &&
  URGENCIES.includes(urgency) &&
  HANDLING_CODES.includes(handling) &&
  Array.isArray(addressees) &&
  addressees.every((one) => typeof one === 'string') &&
  [row.acceptedAt, row.createdAt, row.expiresAt].every(isInstant);

/** Whether a message and the rows of its recipients still are what a turn is computed from. */
export const isReadableMessage = ({
  message,
  recipients,
}: Pick<ThreadMessage, 'message' | 'recipients'>): boolean =>
  isMessageRow(message) &&
  recipients.every(({ acknowledgeBy, answerBy }) => isInstant(acknowledgeBy) && isInstant(answerBy));

/** PostgreSQL knows an infinite time, which is no `Date`. */
const isInstant = (at: Date): boolean => !Number.isNaN(at.getTime());

/**
 * Does work on one record; undefined where the record is what made it fail. A fault of the database is thrown as it is: it
 * says nothing of the record.
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
 * The same for a record that somebody asks for by its id.
 * @throws Refusal `record-unreadable`, counted and told to the operator, where the record is what made it fail; a refusal
 * of the work's own as it is
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

/** Tells the operator of a record that was asked for and cannot be read, and gives the refusal for whoever asked. */
export function refuseUnreadable(
  gateway: Pick<Gateway, 'log' | 'metrics'>,
  what: 'message' | 'thread',
  id: string,
): Refusal {
  logUnreadable(gateway, what, [id]);
  return new Refusal('record-unreadable', `the ${what} ${id} is kept here and cannot be read any more`);
}

const isOfRecord = (fault: unknown): boolean =>
  [TypeError, RangeError, SyntaxError, Refusal].some((kind) => fault instanceof kind) ||
  (fault instanceof Error && fault.name === 'ZodError');

/** Tells the operator of what cannot be read: once in the log and in the metrics for each look at it. */
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
