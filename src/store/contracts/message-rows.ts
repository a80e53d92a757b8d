/** The rows of messages, in plain data. None of them has content. */

import type { EvidenceEvent } from '../../domain/evidence/evidence.ts';
import type { MessageName } from '../../domain/message/message.ts';
import type { Handling, Urgency } from '../../domain/words/vocabulary.ts';

/** What the gateway needs to know of a message to carry it. It has no content. */
export interface MessageRow {
  readonly id: string;
  readonly sender: string;
  readonly thread: string;
  readonly parent?: string;
  /** The message that it answers, or is otherwise about. */
  readonly about?: string;
  /** DIDs of all recipients, in the consignment's order, including those homed elsewhere. */
  readonly addressees: readonly string[];
  /** The message whose original it passes on to others, and the permission to do so. */
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
  /** For idempotency: the sender's key of this submission, and the digest of what was submitted under it. */
  readonly submissionKey: string;
  readonly submissionDigest: string;
  /** The MAC of its row, or of a recipient's row, does not verify: nothing in these rows may be trusted. */
  readonly isTampered?: true;
}

/** One message to one recipient: the row that is locked while anything about it changes. */
export interface RecipientRow {
  readonly message: string;
  readonly to: string;
  /** Order in the consignment, from 0. */
  readonly position: number;
  /** Digest of the sealed message. */
  readonly digest: string;
  /**
   * The version under which it is carried, even if that is replaced; and the digest of its signed payload.
   */
  readonly agreement: { readonly id: string; readonly version: number; readonly digest?: string };
  readonly acknowledgeBy: Date;
  readonly answerBy: Date;
  readonly openedAt?: Date;
  /** The acknowledgement in effect. */
  readonly effectiveAcknowledgement?: EffectiveAcknowledgement;
  /** True if another acknowledgement contradicts it and nobody has settled that. */
  readonly contested?: boolean;
}

/** A named officer's acknowledgement in effect. */
export interface EffectiveAcknowledgement {
  readonly decision: 'accepted' | 'declined';
  readonly officer: string;
  readonly ground?: string;
  readonly at: Date;
  /** Id of the evidence that proves it. */
  readonly evidence: string;
}

export interface EvidenceRow {
  /** Key of the row. For evidence signed here it is the signed id. */
  readonly id: string;
  /** Its signer and the id in it, if another gateway signed it. The two together identify it. */
  readonly signer?: string;
  readonly signedId?: string;
  /** A key by what it says; a second row with the same key is refused. It is written and never read. */
  readonly once?: string;
  readonly event: EvidenceEvent;
  /** Absent for a rejection of something that was never kept. */
  readonly message?: string;
  readonly sender: string;
  readonly recipient?: string;
  readonly delivery?: string;
  readonly at: Date;
  /** JWS General JSON, as text. Its bytes never change. */
  readonly jws: string;
}
