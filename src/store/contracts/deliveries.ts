/**
 * Deliveries: the write path for all changes, and the claims by which deliveries are worked on.
 *
 * The caller repeats a change that failed; its rule then sees what is kept by now. The loop does not repeat a
 * claim: a delivery that it does not finish is due again when the lease ends.
 */

import type { Delivery } from '../../domain/carriage/delivery.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import type { LinkFound, LinkUse } from './links.ts';
import type { EffectiveAcknowledgement, EvidenceRow, MessageRow, RecipientRow } from './message-rows.ts';

/** A delivery with everything that a rule may read, locked until the change is written. */
export interface HeldDelivery {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  readonly message: MessageRow;
  /** The row of its recipient; absent if the delivery carries evidence to the sender. */
  readonly recipient?: RecipientRow;
  /** The other `message` deliveries of the same message to the same recipient. */
  readonly siblings: readonly Delivery[];
  /** The other reminders about this message and recipient, including those to the sender's focal point. */
  readonly reminders: readonly Delivery[];
  /** The link by which the change is requested, locked as well. */
  readonly link?: LinkFound;
  /** The kept acknowledgements of this message by this recipient, JWS as text, in the order of keeping. */
  readonly acknowledgements: readonly string[];
}

/** What to write: all of it or nothing. */
export interface DeliveryChange {
  /** New states of the held delivery, its siblings and reminders. */
  readonly deliveries?: readonly Delivery[];
  readonly created?: readonly Delivery[];
  readonly evidence?: readonly EvidenceRow[];
  readonly openedAt?: Date;
  readonly effectiveAcknowledgement?: EffectiveAcknowledgement;
  /** Whether acknowledgements contradict each other now; unchanged if absent. */
  readonly contested?: boolean;
  /** The link by which the change was requested was used for an acknowledgement. */
  readonly acknowledgesByLink?: true;
  /** What the attempt shows about the held delivery's endpoint. */
  readonly endpoint?: EndpointSign;
  /** An act may have begun: the thread is looked at for due steps no later than then. */
  readonly escalateAt?: Date;
}

/**
 * A sign about an endpoint. `off`: stop using it, and tell the focal point's other endpoints; it is probed
 * from `probeAt` on. `gone`: its channel says that it no longer exists, which is not believed yet. `alive`:
 * earlier `gone` signs are cleared.
 */
export type EndpointSign =
  | { readonly kind: 'alive' }
  | { readonly kind: 'gone'; readonly at: Date }
  | {
      readonly kind: 'off';
      readonly code: string;
      readonly at: Date;
      readonly probeAt: Date;
      readonly toldUntil: Date;
    };

/** A delivery that this process may work on until its `dueAt` comes again. */
export interface ClaimedDelivery {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  readonly message: MessageRow;
  readonly recipient?: RecipientRow;
  /**
   * The sealed message as text, if the endpoint may show more than a notice. A large one is `apart`: it is
   * read just before sending.
   */
  readonly sealed?: string | { readonly apart: true };
  /** The evidence that it carries, JWS as text. */
  readonly evidenceJws?: string;
}

/** When an endpoint was reminded of something that is not immediate. */
interface Reminded {
  readonly told?: Date;
  readonly waiting?: Date;
}

export interface DeliveryStore {
  /**
   * The write path for every change. Locks the delivery and its recipient's row, calls `decide`, and writes
   * all of what it returns, or nothing. Simultaneous calls may share a transaction; two for the same
   * recipient follow each other.
   * @param decide computes and signs only, and must not call the store. It is called again if the transaction
   *   is repeated. If it throws, the caller gets the fault and nothing is written
   * @param link is locked too, passed to `decide`, and used unless `decide` throws
   * @returns what was held; undefined if there is no such delivery or it is tampered
   * @throws Refusal `already-exists`, with nothing written, if evidence of the same id is kept already
   */
  changeDelivery(
    id: string,
    decide: (held: HeldDelivery) => Promise<DeliveryChange>,
    link?: LinkUse,
  ): Promise<HeldDelivery | undefined>;
  /** Reads what `changeDelivery` would hold, without locking it, for what a decision needs beforehand. */
  readDelivery(id: string): Promise<HeldDelivery | undefined>;
  /** Id of a delivery of the message to this recipient, of the lowest rank; undefined if there is none. */
  findDelivery(message: string, to: string): Promise<string | undefined>;
  /**
   * Claims due deliveries by moving their `dueAt` to `leaseUntil`, and skips locked ones. The oldest due
   * comes first. It may return fewer than are due, because sealed messages are large or many go to one
   * endpoint, so claim until none come. A tampered one is not returned, and is due again when the lease ends.
   * @param share how many may go to one endpoint, and the endpoints for which none is claimed
   */
  claimDeliveries(
    now: Date,
    leaseUntil: Date,
    limit: number,
    share?: { readonly toOne: number; readonly but: readonly string[] },
  ): Promise<readonly ClaimedDelivery[]>;
  /**
   * Makes these deliveries due at once, if they wait and nobody works on them.
   * @returns how many
   */
  makeDeliveriesDue(ids: readonly string[], now: Date): Promise<number>;
  /**
   * Makes due at once the queued deliveries to a focal point (DID) whose last attempt had one of these codes.
   * @returns how many
   */
  makeWaitingDue(focalPoint: string, codes: readonly string[], now: Date): Promise<number>;
  /**
   * Makes due at once what waits for another gateway (DID): withdrawals, and deliveries that nobody works on,
   * unless their last attempt had one of the codes `but`.
   * @returns how many
   */
  makePeerDue(gateway: string, but: readonly string[], now: Date): Promise<number>;
  /** The other gateways (DID) for which `makePeerDue` would make something due. */
  peersWithWaiting(but: readonly string[], now: Date): Promise<readonly string[]>;
  /**
   * Ids of deliveries, without reminders, whose last attempt failed at an endpoint with one of these codes
   * and that have not expired; at most 1,000.
   */
  deliveriesFailedAt(endpoint: string, codes: readonly string[], now: Date): Promise<readonly string[]>;
  /**
   * For each endpoint (by id) that was ever reminded: when it was last reminded, and when its first waiting
   * reminder is due.
   */
  reminderTimes(endpoints: readonly string[]): Promise<ReadonlyMap<string, Reminded>>;
}
