/**
 * Threads: the messages of a case in their order, and the threads in which something may have fallen due.
 *
 * Reading may be repeated at any time. The loop claims threads; one that it does not finish is due again when
 * the lease ends.
 */

import type { MessageRow } from './message-rows.ts';
import type { MessageView } from './messages.ts';

/** A message with what was said of it; its deliveries are its recipient's own business. */
export type ThreadMessage = Pick<MessageView, 'message' | 'recipients' | 'evidence'>;

export interface KeptThread {
  readonly thread: string;
  /** In the order in which they were accepted. */
  readonly messages: readonly ThreadMessage[];
}

export interface ThreadStore {
  /** The messages of a thread, in the order in which they were accepted. Tampered ones are left out. */
  readThread(thread: string): Promise<readonly MessageRow[]>;
  /** Ids of the messages of a thread, in the order in which they were accepted. */
  messageIdsOf(thread: string): Promise<readonly string[]>;
  /** DIDs of all who sent or received in a thread; empty when the thread is not known. */
  threadParties(thread: string): Promise<readonly string[]>;
  /**
   * All that is kept of each of these threads, in the order asked for; no messages for an unknown one. A tampered
   * message is marked `spoilt`.
   */
  keptThreads(threads: readonly string[]): Promise<readonly KeptThread[]>;
  /**
   * Threads in which something may be owed to or by the party (DID), or by anybody where it is left out; the one
   * that was written in last stands first. No thread is missing in which something is owed; whether it is,
   * `domain/turn/turn` says.
   */
  maybeOpenThreads(party: string | undefined, limit: number): Promise<readonly string[]>;
  /**
   * Threads that name this one as their parent, in a message that the party (DID) sent or was sent; by anybody
   * where it is left out.
   */
  childThreads(thread: string, party: string | undefined): Promise<readonly string[]>;
  /**
   * Claims threads in which something may have fallen due, until `leaseUntil`. A thread that is given an earlier
   * time meanwhile is due again then, whoever works on it.
   */
  claimEscalations(now: Date, leaseUntil: Date, limit: number): Promise<readonly string[]>;
  /** Ends a look at a thread that was claimed until `leaseUntil`. The next look is at `next`; undefined for none. */
  finishEscalation(thread: string, leaseUntil: Date, next: Date | undefined): Promise<void>;
}
