/**
 * The database itself: whether it answers, how its rows are verified, and how processes on it notify each
 * other.
 *
 * The rule for all contracts is in `store.ts`. Nothing here is retried inside.
 */

import type { Guard } from '../guard.ts';

export interface DatabaseStore {
  /**
   * Gives the store the guard that verifies the rows that grant something: endpoints, links, codes, access
   * keys, secrets, rosters, arrivals, and which message goes where. Before this call, every function about
   * such a row rejects. After it, a tampered row counts as absent.
   */
  useGuard(guard: Guard): void;
  /**
   * Resolves when the database answers and this program works with its schema.
   * @throws SchemaMismatch if it does not; the program's start repeats the call
   */
  checkReady(): Promise<void>;
  /**
   * When the next delivery, arrival, escalation, note or withdrawal is due, or its lease ends; undefined if
   * nothing waits.
   * @param but endpoints whose deliveries are left out
   */
  nextDue(but?: readonly string[]): Promise<Date | undefined>;
  /**
   * Calls `wake` soon after any process keeps new work, and sometimes without cause. A call can be lost, so
   * poll as well. Resolves when listening has begun, even if the database is down: the client then subscribes
   * again by itself.
   * @returns a function that stops it
   */
  listen(wake: () => void): Promise<() => Promise<void>>;
  /**
   * Makes due at once what vanished processes had claimed, so that a crash does not cost a lease. Also makes
   * due arrivals and messages whose time is too far ahead because a clock was wrong. A process is identified
   * by its connections' `application_name`, which must be its own. If several share one, the lease has to
   * end.
   * @returns how many were released
   */
  releaseAbandoned(now: Date): Promise<number>;
  /**
   * Sends a text of less than 8,000 bytes to all processes on this database. It is kept nowhere and can be
   * lost.
   */
  tellUse(text: string): Promise<void>;
  /**
   * Calls `heard` with every text that a process sends, including this one.
   * @returns a function that stops it
   */
  hearUse(heard: (text: string) => void): Promise<() => Promise<void>>;
  /**
   * Waits until all notifications of new work are sent, then ends all connections, within 5 seconds. Every
   * later call rejects.
   */
  close(): Promise<void>;
}
