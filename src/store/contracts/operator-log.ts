/** Entries of the operator's log: one chain of signed evidence, appended to and never changed. */

import type { EvidenceEvent } from '../../domain/evidence/evidence.ts';
import type { OperatorAct } from '../../domain/evidence/operator-act.ts';

/** The newest entry. */
export interface LogEnd {
  readonly place: number;
  /** SHA-256 of its signed payload, base64url. */
  readonly digest: string;
}

/** The evidence that an entry is: about no message. */
export interface LogEntryEvidence {
  readonly id: string;
  readonly event: EvidenceEvent;
  readonly sender: string;
  readonly at: Date;
  /** JWS General JSON, as text. */
  readonly jws: string;
}

/** An entry that was just signed. */
export interface NewLogEntry extends LogEnd {
  readonly evidence: LogEntryEvidence;
  /** The earlier entry that it ends. */
  readonly ends?: string;
}

/** The log as the next entry finds it. */
export interface LogView {
  /** Absent where there is no entry yet. */
  readonly last?: LogEnd;
  /** The entry that counts of a grant, named as `grantOf` names it. */
  current(grant: string): string | undefined;
}

/** What the store says of an act on an endpoint, from the rows and the log as it holds them. */
export type OperatorActTerms = Pick<OperatorAct, 'desk' | 'opens' | 'waits'>;

/**
 * Makes the entry that follows, while the store holds the end of the log. It must only compute and sign, and must not call
 * the store. A throw keeps neither the entry nor the change it is about.
 */
export type LogEntryMaker = (log: LogView, terms?: OperatorActTerms) => Promise<NewLogEntry>;

/** An entry as it is kept. */
export interface KeptLogEntry extends LogEnd {
  /** Of the entry, which is the id of its evidence. */
  readonly id: string;
  readonly ends?: string;
  /** JWS as text; absent where the evidence is gone. */
  readonly jws?: string;
}

/** What was said of an endpoint that waited, and when (RFC 3339). */
export type ConfirmationAct = Pick<OperatorAct, 'act' | 'judged'> & { readonly at: string };

/** The newest act on something, and when (RFC 3339): rows say it too, and the log alone is believed. */
export type LastOperatorAct = Pick<OperatorAct, 'act'> & { readonly at: string };
