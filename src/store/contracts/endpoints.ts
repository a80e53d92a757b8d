/**
 * Endpoints: where a message may be sent, how each goes off and comes back, what waits there to be confirmed,
 * and the notes brought there.
 *
 * An operator's command repeats what failed. Notes are claimed by the loop; what it does not finish is due again
 * when the lease ends.
 */

import type { EndpointNote } from '../../domain/carriage/endpoint-note.ts';
import type { OperatorActCode } from '../../domain/evidence/operator-act.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import type { OffByHand } from '../../domain/party/endpoint-life.ts';
import type { ConfirmationAct, LogEntryMaker } from './operator-log.ts';

/** Who asks the desk, and when. */
export interface ConfirmationRequester {
  /** An operator's handle. */
  readonly who: string;
  readonly now: Date;
}

/** How an endpoint comes back. */
export interface ReturnTerms {
  /** Codes of what stays off. */
  readonly but: readonly string[];
  /** By what, in a short word of ours. */
  readonly sign: string;
}

/** An endpoint that its channel switched off, or a sign of life on again. */
export interface SwitchedEndpoint {
  readonly id: string;
  readonly act: 'endpoint.off' | 'endpoint.on';
  /** The channel's code, or the sign. */
  readonly why: string;
}

/** A note that this process may bring until its lease ends; `tries` counts this claim. */
export interface ClaimedNote extends EndpointNote {
  readonly endpoint: Endpoint;
  readonly tries: number;
}

/** A link by which an officer says whether an endpoint is right. It may be looked at again until its end. */
export interface ConfirmLinkRow {
  /** SHA-256 of the token, base64url; the token itself is never stored. */
  readonly hash: string;
  /** Id of the endpoint that waits. */
  readonly about: string;
  /** The entry that asked: the link is about just this. */
  readonly asked: string;
  /** Id of the endpoint that it was sent to: it ends with that one. */
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
  /** The entry that asked. */
  readonly asked: string;
  /** `expired` holds only once the time has passed, the others only before. */
  readonly decision: 'confirmed' | 'refused' | 'expired';
  readonly now: Date;
  /** Whether those to whom the question has not come yet still get it, to see what was said. */
  readonly isTold: boolean;
  act(code: OperatorActCode): LogEntryMaker;
  /** The act by which another account of the officer is replaced. */
  replace(endpoint: string): LogEntryMaker;
}

export interface ConfirmedEndpoint {
  /** As it is from now on. */
  readonly endpoint: Endpoint;
  /** Accounts whose place it took. */
  readonly replaced: readonly Endpoint[];
}

export interface EndpointStore {
  /**
   * Keeps an endpoint; one with the same id is replaced, and is enabled or not as it says. An endpoint by which
   * somebody new could read, and which is not the first of its focal point, waits (`waiting.ts`): a new one is off
   * meanwhile, one in use stays as it is.
   * @throws Refusal `already-exists` where the focal point has another at this channel and address for the same
   * officer
   */
  keepEndpoint(endpoint: Endpoint, act: LogEntryMaker, asking: ConfirmationRequester): Promise<void>;
  /**
   * Notes how an officer of a focal point (DID) was called until now, at endpoints, unused codes and the PIN that
   * do not say it. With `after`, also that the same person is called so from now on: an endpoint then waits for
   * its focal point (`waiting.ts`); the PIN and its codes do not wait, because they open nothing without an
   * account.
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
  /** An endpoint by its id, in use or not; undefined where there is none or it is tampered. */
  findEndpoint(id: string): Promise<Endpoint | undefined>;
  /** Endpoints of this channel at this address. */
  endpointsAt(channel: string, address: string): Promise<readonly Endpoint[]>;
  /**
   * Endpoints of every focal point at the account of this one. `isSpoilt`: nobody can say who uses the account,
   * because an endpoint there is tampered, or an account that the operator's log names is gone.
   */
  accountUse(
    account: Pick<Endpoint, 'channel' | 'address'>,
  ): Promise<{ readonly endpoints: readonly Endpoint[]; readonly isSpoilt: boolean }>;
  /**
   * Takes an endpoint out of use; no sign of life brings it back. Its links end, it is not tried, and what is
   * queued there is due at once, to go elsewhere. A removed one keeps no address and no certificate.
   * @param code one of `OFF_BY_HAND`
   * @returns false where it was out by this code already
   */
  disableEndpoint(id: string, code: OffByHand, now: Date, act: LogEntryMaker): Promise<boolean>;
  /**
   * Puts an endpoint that is off back into use, unless its code is one of `back.but`. What is queued there is due
   * at once. One that was taken out by hand comes back by an operator act only. With `asking`, an account that had
   * ended waits for its focal point.
   * @returns whether it is back in use
   */
  enableEndpoint(
    id: string,
    back: ReturnTerms,
    now: Date,
    act?: LogEntryMaker,
    asking?: ConfirmationRequester,
  ): Promise<boolean>;
  /**
   * Writes into the operator's log what channels switched off since the last call, and what a sign of life brought
   * back; each once.
   * @param act the entry for one of them
   * @returns how many entries were made
   */
  recordSwitches(act: (one: SwitchedEndpoint) => LogEntryMaker): Promise<number>;
  /** Endpoints that a channel switched off; the one that is off longest stands first. */
  endpointsOff(): Promise<readonly Endpoint[]>;
  /** Endpoints at which something waits for the focal point; what was asked first stands first. */
  waitingEndpoints(): Promise<readonly Endpoint[]>;
  /**
   * Records what was said of an endpoint that waits, and carries it out. Of two calls at once the first one
   * decides.
   * @returns undefined where this does not wait any more: nothing was changed
   * @throws Refusal `already-exists` where the focal point has another endpoint at the new address by now
   */
  decideWaiting(verdict: EndpointVerdict): Promise<ConfirmedEndpoint | undefined>;
  /**
   * What was said of the endpoint that this entry asked about, by the operator's log; undefined where nothing was
   * said.
   */
  decisionOn(asked: string): Promise<ConfirmationAct | undefined>;
  /** Keeps a link. A link to an endpoint that is not in use is not kept. */
  keepConfirmLink(link: ConfirmLinkRow): Promise<void>;
  /** Looks at a link. Looking does not use it. */
  findConfirmLink(hash: string, now: Date): Promise<ConfirmLinkFound>;
  /** Keeps a note for an endpoint, due at once. */
  keepNote(endpoint: string, note: EndpointNote): Promise<void>;
  /**
   * Claims notes that are due, until `leaseUntil`. `tries` counts this claim. A note at a tampered endpoint is not
   * given.
   */
  claimNotes(now: Date, leaseUntil: Date, limit: number): Promise<readonly ClaimedNote[]>;
  /** Ends a note and forgets it, or has it brought again at `retryAt`. */
  finishNote(id: string, retryAt?: Date): Promise<void>;
}
