/** Entries of the operator's log: one chain of signed evidence that is only appended to. */

import type { EvidenceEvent } from '../../domain/evidence/evidence.ts';
import type { OperatorAct } from '../../domain/evidence/operator-act.ts';

/** The newest entry. */
export interface LogEnd {
  readonly place: number;
  /** SHA-256 of its signed payload, base64url. */
  readonly digest: string;
}

/** The evidence of an entry; it is about no message. */
interface LogEntryEvidence {
  readonly id: string;
  readonly event: EvidenceEvent;
  readonly sender: string;
  readonly at: Date;
  /** JWS General JSON, as text. */
  readonly jws: string;
}

/** An entry that was just signed. */
interface NewLogEntry extends LogEnd {
  readonly evidence: LogEntryEvidence;
  /** The earlier entry that it ends. */
  readonly ends?: string;
}

/** The log as the next entry finds it. */
export interface LogView {
  /** Absent if there is no entry yet. */
  readonly last?: LogEnd;
  /** The current entry of a grant, named as `grantOfAct` names it. */
  current(grant: string): string | undefined;
}

/** Members of an act on an endpoint that the store adds, from the rows and the log as it has locked them. */
export type OperatorActTerms = Pick<OperatorAct, 'desk' | 'opens' | 'waits'>;

/**
 * Makes the next entry, while the store has locked the end of the log. It must only compute and sign, and
 * must not call the store. If it throws, neither the entry nor its change is kept.
 */
export type LogEntryMaker = (log: LogView, terms?: OperatorActTerms) => Promise<NewLogEntry>;

/** A kept entry. */
export interface KeptLogEntry extends LogEnd {
  /** Id of the entry, which is the id of its evidence. */
  readonly id: string;
  readonly ends?: string;
  /** JWS as text; absent if the evidence is gone. */
  readonly jws?: string;
}

/** The decision on an endpoint that waited, and when (RFC 3339). */
export type ConfirmationAct = Pick<OperatorAct, 'act' | 'judged'> & { readonly at: string };

/** The newest act on something, and when (RFC 3339). Rows have it too, but only the log is trusted. */
export type LastOperatorAct = Pick<OperatorAct, 'act'> & { readonly at: string };
