/**
 * Threads: the messages of a case in their order, and the threads in which something may be due.
 *
 * Reading may be repeated at any time. The loop claims threads; one that it does not finish is due again when
 * the lease ends.
 */

import type { MessageRow } from './message-rows.ts';
import type { MessageView } from './messages.ts';

/**
 * A message with its recipients and evidence. Its deliveries are not included, since they concern only their
 * recipient.
 */
export type ThreadMessage = Pick<MessageView, 'message' | 'recipients' | 'evidence'>;

interface KeptThread {
  readonly thread: string;
  /** In the order of acceptance. */
  readonly messages: readonly ThreadMessage[];
}

export interface ThreadStore {
  /** The messages of a thread, in the order of acceptance. Tampered ones are left out. */
  readThread(thread: string): Promise<readonly MessageRow[]>;
  /** Ids of the messages of a thread, in the order of acceptance. */
  messageIdsOf(thread: string): Promise<readonly string[]>;
  /** DIDs of all senders and recipients in a thread; empty if the thread is not known. */
  threadParties(thread: string): Promise<readonly string[]>;
  /**
   * All that is kept of each of these threads, in the requested order; no messages for an unknown one. A
   * tampered message is marked `isTampered`.
   */
  keptThreads(threads: readonly string[]): Promise<readonly KeptThread[]>;
  /**
   * Threads in which something may be owed to or by the party (DID), or by anybody if there is no party; the
   * thread with the newest message is first. No thread in which something is owed is missing. Whether
   * something is owed, `domain/turn/turn` decides.
   */
  maybeOpenThreads(party: string | undefined, limit: number): Promise<readonly string[]>;
  /**
   * Threads that name this one as their parent, in a message that the party (DID) sent or received; in any
   * message if there is no party.
   */
  childThreads(thread: string, party: string | undefined): Promise<readonly string[]>;
  /**
   * Claims threads in which something may be due, until `leaseUntil`. A thread that gets an earlier time
   * meanwhile is due again then, even if it is claimed.
   */
  claimEscalations(now: Date, leaseUntil: Date, limit: number): Promise<readonly string[]>;
  /**
   * Ends the work on a thread that was claimed until `leaseUntil`. It is due again at `next`; never if
   * undefined.
   */
  finishEscalation(thread: string, leaseUntil: Date, next: Date | undefined): Promise<void>;
}
