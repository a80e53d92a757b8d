/**
 * The database itself: whether it is there, what proves its rows, and how the processes on it hear of work and
 * of each other.
 *
 * The common rule of all contracts is in `store.ts`. Nothing here is retried inside.
 */

import type { Guard } from '../guard.ts';

export interface DatabaseStore {
  /**
   * Gives the store the guard that proves the rows that grant something: endpoints, links, codes, access keys,
   * secrets, rosters, arrivals, and which message goes where. Until then every verb about such a row rejects. From
   * then on a tampered row counts as absent.
   */
  useGuard(guard: Guard): void;
  /**
   * Resolves when the database answers and its schema is one that this program works with.
   * @throws SchemaMismatch where it is not; the start repeats it
   */
  checkReady(): Promise<void>;
  /**
   * When the next delivery, arrival, chase, note or withdrawal is due, or when its lease ends; undefined when
   * nothing waits.
   * @param but endpoints whose deliveries are left out
   */
  nextDue(but?: readonly string[]): Promise<Date | undefined>;
  /**
   * Calls `wake` soon after any process keeps new work, and sometimes for nothing. A call can be lost: poll as
   * well. Resolves when listening has begun, also where the database is down: the client then subscribes again by
   * itself.
   * @returns a function that stops it
   */
  listen(wake: () => void): Promise<() => Promise<void>>;
  /**
   * Makes due at once what processes that are gone had claimed, so that a crash does not cost a lease. The same
   * for taps and messages that wait too long because the clock was ahead. A process is known by its connections'
   * `application_name`, which must be its own; where several share one, the lease has to end.
   * @returns how many were released
   */
  releaseAbandoned(now: Date): Promise<number>;
  /**
   * Tells all processes on this database something that is kept nowhere, in less than 8,000 bytes. It can be lost.
   */
  tellUse(text: string): Promise<void>;
  /**
   * Calls `heard` with whatever any process tells, this one included.
   * @returns a function that stops it
   */
  hearUse(heard: (text: string) => void): Promise<() => Promise<void>>;
  /**
   * Waits until no notice of new work is on its way, then ends all connections, within 5 seconds. Every later call
   * rejects.
   */
  close(): Promise<void>;
}
