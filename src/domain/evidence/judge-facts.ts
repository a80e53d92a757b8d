/** The input of the judge (`judge.ts`), and its answer. */

import type { Designation, Digested } from '../party/designation.ts';
import type { Withdrawal } from '../party/in-force.ts';
import type { AgreementName, ClockTerms } from '../terms/agreement.ts';
import { type ProblemCode, Refusal } from '../words/error.ts';
import type { Urgency } from '../words/vocabulary.ts';
import type { Evidence } from './evidence.ts';

/** Why evidence is not valid. */
export interface EvidenceFault {
  readonly code: ProblemCode;
  /** The member with the fault. */
  readonly member: string;
  readonly detail: string;
}

export const makeEvidenceFault = (code: ProblemCode, member: string, detail: string): EvidenceFault => ({
  code,
  member,
  detail,
});

/** Throws a fault as a refusal; does nothing if there is none. @throws Refusal */
export function throwEvidenceFault(found: EvidenceFault | undefined): void {
  if (found !== undefined) throw new Refusal(found.code, `${found.member}: ${found.detail}`);
}

interface JudgedRecipient {
  readonly to: string;
  readonly digest: string;
  /**
   * The version of the agreement it was carried under here, and the deadline to acknowledge by that version, if
   * known.
   */
  readonly agreement?: AgreementName | undefined;
  readonly acknowledgeBy?: Date | undefined;
}

/** The message that evidence is about, as a gateway stores it or a case file shows it. */
export interface JudgedMessage {
  readonly id: string;
  readonly thread: string;
  readonly sender: string;
  /** Digest of the consignment's payload. */
  readonly digest: string;
  readonly acceptedAt: Date;
  /** All recipients that the sender addressed, if known. */
  readonly addressees?: readonly string[] | undefined;
  readonly urgency?: Urgency | undefined;
  /** The recipients known here. The home gateway of a recipient knows only its own. */
  readonly recipients: readonly JudgedRecipient[];
  /** Recipients that this gateway refused when it took the message for the others. */
  readonly refused?: readonly string[] | undefined;
}

/** A withdrawal, and when the judging party took it. Without that time it has effect from its beginning. */
type KnownWithdrawal = Withdrawal & { readonly takenAt?: Date | undefined };

/** The statements that are known to the judging party. */
export interface KnownStatements {
  /** Every known version of the sender and of each recipient. */
  readonly designations: readonly Digested<Designation>[];
  readonly withdrawals: readonly KnownWithdrawal[];
  /** The known agreements, by the names that evidence uses. */
  readonly agreements: readonly (AgreementName & { readonly digest: string } & Partial<ClockTerms>)[];
}

/** Everything that the judge compares evidence with. */
export interface EvidenceFacts extends KnownStatements {
  readonly message: JudgedMessage;
  /**
   * DID of the judging party: this gateway, or the author of the case file. All statements that its own evidence
   * names must be known.
   */
  readonly here: string;
  /** Evidence with a later time is not valid, except for the allowed clock skew. Now, or when the file was made. */
  readonly asOf: Date;
  /** For `own-signature`: what the focal point signed itself, with a verified signature. */
  readonly own?: Evidence | undefined;
}
