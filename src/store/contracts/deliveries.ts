/**
 * Deliveries: the write path for all that changes, and the claims by which deliveries are worked on.
 *
 * Whoever changes a delivery repeats the call that failed; the rule then sees what is kept by now. The loop
 * needs no repeat: a claim that it does not finish is due again when the lease ends.
 */

import type { Delivery } from '../../domain/carriage/delivery.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import type { LinkFound, LinkUse } from './links.ts';
import type { EffectiveAcknowledgement, EvidenceRow, MessageRow, RecipientRow } from './message-rows.ts';

/** A delivery with all that a rule may look at, locked until the change is written. */
export interface HeldDelivery {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  readonly message: MessageRow;
  /** The row of the recipient it is about; absent where the delivery carries evidence back to the sender. */
  readonly recipient?: RecipientRow;
  /** The other `message` deliveries of the same message to the same recipient. */
  readonly siblings: readonly Delivery[];
  /** The other reminders about this message and recipient, those to the sender's desk among them. */
  readonly reminders: readonly Delivery[];
  /** The link by which the change is asked for, locked as well. */
  readonly link?: LinkFound;
  /** The officers' words kept of this message to this recipient, JWS as text, in the order they were kept. */
  readonly acknowledgements: readonly string[];
}

/** What to write. Everything in it is written, or nothing. */
export interface DeliveryChange {
  /** New states of the held delivery, its siblings and reminders. */
  readonly deliveries?: readonly Delivery[];
  readonly created?: readonly Delivery[];
  readonly evidence?: readonly EvidenceRow[];
  readonly openedAt?: Date;
  readonly effectiveAcknowledgement?: EffectiveAcknowledgement;
  /** Whether words contradict each other from now on; stays as it is where left out. */
  readonly contested?: boolean;
  /** The link by which the change was asked for carried a word by it. */
  readonly acknowledgesByLink?: true;
  /** What the try says of the held delivery's endpoint. */
  readonly endpoint?: EndpointSign;
  /** An act may have begun: the thread is looked at for what falls due no later than then. */
  readonly escalateAt?: Date;
}

/**
 * A sign of an endpoint's life. `off`: stop using it, and have it told to the desk's other endpoints; it is tried itself
 * from `probeAt` on. `gone`: its channel says so, and is not believed yet. `alive`: what was said before counts no more.
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

/** A delivery that this process may work on until its `dueAt` comes round again. */
export interface ClaimedDelivery {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  readonly message: MessageRow;
  readonly recipient?: RecipientRow;
  /**
   * The sealed message as text, where the endpoint may be shown more than a notice. A large one is `apart`: it is read when it
   * is its turn.
   */
  readonly sealed?: string | { readonly apart: true };
  /** The evidence it carries, JWS as text. */
  readonly evidenceJws?: string;
}

/** When an endpoint was reminded of something that is not immediate. */
export interface Reminded {
  readonly told?: Date;
  readonly waiting?: Date;
}

export interface DeliveryStore {
  /**
   * The write path for every change: holds the delivery and its recipient's row, asks `decide`, and writes what it
   * says, or nothing of it. Calls at once may share one transaction; two for the same recipient follow each other.
   * @param decide computes and signs only, and must not call the store: it is called again where the transaction
   * is. What it throws comes back to the caller, and nothing is written
   * @param link is held too, shown to `decide`, and used unless `decide` throws
   * @returns what was held; undefined where there is no such delivery or it is tampered
   * @throws Refusal `already-exists`, with nothing written, where evidence of the same id is kept already
   */
  changeDelivery(
    id: string,
    decide: (held: HeldDelivery) => Promise<DeliveryChange>,
    link?: LinkUse,
  ): Promise<HeldDelivery | undefined>;
  /** Reads what `changeDelivery` would hold, without holding it: for what a decision needs beforehand. */
  readDelivery(id: string): Promise<HeldDelivery | undefined>;
  /** Id of a delivery of the message to this recipient, of the lowest rank; undefined where there is none. */
  findDelivery(message: string, to: string): Promise<string | undefined>;
  /**
   * Claims due deliveries by moving their `dueAt` to `leaseUntil`; skips what others hold. The oldest due stands
   * first. It may give fewer than are due, because sealed messages are large or many go to one endpoint: claim
   * until none come. A tampered one is not given, and is due again when the lease ends.
   * @param share how many may go to one endpoint, and the endpoints for which none is claimed
   */
  claimDeliveries(
    now: Date,
    leaseUntil: Date,
    limit: number,
    share?: { readonly toOne: number; readonly but: readonly string[] },
  ): Promise<readonly ClaimedDelivery[]>;
  /**
   * Makes these deliveries due at once, where they wait and nobody works on them.
   * @returns how many
   */
  makeDeliveriesDue(ids: readonly string[], now: Date): Promise<number>;
  /**
   * Makes due at once the queued deliveries to a focal point (DID) that were put off with one of these codes last.
   * @returns how many
   */
  makeWaitingDue(focalPoint: string, codes: readonly string[], now: Date): Promise<number>;
  /**
   * Makes due at once what waits for another gateway (DID): withdrawals, and deliveries that nobody works on,
   * unless they were put off with one of the codes `but` last.
   * @returns how many
   */
  makePeerDue(gateway: string, but: readonly string[], now: Date): Promise<number>;
  /** The other gateways (DID) for which `hurryPeer` would make something due. */
  peersWithWaiting(but: readonly string[], now: Date): Promise<readonly string[]>;
  /**
   * Ids of deliveries, reminders left out, that failed at an endpoint with one of these codes last and have time
   * left; 1,000 at most.
   */
  deliveriesFailedAt(endpoint: string, codes: readonly string[], now: Date): Promise<readonly string[]>;
  /**
   * Of each endpoint (by id) that was ever reminded: when it was reminded last, and when the first waiting
   * reminder goes.
   */
  reminderTimes(endpoints: readonly string[]): Promise<ReadonlyMap<string, Reminded>>;
}
