/**
 * Secrets: wrapped keys, access keys, the check values of master keys, and the MACs of all rows that grant
 * something.
 *
 * Secrets arrive here wrapped; the store has no key. A command repeats what failed: every function may be
 * called again.
 */

import type { ConfirmationRequester } from './endpoints.ts';
import type { LogEntryMaker } from './operator-log.ts';

export type SecretKind = 'custody-key' | 'webhook-inbound' | 'webhook-outbound';

/** A secret, wrapped under the master key (`seal/custody.ts`) before it comes here. */
export interface SecretRow {
  /** DID of the focal point, or id of the endpoint for `webhook-outbound`. */
  readonly owner: string;
  readonly kind: SecretKind;
  readonly id: string;
  readonly wrapped: string;
  /** For rotation: not used from then on. */
  readonly until?: Date;
}

/**
 * The grant that a secret is made with and ends with: its endpoint, or the first secret of the same owner.
 */
export type SecretOrigin =
  | { readonly endpoint: string; readonly secret?: never }
  | { readonly secret: string; readonly endpoint?: never };

export interface AccessKeyRow {
  /** SHA-256 of the key, base64url; the key itself is never stored. */
  readonly hash: string;
  /** DID. */
  readonly focalPoint: string;
  readonly name: string;
  /** Absent for a key from before this was kept. */
  readonly madeAt?: Date;
  /** The last day of use, `2026-11-30`, UTC. */
  readonly usedOn?: string;
  readonly endedAt?: Date;
}

/**
 * The grants that an operator looks at one by one. Those that the program makes from them are only counted.
 */
export type ListedGrantKind = 'endpoint' | 'link-code' | 'access-key' | 'secret' | 'roster';

/** A row that grants nothing now, and why. */
export interface UnverifiedGrant {
  readonly kind: ListedGrantKind;
  /** Its name in the operator's log. */
  readonly subject: string;
  /**
   * `unsigned`: from before grants had MACs. `changed`: its MAC does not verify. `ended`: its entry has
   * ended.
   */
  readonly why: 'unsigned' | 'changed' | 'ended';
  /** DID of the owner; for a secret of an endpoint, the endpoint's id. */
  readonly owner: string;
  /** What it would grant, for the operator who knows whether it is right. */
  readonly grants: Readonly<Record<string, string>>;
}

interface AdoptionInput {
  act(subject: string): LogEntryMaker;
  /** Wraps a secret again, and only computes. If it returns undefined, the secret stays as it is. */
  rewrap(row: SecretRow): Promise<string | undefined>;
  /**
   * For grants that may be newer than MACs: an endpoint that opens access then waits for its focal point, as
   * if it were new.
   */
  readonly asking?: ConfirmationRequester | undefined;
  /** The log names nothing with a MAC before: links, arrivals and deliveries get MACs, too. */
  readonly isFirst: boolean;
}

export interface SecretStore {
  /**
   * Keeps a secret; the same owner, kind and id again replaces it. It is made by an operator act of its own,
   * or with another grant.
   * @returns the id of the entry by which it is made
   * @throws Error if the grant with which it is made is tampered or has ended
   */
  keepSecret(row: SecretRow, by: LogEntryMaker | SecretOrigin): Promise<string>;
  /** Secrets of one owner and kind in use at `now`, the newest first. A tampered one is left out. */
  secretsInUse(owner: string, kind: SecretKind, now: Date): Promise<readonly SecretRow[]>;
  /**
   * Secrets of all owners in the order in which they were first kept, from the one after `after` (`0`: from
   * the first). The next page begins after the last `place`. A replaced one keeps its place. `isValid` is
   * false for a tampered one.
   */
  secretPage(
    after: string,
    limit: number,
  ): Promise<readonly { readonly place: string; readonly row: SecretRow; readonly isValid: boolean }[]>;
  /**
   * Keeps a secret wrapped as `again`.
   * @returns false if it was replaced since `row` was read: nothing was changed
   */
  rewrapSecret(row: SecretRow, again: string): Promise<boolean>;
  /** The check values of master keys, each with the id of its key; the newest first. */
  masterChecks(): Promise<readonly { readonly id: string; readonly wrapped: string }[]>;
  /** Keeps the check value of a master key. One that is kept already stays. */
  keepMasterCheck(id: string, wrapped: string): Promise<void>;
  /** Deletes the check values of all other master keys. */
  forgetMasterChecks(except: string): Promise<void>;
  /** Keeps an access key by its digest. The same digest again does nothing. */
  keepAccessKey(
    row: { hash: string; focalPoint: string; name: string },
    now: Date,
    act: LogEntryMaker,
  ): Promise<void>;
  /**
   * Finds the focal point (DID) of an access key, and notes the day (UTC) of its use.
   * @returns undefined if there is no such key, it was ended, or it is tampered
   */
  accessKey(hash: string, now: Date): Promise<string | undefined>;
  /**
   * Access keys of one focal point (DID), or of all, in the order in which they were made; ended ones too.
   */
  accessKeys(focalPoint?: string): Promise<readonly AccessKeyRow[]>;
  /** Ends an access key, from the next call on. If it was ended before, that time stays. */
  endAccessKey(hash: string, now: Date, act: LogEntryMaker): Promise<void>;
  /** Rows that grant nothing because they are tampered or never had a MAC, grouped by kind. */
  unverifiedGrants(): Promise<readonly UnverifiedGrant[]>;
  /**
   * How many messages and recipients have no MAC; they get one together with the grants from which they were
   * made.
   * @param isFirst counts links, arrivals and deliveries too, which get one in the first adoption only
   */
  unsealedWork(isFirst: boolean): Promise<number>;
  /**
   * Makes the MAC of every listed row, each under the entry of its own act, and then of the rows made from
   * them; all or nothing.
   * @param listed what the operator has looked at; a row that is not in it, or has changed since, is skipped
   * @returns how many were adopted
   */
  adoptGrants(listed: readonly UnverifiedGrant[], how: AdoptionInput): Promise<number>;
  /**
   * Makes the MACs of all valid rows again under the current master key, `batch` at a time. It may be
   * interrupted and repeated.
   * @returns how many rows got a new MAC, and how many verify under no known key
   */
  resealGrants(batch: number): Promise<{ readonly resealed: number; readonly unsound: number }>;
}
