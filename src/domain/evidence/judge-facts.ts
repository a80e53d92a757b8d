/** What evidence is held against by the judge (`judge.ts`), and what it answers. */

import type { Designation, Digested } from '../party/designation.ts';
import type { Withdrawal } from '../party/in-force.ts';
import type { AgreementName, ClockTerms } from '../terms/agreement.ts';
import { type ProblemCode, Refusal } from '../words/error.ts';
import type { Urgency } from '../words/vocabulary.ts';
import type { Evidence } from './evidence.ts';

/** Why evidence does not hold. */
export interface EvidenceFault {
  readonly code: ProblemCode;
  /** The member that it is about. */
  readonly member: string;
  readonly detail: string;
}

export const makeEvidenceFault = (code: ProblemCode, member: string, detail: string): EvidenceFault => ({
  code,
  member,
  detail,
});

/** Throws a finding as a refusal. @throws Refusal */
export function throwEvidenceFault(found: EvidenceFault | undefined): void {
  if (found !== undefined) throw new Refusal(found.code, `${found.member}: ${found.detail}`);
}

export interface JudgedRecipient {
  readonly to: string;
  readonly digest: string;
  /** The version it was carried under here, and until when it is to be acknowledged by that; as far as it is known. */
  readonly agreement?: AgreementName | undefined;
  readonly acknowledgeBy?: Date | undefined;
}

/** The message that evidence is held against, as a gateway keeps it or a case file shows it. */
export interface JudgedMessage {
  readonly id: string;
  readonly thread: string;
  readonly sender: string;
  /** Of the consignment's payload. */
  readonly digest: string;
  readonly acceptedAt: Date;
  /** Everybody whom the sender wrote to, where that is known. */
  readonly addressees?: readonly string[] | undefined;
  readonly urgency?: Urgency | undefined;
  /** As far as they are known here; a recipient's home knows only its own. */
  readonly recipients: readonly JudgedRecipient[];
  /** Whom the gateway here refused by name when it took the message for others, and so took it not for. */
  readonly refused?: readonly string[] | undefined;
}

/** A withdrawal, and when whoever judges took it; where that is not known it counts from its beginning. */
export type KnownWithdrawal = Withdrawal & { readonly takenAt?: Date | undefined };

/** The statements that are known where evidence is judged. */
export interface KnownStatements {
  /** Every version that is known of the sender and of each recipient. */
  readonly designations: readonly Digested<Designation>[];
  readonly withdrawals: readonly KnownWithdrawal[];
  /** The agreements that are known, by what evidence names them with. */
  readonly agreements: readonly (AgreementName & { readonly digest: string } & Partial<ClockTerms>)[];
}

/** What evidence is held against. */
export interface EvidenceFacts extends KnownStatements {
  readonly message: JudgedMessage;
  /** DID of whoever judges: the gateway here, or the author of the case file. Its own evidence lacks no statement. */
  readonly here: string;
  /** Evidence dated later than this, but for the skew of clocks, does not hold: now, or when the file was made. */
  readonly asOf: Date;
  /** What the focal point signed itself, once its signature is verified; for `own-signature`. */
  readonly own?: Evidence | undefined;
}
