/** The contract for complaints: what another gateway signed and what does not hold, apart from every case. */
import type { EvidenceRow } from './records.ts';

export interface Complaint {
  /** DID of the gateway that signed what does not hold. */
  readonly gateway: string;
  /** SHA-256 of the payload that it signed, base64url. */
  readonly digest: string;
  /** Why, a code of the error table. */
  readonly code: string;
  /** As it was signed, JWS as text. */
  readonly jws: string;
  readonly at: Date;
}

export interface ComplaintStore {
  /** The signed complaint about this very evidence, JWS as text, where there is one. */
  complaintAbout(gateway: string, digest: string): Promise<string | undefined>;
  /** Keeps a complaint with its evidence; of two at the same time the first stands. */
  keepComplaint(one: Complaint, evidence: EvidenceRow): Promise<void>;
  /** The newest first. */
  complaints(limit: number): Promise<readonly (Complaint & { readonly evidence: string })[]>;
}
