/**
 * The directory: signed statements (designations, withdrawals, agreements, gateways), duty rosters, and what
 * other gateways read.
 *
 * Keeping a statement may be repeated: the same statement is kept once. Loops claim; what a loop does not
 * finish is due again when the lease ends.
 */

import type { Endpoint } from '../../domain/party/channel.ts';
import type { Roster } from '../../domain/terms/roster.ts';
import type { EvidenceRow } from './message-rows.ts';
import type { LogEntryMaker } from './operator-log.ts';

/** Signed statements as text. */
export interface StatementRows {
  /**
   * Grouped by focal point, each group ordered by start. If two start at one instant, the one kept later
   * comes last.
   */
  readonly designations: readonly string[];
  /** Of the requested focal points. */
  readonly withdrawals: readonly string[];
  readonly agreements: readonly string[];
  /** Signed designations of all gateways, in the same order. */
  readonly gateways: readonly string[];
}

export interface DirectoryRows extends StatementRows {
  /** Of the requested focal points, and of every gateway. */
  readonly endpoints: readonly Endpoint[];
}

/** A verified withdrawal and the evidence that it was taken. */
export interface NewWithdrawal {
  /** DID of the focal point whose designation ends. */
  readonly did: string;
  readonly country: string;
  readonly from: Date;
  /** SHA-256 of its signed payload, base64url, which identifies it. */
  readonly digest: string;
  readonly statement: string;
  readonly evidence: EvidenceRow;
  /** DID of the gateway that brought it; the withdrawal is not sent back to it. */
  readonly toldBy?: string;
}

/** A withdrawal to be sent to one other gateway. */
export interface WithdrawalSending {
  readonly did: string;
  readonly digest: string;
  readonly statement: string;
  /** DID of that gateway. */
  readonly gateway: string;
  readonly tries: number;
}

/** Every kept statement as text: designations in the order of keeping, agreements by version. */
export type KeptStatements = Readonly<Record<'designations' | 'agreements' | 'gateways', readonly string[]>>;

/**
 * Judges a new statement against the kept ones, while no other can be kept. If it throws, nothing is kept and
 * the caller gets the fault. It must only compute, and must not call the store.
 */
export type StatementCheck = (kept: KeptStatements) => Promise<void>;

export interface WantedStatement {
  /** SHA-256 of the payload, base64url. */
  readonly digest: string;
  readonly kind: 'designation' | 'agreement';
  /** DID of the focal point, or id and version of the agreement. */
  readonly about: string;
  /** DID of the gateway that named it, from which it is requested. */
  readonly gateway: string;
}

/** A wanted statement, with its signed text once it has come. It grants nothing until it is imported. */
export interface PendingStatement extends WantedStatement {
  readonly wantedAt: Date;
  readonly statement?: string;
}

export interface DirectoryStore {
  /**
   * Reads designations (by DID or slug; all if absent), their endpoints, and every agreement and gateway, in
   * one round trip. With `at`, for each focal point and gateway: the last designation that began before it,
   * and those that begin later. Without, all there ever were. Tampered endpoints are left out and raise the
   * alarm.
   */
  readDirectory(parties?: readonly string[], at?: Date): Promise<DirectoryRows>;
  /** Reads the statements of the whole directory. It reads no endpoint, so it raises no alarm about one. */
  readStatements(at?: Date): Promise<StatementRows>;
  /**
   * Keeps a verified designation beside the earlier ones. The same text again does nothing.
   * @param check judges it against the kept statements; if it throws, the caller gets the fault and nothing
   *   is kept
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
   * @throws Refusal `already-exists` if this version is kept with another text, because messages refer to it
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
   * Keeps a verified withdrawal with the evidence that it was taken. The same again keeps neither.
   * @returns whether it is new, and the id of the evidence that was kept first
   */
  keepWithdrawal(
    row: NewWithdrawal,
    act: LogEntryMaker,
  ): Promise<{ readonly isNew: boolean; readonly evidence: string }>;
  /**
   * The evidence by which this gateway took the withdrawals of these focal points (DID), in the order of
   * issue.
   */
  withdrawalEvidence(parties: readonly string[]): Promise<readonly EvidenceRow[]>;
  /**
   * Makes every kept withdrawal due for each of these gateways (DID) that does not have it yet.
   * @returns how many are new
   */
  sendWithdrawals(gateways: readonly string[], now: Date): Promise<number>;
  /** Claims withdrawals that are due to be sent, until `leaseUntil`. `tries` counts this claim. */
  claimWithdrawals(now: Date, leaseUntil: Date, limit: number): Promise<readonly WithdrawalSending[]>;
  /**
   * Finishes one sending with the evidence that the other gateway signed for it, or makes it due again at
   * `retryAt`.
   */
  finishWithdrawal(
    sent: Pick<WithdrawalSending, 'did' | 'digest' | 'gateway'>,
    end: { readonly evidence: EvidenceRow } | { readonly retryAt: Date },
  ): Promise<void>;
  /** How many sendings wait for the other gateway's evidence. */
  withdrawalsWaiting(): Promise<number>;
  /** Keeps a focal point's duty roster and replaces the one before. The caller has checked it. */
  keepRoster(focalPoint: string, roster: Roster, act: LogEntryMaker): Promise<void>;
  /** Rosters by DID, of those focal points that have one. A tampered one is left out. */
  rosters(focalPoints: readonly string[]): Promise<ReadonlyMap<string, Roster>>;
  /**
   * Claims the fetch of a gateway's capability document, if it is due; the next one is due at `next`.
   * @returns false if it is not due, or another process has it
   */
  claimReads(gateway: string, now: Date, next: Date): Promise<boolean>;
  /** Keeps the signed capability document of a gateway; undefined if the gateway has none. */
  keepReads(gateway: string, statement: string | undefined, now: Date): Promise<void>;
  /** The document that was kept last, JWS as text. */
  readsOf(gateway: string): Promise<string | undefined>;
  /**
   * Notes which statements are missing, each once; at most a thousand of one gateway. A statement is
   * requested from the gateway that named it last, so a gateway that names what it does not have cannot
   * prevent others from being asked.
   * @returns how many were noted
   */
  wantStatements(list: readonly WantedStatement[], now: Date): Promise<number>;
  /**
   * Claims statements that are due to be requested, until `next`, of each gateway in turn, so that none fills
   * the claim.
   */
  claimWanted(now: Date, next: Date, limit: number): Promise<readonly WantedStatement[]>;
  /**
   * Keeps a wanted statement that came, JWS as text, until it is imported. A statement that is not wanted is
   * not kept.
   */
  keepPending(digest: string, statement: string): Promise<void>;
  /**
   * The wanted statements with these digests. Without digests: all, at most a thousand. Those that have come
   * are first, the oldest of them first.
   */
  pendingStatements(digests?: readonly string[]): Promise<readonly PendingStatement[]>;
  /**
   * Claims the warning about an end, so that it is given once.
   * @returns true for one caller only: if nobody was warned of this very end, or the last warning was at
   *   `notSince` or before
   */
  claimWarning(
    ending: { readonly what: string; readonly name: string; readonly until: Date },
    now: Date,
    notSince: Date,
  ): Promise<boolean>;
}
