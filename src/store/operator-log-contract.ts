/** The store's part of the operator's log: one chain of entries, each signed evidence, appended to and never changed. */
import type { EvidenceRow } from './records.ts';

/** The newest entry. */
export interface LogEnd {
  readonly place: number;
  /** SHA-256 of its signed payload, base64url. */
  readonly digest: string;
}

/** An entry that was just signed. */
export interface NewAct extends LogEnd {
  readonly evidence: EvidenceRow;
  /** The earlier entry that it ends. */
  readonly ends?: string;
}

/**
 * Makes the entry that follows `last` (undefined: the first), while the store holds the end of the log. It must only compute
 * and sign, and must not call the store. A throw keeps neither the entry nor the change it is about.
 */
export type Act = (last: LogEnd | undefined) => Promise<NewAct>;

/** An entry as it is kept. */
export interface KeptAct extends LogEnd {
  /** Of the entry, which is the id of its evidence. */
  readonly id: string;
  readonly ends?: string;
  /** JWS as text; absent where the evidence is gone. */
  readonly jws?: string;
}

export interface OperatorLogStore {
  /** Records an act that changes no row. @returns the id of the entry */
  recordAct(act: Act): Promise<string>;
  /** Entries in order, from the one after the place `after` (0 for the first). */
  operatorActs(after: number, limit: number): Promise<readonly KeptAct[]>;
}
