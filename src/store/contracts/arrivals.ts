/**
 * Arrivals: what an adapter brought in, kept before it is worked on.
 *
 * A channel brings an arrival again until it was answered. The loop needs no repeat: a claim that it does not
 * finish is due again when the lease ends.
 */

/** An arrival as it is kept before it is worked on. `payload` holds ids and codes only, never content. */
export interface NewArrival {
  /** The channel's own id: a repeat is dropped. */
  readonly id: string;
  /** Whose arrivals are worked on in order: the account's address. */
  readonly account: string;
  /** The channel's own order of what one account did: a later act has a higher place. */
  readonly place: number;
  /** Id of the delivery it acts on, where it acts on one. */
  readonly about?: string;
  readonly payload: unknown;
}

export interface ArrivalRow {
  readonly channel: string;
  readonly id: string;
  readonly payload: unknown;
  /** When it came to the door. */
  readonly keptAt: Date;
  /** The answer that is still to be told; where there is one, the arrival itself is worked on. */
  readonly said?: unknown;
  readonly tries: number;
}

export interface ArrivalStore {
  /**
   * Keeps an arrival, due at once.
   * @returns false where the channel brought it before: nothing was changed
   */
  keepArrival(channel: string, arrival: NewArrival, now: Date): Promise<boolean>;
  /**
   * Claims arrivals that are due, until `leaseUntil`. `tries` counts this claim. An arrival waits while an earlier
   * one of the same account is not worked on; one that failed `HOLDS_UP` times (`store/arrivals.ts`) holds up only
   * those about the same delivery. A tampered one is ended and not given.
   */
  claimArrivals(now: Date, leaseUntil: Date, limit: number): Promise<readonly ArrivalRow[]>;
  /** Ends an arrival and forgets all but its id. */
  finishArrival(channel: string, id: string): Promise<void>;
  /**
   * Has an arrival looked at again at `at`. With `said` the arrival is worked on, and only its answer is still to
   * be told.
   */
  putOffArrival(
    channel: string,
    id: string,
    later: { readonly at: Date; readonly said?: unknown },
  ): Promise<void>;
}
