/**
 * Content: the sealed parts of a message, and how they are deleted.
 *
 * Purging may be repeated: content that is gone is not purged again. The clock repeats what a crash cut
 * short.
 */

import type { Delivery } from '../../domain/carriage/delivery.ts';
import type { RankedDelivery } from '../../domain/carriage/unpurged-copies.ts';
import type { RetainedMessage } from '../../domain/terms/retention.ts';
import type { LongText } from '../../domain/words/long-text.ts';
import type { EvidenceRow, MessageRow, RecipientRow } from './message-rows.ts';

/** A message with everything that has its content, locked until the decision is written. */
export interface HeldContent {
  readonly message: MessageRow;
  readonly recipients: readonly RecipientRow[];
  /** Deliveries of the message itself; those of evidence are not included. */
  readonly deliveries: readonly RankedDelivery[];
  /** Parties whose sealed copies are kept here. */
  readonly parties: readonly string[];
  readonly consignment: boolean;
}

/** What is written with a purge. The content itself is deleted without being named. */
export interface PurgeChange {
  readonly deliveries: readonly Delivery[];
  readonly created: readonly Delivery[];
  readonly evidence: readonly EvidenceRow[];
}

/** A thread with kept content, with all its messages in the order of acceptance. */
export interface ThreadContent {
  readonly thread: string;
  readonly messages: readonly RetainedMessage[];
}

export interface ContentStore {
  /**
   * The sealed message to one recipient (DID), as text; for the sender its own copy. Undefined if none is
   * kept here.
   */
  sealedMessage(message: string, party: string): Promise<LongText | undefined>;
  /** The signed consignment, JWS as text; undefined if it is not kept (any more). */
  consignment(message: string): Promise<LongText | undefined>;
  /**
   * Deletes a message's content and writes what `decide` returns, in one transaction. A recall does so once,
   * even if the message is not here (then `held` is undefined). Any other purge does so only if there is
   * content.
   * @param decide computes and signs only, and must not call the store. If it returns undefined, nothing is
   *   deleted and a recall is finished. If it throws, the caller gets the fault and nothing is written
   * @returns whether anything was deleted now
   */
  purge(
    what: { readonly message: string; readonly recall?: string },
    decide: (held: HeldContent | undefined) => Promise<PurgeChange | undefined>,
    now: Date,
  ): Promise<boolean>;
  /** The recall of a message by its sender. The message itself may be unknown here. */
  recallOf(message: string, sender: string): Promise<MessageRow | undefined>;
  /** Recalls that were not carried out here yet, the oldest first. */
  openRecalls(limit: number): Promise<readonly MessageRow[]>;
  /** All recalls by id, from the one after `after` (empty: from the first). */
  recalls(after: string, limit: number): Promise<readonly MessageRow[]>;
  /**
   * Threads with kept content of messages accepted at `acceptedBy` or before, whole, by id, from the one
   * after `after` (empty: from the first). Whether something may still be delivered is judged at `now`.
   */
  keptContent(
    page: { readonly after: string; readonly acceptedBy: Date },
    limit: number,
    now: Date,
  ): Promise<readonly ThreadContent[]>;
}
