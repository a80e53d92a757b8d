/** The rows that messages are kept in, in plain data. Nothing here says what a message says. */

import type { EvidenceEvent } from '../../domain/evidence/evidence.ts';
import type { MessageName } from '../../domain/message/message.ts';
import type { Handling, Urgency } from '../../domain/words/vocabulary.ts';

/** What the gateway knows of a message in order to carry it. Nothing here says what the message says. */
export interface MessageRow {
  readonly id: string;
  readonly sender: string;
  readonly thread: string;
  readonly parent?: string;
  /** The message it answers, or is otherwise about. */
  readonly about?: string;
  /** DIDs of all it is sent to, in the consignment's order; those homed elsewhere too. */
  readonly addressees: readonly string[];
  /** The message whose original it passes on to others, and the permission that it does so by. */
  readonly passesOn?: string;
  readonly grant?: string;
  readonly type: MessageName;
  readonly urgency: Urgency;
  readonly handling: Handling;
  readonly createdAt: Date;
  readonly acceptedAt: Date;
  readonly expiresAt: Date;
  /** SHA-256 of the consignment's payload bytes, base64url. */
  readonly digest: string;
  /** Idempotency: the sender's key for this submission, and the digest of what was submitted under it. */
  readonly submissionKey: string;
  readonly submissionDigest: string;
  /** Its row, or that of one of its recipients, is not what was kept: nothing that these say is to be believed. */
  readonly isTampered?: true;
}

/** One message's way to one recipient: the row that is held while anything about it changes. */
export interface RecipientRow {
  readonly message: string;
  readonly to: string;
  /** Order in the consignment, from 0. */
  readonly position: number;
  /** Digest of the sealed message. */
  readonly digest: string;
  /** The version it is carried under, whatever replaces it; the digest of its signed payload. */
  readonly agreement: { readonly id: string; readonly version: number; readonly digest?: string };
  readonly acknowledgeBy: Date;
  readonly answerBy: Date;
  readonly openedAt?: Date;
  /** The word that stands. */
  readonly effectiveAcknowledgement?: EffectiveAcknowledgement;
  /** True where another word says otherwise and nobody has settled it. */
  readonly contested?: boolean;
}

/** A named officer's word that ended the waiting. */
export interface EffectiveAcknowledgement {
  readonly decision: 'accepted' | 'declined';
  readonly officer: string;
  readonly ground?: string;
  readonly at: Date;
  /** Id of the evidence that proves it. */
  readonly evidence: string;
}

export interface EvidenceRow {
  /** Key of the row; of what is signed here, the id that was signed. */
  readonly id: string;
  /** Who signed it, and the id in it, where another gateway did: these two name it. */
  readonly signer?: string;
  readonly signedId?: string;
  /** What may be kept once only, by what it says; a second one is refused. Written, and never read. */
  readonly once?: string;
  readonly event: EvidenceEvent;
  /** Absent for a rejection of something that was never kept. */
  readonly message?: string;
  readonly sender: string;
  readonly recipient?: string;
  readonly delivery?: string;
  readonly at: Date;
  /** JWS General JSON, as text; byte-identical for ever. */
  readonly jws: string;
}
