/**
 * Content: what is kept sealed of a message, and how it goes.
 *
 * Purging may be repeated: what is gone already is not purged again. The clock repeats what a crash cut short.
 */

import type { Delivery } from '../../domain/carriage/delivery.ts';
import type { RankedDelivery } from '../../domain/carriage/unpurged-copies.ts';
import type { RetainedMessage } from '../../domain/terms/retention.ts';
import type { LongText } from '../../domain/words/long-text.ts';
import type { EvidenceRow, MessageRow, RecipientRow } from './message-rows.ts';

/** A message with all that its content is kept in or carried by, locked until what is decided is written. */
export interface HeldContent {
  readonly message: MessageRow;
  readonly recipients: readonly RecipientRow[];
  /** Of the message itself; those that carry evidence are no part of this. */
  readonly deliveries: readonly RankedDelivery[];
  /** Whose sealed copies are kept here. */
  readonly parties: readonly string[];
  readonly consignment: boolean;
}

/** What is written with a purge; the content goes by itself. */
export interface PurgeChange {
  readonly deliveries: readonly Delivery[];
  readonly created: readonly Delivery[];
  readonly evidence: readonly EvidenceRow[];
}

/** A thread of which content is kept, with all its messages in the order in which they were accepted. */
export interface ThreadContent {
  readonly thread: string;
  readonly messages: readonly RetainedMessage[];
}

export interface ContentStore {
  /**
   * The sealed message to one recipient (DID), as text; for the sender its own copy. Undefined where none is kept
   * here.
   */
  sealedMessage(message: string, party: string): Promise<LongText | undefined>;
  /** The signed consignment, JWS as text; undefined where it is not kept (any more). */
  consignment(message: string): Promise<LongText | undefined>;
  /**
   * Deletes what is kept of a message's content, together with writing what `decide` says. A recall does so once,
   * whether or not the message is here (`held` is undefined then); anything else only where there is content.
   * @param decide computes and signs only, and must not call the store. Undefined deletes nothing; a recall is
   * then done with. What it throws comes back to the caller, and nothing is written
   * @returns whether anything was deleted now
   */
  purge(
    what: { readonly message: string; readonly recall?: string },
    decide: (held: HeldContent | undefined) => Promise<PurgeChange | undefined>,
    now: Date,
  ): Promise<boolean>;
  /** The recall of a message by its sender; the message itself may be unknown here. */
  recallOf(message: string, sender: string): Promise<MessageRow | undefined>;
  /** Recalls that were not carried out here yet, the oldest first. */
  openRecalls(limit: number): Promise<readonly MessageRow[]>;
  /** All recalls by id, from the one after `after` (empty for the first). */
  recalls(after: string, limit: number): Promise<readonly MessageRow[]>;
  /**
   * Threads that hold content of messages accepted at `acceptedBy` or before, whole, by id, from the one after
   * `after` (empty for the first). What may yet be delivered is judged at `now`.
   */
  keptContent(
    page: { readonly after: string; readonly acceptedBy: Date },
    limit: number,
    now: Date,
  ): Promise<readonly ThreadContent[]>;
}
