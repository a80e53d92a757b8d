/**
 * Secrets: wrapped keys, access keys, the values by which master keys are known, and the MACs of all rows that
 * grant something.
 *
 * Secrets arrive here wrapped; the store has no key. A command repeats what failed: every verb may be called
 * again.
 */

import type { ConfirmationRequester } from './endpoints.ts';
import type { LogEntryMaker } from './operator-log.ts';

export type SecretKind = 'custody-key' | 'webhook-inbound' | 'webhook-outbound';

/** Something secret, wrapped under the master key (`seal/custody.ts`) before it comes here. */
export interface SecretRow {
  /** DID of the focal point, or id of the endpoint for `webhook-outbound`. */
  readonly owner: string;
  readonly kind: SecretKind;
  readonly id: string;
  readonly wrapped: string;
  /** Rotation: no longer used from then on. */
  readonly until?: Date;
}

/** What a secret is made with and ends with: its endpoint, or the secret of the same owner that was made first. */
export type SecretOrigin =
  | { readonly endpoint: string; readonly secret?: never }
  | { readonly secret: string; readonly endpoint?: never };

export interface AccessKeyRow {
  /** SHA-256 of the key, base64url; the key itself is never stored. */
  readonly hash: string;
  /** DID. */
  readonly focalPoint: string;
  readonly name: string;
  /** Absent for one from before this was kept. */
  readonly madeAt?: Date;
  /** The last day of use, `2026-11-30`, UTC. */
  readonly usedOn?: string;
  readonly endedAt?: Date;
}

/** The grants that an operator looks at one by one; what the program makes from them is counted only. */
export type ListedGrantKind = 'endpoint' | 'link-code' | 'access-key' | 'secret' | 'roster';

/** A row that grants nothing as it stands, and why. */
export interface UnverifiedGrant {
  readonly kind: ListedGrantKind;
  /** What it is known by in the operator's log. */
  readonly subject: string;
  /** `unsigned`: from before grants were signed; `changed`: its MAC is not over what it says; `ended`: its entry has ended. */
  readonly why: 'unsigned' | 'changed' | 'ended';
  /** DID of whose it is; of a secret of an endpoint, the endpoint's id. */
  readonly owner: string;
  /** What it would grant, for the operator who knows whether it is right. */
  readonly grants: Readonly<Record<string, string>>;
}

export interface AdoptionInput {
  act(subject: string): LogEntryMaker;
  /** Wraps a secret anew, and only computes; one for which it gives nothing stays as it is. */
  rewrap(row: SecretRow): Promise<string | undefined>;
  /**
   * Of grants that were not all from before they were signed: an endpoint that opens something then waits for its desk, as if it
   * were new.
   */
  readonly asking?: ConfirmationRequester | undefined;
  /** The log says of nothing that was signed here before: links, arrivals and deliveries are sealed, too. */
  readonly isFirst: boolean;
}

export interface SecretStore {
  /**
   * Keeps a secret; the same owner, kind and id again replaces it. It is made by an operator act of its own, or
   * with another grant.
   * @returns the id of the entry it is made by
   * @throws Error where the grant that it is made with is tampered or has ended
   */
  keepSecret(row: SecretRow, by: LogEntryMaker | SecretOrigin): Promise<string>;
  /** Secrets of one owner and kind that are in use at `now`, the newest first. A tampered one is left out. */
  secretsInUse(owner: string, kind: SecretKind, now: Date): Promise<readonly SecretRow[]>;
  /**
   * Secrets of all owners in the order in which they were first kept, from the one after `after` (`0` for the
   * first). The next page begins after the last `place`. One that is replaced keeps its place. `isSound` is false
   * for a tampered one.
   */
  secretPage(
    after: string,
    limit: number,
  ): Promise<readonly { readonly place: string; readonly row: SecretRow; readonly isSound: boolean }[]>;
  /**
   * Keeps a secret as `again`.
   * @returns false where it was replaced since `row` was read: nothing was changed
   */
  rewrapSecret(row: SecretRow, again: string): Promise<boolean>;
  /** The values by which master keys are known, each with the id of its key; the newest first. */
  masterChecks(): Promise<readonly { readonly id: string; readonly wrapped: string }[]>;
  /** Keeps the value of a master key. One that is kept already stays. */
  keepMasterCheck(id: string, wrapped: string): Promise<void>;
  /** Forgets the values of all other master keys. */
  forgetMasterChecks(except: string): Promise<void>;
  /** Keeps an access key by its digest. The same digest again does nothing. */
  keepAccessKey(
    row: { hash: string; focalPoint: string; name: string },
    now: Date,
    act: LogEntryMaker,
  ): Promise<void>;
  /**
   * Finds the focal point (DID) that an access key is bound to, and notes the day (UTC) of its use.
   * @returns undefined where there is no such key, it was ended, or it is tampered
   */
  accessKey(hash: string, now: Date): Promise<string | undefined>;
  /** Access keys of one focal point (DID), or of all, in the order in which they were made; ended ones too. */
  accessKeys(focalPoint?: string): Promise<readonly AccessKeyRow[]>;
  /** Ends an access key, from the next call on. One that was ended before stays ended since then. */
  endAccessKey(hash: string, now: Date, act: LogEntryMaker): Promise<void>;
  /** Rows that grant nothing because they are tampered or were never signed; those of one kind together. */
  unverifiedGrants(): Promise<readonly UnverifiedGrant[]>;
  /**
   * How many messages and recipients carry no MAC: they are sealed with the grants they were made from.
   * @param isFirst counts links, arrivals and deliveries too, which are sealed in the first adoption only
   */
  unsealedWork(isFirst: boolean): Promise<number>;
  /**
   * Seals every listed row, each under the entry of its own act, and then the rows that follow from them; all or
   * nothing.
   * @param listed what the operator has looked at; a row that is not in it, or has changed since, is left
   * @returns how many were sealed
   */
  adoptGrants(listed: readonly UnverifiedGrant[], how: AdoptionInput): Promise<number>;
  /**
   * Puts the MACs of all valid rows under the master key that seals now, `batch` at a time. It may be broken off
   * and repeated.
   * @returns how many rows were sealed anew, and how many verify under no key there is
   */
  resealGrants(batch: number): Promise<{ readonly resealed: number; readonly unsound: number }>;
}
