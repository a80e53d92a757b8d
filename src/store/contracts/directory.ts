/**
 * The directory: signed statements (designations, withdrawals, agreements, gateways), duty rosters, and what
 * other gateways read.
 *
 * Whoever keeps a statement may repeat the call: the same statement twice is kept once. Loops claim; what a loop
 * does not finish is due again when the lease ends.
 */

import type { Endpoint } from '../../domain/party/channel.ts';
import type { Roster } from '../../domain/terms/roster.ts';
import type { EvidenceRow } from './message-rows.ts';
import type { LogEntryMaker } from './operator-log.ts';

/** The directory: signed statements as text, and the endpoints that belong to them. */
export interface StatementRows {
  /** By focal point; of each, in the order in which they begin, of one instant the last kept last. */
  readonly designations: readonly string[];
  /** Of the designated focal points asked for. */
  readonly withdrawals: readonly string[];
  readonly agreements: readonly string[];
  /** Signed designations of gateways, all of them, in the same order. */
  readonly gateways: readonly string[];
}

export interface DirectoryRows extends StatementRows {
  /** Of the designated focal points asked for, and of every gateway. */
  readonly endpoints: readonly Endpoint[];
}

/** A verified withdrawal and the evidence that it was taken. */
export interface NewWithdrawal {
  /** DID of the focal point whose designation ends. */
  readonly did: string;
  readonly country: string;
  readonly from: Date;
  /** SHA-256 of its signed payload, base64url: what it is known by. */
  readonly digest: string;
  readonly statement: string;
  readonly evidence: EvidenceRow;
  /** DID of the gateway that brought it, which is not told of it then. */
  readonly toldBy?: string;
}

/** A withdrawal on its way to one other gateway. */
export interface WithdrawalSending {
  readonly did: string;
  readonly digest: string;
  readonly statement: string;
  /** DID of that gateway. */
  readonly gateway: string;
  readonly tries: number;
}

/** Every statement that is kept, as text: designations in the order they were kept, agreements by version. */
export type KeptStatements = Readonly<Record<'designations' | 'agreements' | 'gateways', readonly string[]>>;

/**
 * Judges a new statement against those that are kept, while no other is let in; a throw keeps nothing and comes back to
 * the caller. It must only compute, and must not call the store.
 */
export type StatementCheck = (kept: KeptStatements) => Promise<void>;

export interface WantedStatement {
  /** SHA-256 of the payload, base64url. */
  readonly digest: string;
  readonly kind: 'designation' | 'agreement';
  /** DID of the focal point, or id and version of the agreement. */
  readonly about: string;
  /** DID of the gateway that named it, and is asked for it. */
  readonly gateway: string;
}

/** A wanted statement, as it was signed once it is here. It gives nobody anything until it is imported. */
export interface PendingStatement extends WantedStatement {
  readonly wantedAt: Date;
  readonly statement?: string;
}

export interface DirectoryStore {
  /**
   * Reads designations (by DID or slug; all when left out), their endpoints, and every agreement and gateway, in
   * one round trip. With `at`, of each focal point and gateway: the designation that began last before it, and
   * those that begin later. Without, all there ever were. Leaves tampered endpoints out and raises the alarm.
   */
  readDirectory(parties?: readonly string[], at?: Date): Promise<DirectoryRows>;
  /** Reads the statements of the whole directory. It reads no endpoint, so that it raises no alarm about one. */
  readStatements(at?: Date): Promise<StatementRows>;
  /**
   * Keeps a verified designation beside the earlier ones. The same text again does nothing.
   * @param check judges it against the kept statements; what it throws comes back, and nothing is kept
   */
  keepDesignation(
    row: {
      did: string;
      slug: string;
      country: string;
      from: Date;
      statement: string;
    },
    check: StatementCheck | undefined,
    act: LogEntryMaker,
  ): Promise<void>;
  /**
   * Keeps a verified agreement. The same text again does nothing.
   * @param check as for a designation
   * @throws Refusal `already-exists` where this version is kept with another text: messages refer to it
   */
  keepAgreement(
    row: { id: string; version: number; from: Date; statement: string },
    check: StatementCheck | undefined,
    act: LogEntryMaker,
  ): Promise<void>;
  /**
   * Keeps a verified designation of a gateway beside the earlier ones. The same text again does nothing.
   * @param check as for a designation
   */
  keepGateway(
    row: { did: string; country: string; from: Date; statement: string },
    check: StatementCheck | undefined,
    act: LogEntryMaker,
  ): Promise<void>;
  /**
   * Keeps a verified withdrawal together with the evidence that it was taken. The same again keeps neither.
   * @returns whether it is new, and the id of the evidence that was given first
   */
  keepWithdrawal(
    row: NewWithdrawal,
    act: LogEntryMaker,
  ): Promise<{ readonly isNew: boolean; readonly evidence: string }>;
  /**
   * The evidence by which this gateway took the withdrawals of these focal points (DID), in the order in which it
   * was issued.
   */
  withdrawalEvidence(parties: readonly string[]): Promise<readonly EvidenceRow[]>;
  /**
   * Makes every kept withdrawal due to each of these gateways (DID) that does not have it yet.
   * @returns how many are new
   */
  sendWithdrawals(gateways: readonly string[], now: Date): Promise<number>;
  /** Claims withdrawals that are due to be sent, until `leaseUntil`. `tries` counts this claim. */
  claimWithdrawals(now: Date, leaseUntil: Date, limit: number): Promise<readonly WithdrawalSending[]>;
  /** Ends one sending: with the evidence that the other gateway signed for it, or to be sent again at `retryAt`. */
  finishWithdrawal(
    sent: Pick<WithdrawalSending, 'did' | 'digest' | 'gateway'>,
    end: { readonly evidence: EvidenceRow } | { readonly retryAt: Date },
  ): Promise<void>;
  /** How many sendings wait for the evidence of the other gateway. */
  withdrawalsWaiting(): Promise<number>;
  /** Keeps a focal point's duty roster in place of the one before. The caller has checked it. */
  keepRoster(focalPoint: string, roster: Roster, act: LogEntryMaker): Promise<void>;
  /** Rosters by DID, of those focal points that have one. A tampered one is left out. */
  rosters(focalPoints: readonly string[]): Promise<ReadonlyMap<string, Roster>>;
  /**
   * Claims the next look at what a gateway reads, where it is due; the one after that is due at `next`.
   * @returns false where it is not due, or another process has it
   */
  claimReads(gateway: string, now: Date, next: Date): Promise<boolean>;
  /** Keeps the signed capability document of a gateway; undefined where the gateway has none. */
  keepReads(gateway: string, statement: string | undefined, now: Date): Promise<void>;
  /** The document kept last, JWS as text. */
  readsOf(gateway: string): Promise<string | undefined>;
  /**
   * Notes which statements are missing, each once; of one gateway a thousand at most. The gateway that named a
   * statement last is asked for it: one that names what it does not have keeps nobody else from being asked.
   * @returns how many were noted
   */
  wantStatements(list: readonly WantedStatement[], now: Date): Promise<number>;
  /**
   * Claims statements that are due to be asked for, until `next`; of each gateway in turn, so that none fills the
   * claim.
   */
  claimWanted(now: Date, next: Date, limit: number): Promise<readonly WantedStatement[]>;
  /** Keeps a wanted statement that came, JWS as text, until it is imported. One that is not wanted is not kept. */
  keepPending(digest: string, statement: string): Promise<void>;
  /**
   * The wanted statements with these digests. Without digests: all, a thousand at most; those that came stand
   * first, the oldest before the others.
   */
  pendingStatements(digests?: readonly string[]): Promise<readonly PendingStatement[]>;
  /**
   * Claims the warning of an end, so that it is given once.
   * @returns true for one caller only: where nobody was warned of this very end, or the last time at `notSince` or
   * before
   */
  claimWarning(
    ending: { readonly what: string; readonly name: string; readonly until: Date },
    now: Date,
    notSince: Date,
  ): Promise<boolean>;
}
