/**
 * Arrivals: what an adapter brought in, kept before it is worked on.
 *
 * A channel brings an arrival again until it was answered. The loop does not repeat a call: a claim that it
 * does not finish is due again when the lease ends.
 */

/** An arrival as it is kept before it is worked on. `payload` has ids and codes only, never content. */
export interface NewArrival {
  /** The channel's own id. A repeat is dropped. */
  readonly id: string;
  /** The account's address. Arrivals of one account are worked on in order. */
  readonly account: string;
  /** The channel's own order of what one account did: a later act has a higher place. */
  readonly place: number;
  /** Id of the delivery that it acts on, if it acts on one. */
  readonly about?: string;
  readonly payload: unknown;
}

export interface ArrivalRow {
  readonly channel: string;
  readonly id: string;
  readonly payload: unknown;
  /** When the channel brought it. */
  readonly keptAt: Date;
  /** The reply that is still to be sent. If there is one, the arrival itself is finished. */
  readonly said?: unknown;
  readonly tries: number;
}

export interface ArrivalStore {
  /**
   * Keeps an arrival, due at once.
   * @returns false if the channel brought it before: nothing was changed
   */
  keepArrival(channel: string, arrival: NewArrival, now: Date): Promise<boolean>;
  /**
   * Claims due arrivals until `leaseUntil`. `tries` counts this claim. An arrival waits while an earlier one
   * of the same account is not finished. One that failed `BLOCKING_ATTEMPTS` times (`store/arrivals.ts`)
   * blocks only those about the same delivery. A tampered one is ended and not returned.
   */
  claimArrivals(now: Date, leaseUntil: Date, limit: number): Promise<readonly ArrivalRow[]>;
  /** Ends an arrival and deletes everything but its id. */
  finishArrival(channel: string, id: string): Promise<void>;
  /**
   * Makes an arrival due again at `at`. With `said` the arrival itself is finished, and only its reply is
   * still to be sent.
   */
  putOffArrival(
    channel: string,
    id: string,
    later: { readonly at: Date; readonly said?: unknown },
  ): Promise<void>;
}
