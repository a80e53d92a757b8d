/** The contract for statements that evidence rests on and that are not kept here. */

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

export interface WantedStore {
  /**
   * Notes what is missing, once each; of one gateway a thousand at most. Until it is here, the gateway is asked that named
   * it last: one that names what it does not have keeps nobody else from being asked. @returns how many were noted
   */
  wantStatements(list: readonly WantedStatement[], now: Date): Promise<number>;
  /** Claims what is due to be asked for, until `next`: of each gateway in turn, so that none fills the claim. */
  claimWanted(now: Date, next: Date, limit: number): Promise<readonly WantedStatement[]>;
  keepPending(digest: string, statement: string): Promise<void>;
  /** Those of these digests; all, what is here first, the oldest of it first, and a thousand at most, where left out. */
  pendingStatements(digests?: readonly string[]): Promise<readonly PendingStatement[]>;
}
