/**
 * Endpoints: where a message may be sent, how each is switched off and restored, what waits there for
 * confirmation, and the notes sent there.
 *
 * An operator's command repeats what failed. The loop claims notes; one that it does not finish is due again
 * when the lease ends.
 */

import type { EndpointNote } from '../../domain/carriage/endpoint-note.ts';
import type { OperatorActCode } from '../../domain/evidence/operator-act.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import type { OffByHand } from '../../domain/party/endpoint-life.ts';
import type { ConfirmationAct, LogEntryMaker } from './operator-log.ts';

/** Who asks the focal point for confirmation, and when. */
export interface ConfirmationRequester {
  /** An operator's handle. */
  readonly who: string;
  readonly now: Date;
}

/** How an endpoint is restored. */
interface ReturnTerms {
  /** Codes of endpoints that stay off. */
  readonly but: readonly string[];
  /** The sign that restores it, a short code of this program. */
  readonly sign: string;
}

/** The operator act that restores an endpoint. */
export interface EndpointReturnAct {
  readonly act: LogEntryMaker;
  /** Requests a confirmation from the focal point, for an account that had ended; not requested if left out. */
  readonly asking?: ConfirmationRequester;
}

/** An endpoint that its channel switched off, or a sign of life restored. */
export interface SwitchedEndpoint {
  readonly id: string;
  readonly act: 'endpoint.off' | 'endpoint.on';
  /** The channel's code, or the sign. */
  readonly why: string;
}

/** A note that this process may send until its lease ends. `tries` counts this claim. */
export interface ClaimedNote extends EndpointNote {
  readonly endpoint: Endpoint;
  readonly tries: number;
}

/** A link by which an officer says whether an endpoint is right. It may be opened again until its end. */
export interface ConfirmLinkRow {
  /** SHA-256 of the token, base64url; the token itself is never stored. */
  readonly hash: string;
  /** Id of the endpoint that waits. */
  readonly about: string;
  /** The entry of the operator's log that asked; the link is for this question only. */
  readonly asked: string;
  /** Id of the endpoint to which it was sent; the link ends with that endpoint. */
  readonly endpoint: string;
  readonly officer: string;
  readonly expiresAt: Date;
}

export type ConfirmLinkFound =
  | { readonly kind: 'open'; readonly link: ConfirmLinkRow }
  | { readonly kind: 'expired' | 'unknown' };

export interface EndpointVerdict {
  /** Id of the endpoint. */
  readonly endpoint: string;
  /** The entry of the operator's log that asked. */
  readonly asked: string;
  /** `expired` is valid only after the deadline, the others only before. */
  readonly decision: 'confirmed' | 'refused' | 'expired';
  readonly now: Date;
  /** Whether officers who have not got the question yet still get it, to see the decision. */
  readonly isTold: boolean;
  act(code: OperatorActCode): LogEntryMaker;
  /** The act by which another account of the officer is replaced. */
  replace(endpoint: string): LogEntryMaker;
}

export interface ConfirmedEndpoint {
  /** The endpoint as it is from now on. */
  readonly endpoint: Endpoint;
  /** Accounts that it replaced. */
  readonly replaced: readonly Endpoint[];
}

export interface EndpointStore {
  /**
   * Keeps an endpoint; one with the same id is replaced. It is enabled or not as it says. An endpoint that
   * would let somebody new read, and is not the first of its focal point, waits (`waiting.ts`): a new one is
   * off meanwhile, one in use stays as it is.
   * @throws Refusal `already-exists` if the focal point has another at this channel and address for the same
   *   officer
   */
  keepEndpoint(endpoint: Endpoint, act: LogEntryMaker, asking: ConfirmationRequester): Promise<void>;
  /**
   * Notes an officer's name until now (of a focal point, DID) at those of the officer's endpoints, unused
   * codes and PIN that lack it. With `after`, also notes that the same person has this name from now on. An
   * endpoint then waits for its focal point (`waiting.ts`). The PIN and its codes do not wait, because they
   * open nothing without an account.
   */
  noteOfficerName(
    officer: { readonly focalPoint: string; readonly id: string },
    names: { readonly before: string; readonly after?: string | undefined },
    acts: {
      readonly endpoint: (id: string) => LogEntryMaker;
      readonly pin: (subject: string) => LogEntryMaker;
    },
    asking: ConfirmationRequester,
  ): Promise<void>;
  /** An endpoint by its id, in use or not; undefined if there is none or it is tampered. */
  findEndpoint(id: string): Promise<Endpoint | undefined>;
  /** Endpoints of this channel at this address. */
  endpointsAt(channel: string, address: string): Promise<readonly Endpoint[]>;
  /**
   * Endpoints of every focal point at the account of this one. `hasUnknownUsers`: nobody can say who uses the
   * account, because an endpoint there is tampered, or an account in the operator's log is missing.
   */
  accountUse(
    account: Pick<Endpoint, 'channel' | 'address'>,
  ): Promise<{ readonly endpoints: readonly Endpoint[]; readonly hasUnknownUsers: boolean }>;
  /**
   * Takes an endpoint out of use; no sign of life restores it. Its links end, it is not probed, and what is
   * queued there is due at once, to go elsewhere. A removed one keeps no address and no certificate.
   * @param code one of `OFF_BY_HAND`
   * @returns false if it was off with this code already
   */
  disableEndpoint(id: string, code: OffByHand, now: Date, act: LogEntryMaker): Promise<boolean>;
  /**
   * Puts an endpoint that is off back into use, unless its code is in `back.but`. What is queued there is due
   * at once. One that an operator took out of use is restored by an operator act only. With `by.asking`, an
   * account that had ended waits for its focal point.
   * @returns whether it is back in use
   */
  enableEndpoint(id: string, back: ReturnTerms, now: Date, by?: EndpointReturnAct): Promise<boolean>;
  /**
   * Records in the operator's log what channels switched off since the last call, and what a sign of life
   * restored; each once.
   * @param act makes the entry for one of them
   * @returns how many entries were made
   */
  recordSwitches(act: (one: SwitchedEndpoint) => LogEntryMaker): Promise<number>;
  /** Endpoints that a channel switched off; the one that is off longest is first. */
  endpointsOff(): Promise<readonly Endpoint[]>;
  /** Endpoints at which something waits for the focal point; the oldest question is first. */
  waitingEndpoints(): Promise<readonly Endpoint[]>;
  /**
   * Records the decision on an endpoint that waits, and carries it out. Of two simultaneous calls the first
   * one decides.
   * @returns undefined if this no longer waits: nothing was changed
   * @throws Refusal `already-exists` if the focal point has another endpoint at the new address by now
   */
  decideWaiting(verdict: EndpointVerdict): Promise<ConfirmedEndpoint | undefined>;
  /** The decision on the question of this entry, by the operator's log; undefined if there is none. */
  decisionOn(asked: string): Promise<ConfirmationAct | undefined>;
  /** Keeps a link. A link to an endpoint that is not in use is not kept. */
  keepConfirmLink(link: ConfirmLinkRow): Promise<void>;
  /** Looks at a link without using it. */
  findConfirmLink(hash: string, now: Date): Promise<ConfirmLinkFound>;
  /** Keeps a note for an endpoint, due at once. */
  keepNote(endpoint: string, note: EndpointNote): Promise<void>;
  /**
   * Claims due notes until `leaseUntil`. `tries` counts this claim. A note at a tampered endpoint is not
   * returned.
   */
  claimNotes(now: Date, leaseUntil: Date, limit: number): Promise<readonly ClaimedNote[]>;
  /** Finishes a note and deletes it, or makes it due again at `retryAt`. */
  finishNote(id: string, retryAt?: Date): Promise<void>;
}
