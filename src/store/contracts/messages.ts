/**
 * Messages and evidence: the write path for everything new, and evidence of others that belongs to no
 * message.
 *
 * What is kept here never changes. The caller may repeat every call: the same message, complaint or evidence
 * is kept once.
 */

import type { Delivery } from '../../domain/carriage/delivery.ts';
import type { RankedDelivery } from '../../domain/carriage/unpurged-copies.ts';
import type { LongText } from '../../domain/words/long-text.ts';
import type { EvidenceRow, MessageRow, RecipientRow } from './message-rows.ts';

export interface NewMessage {
  readonly message: MessageRow;
  /** The signed consignment, JWS General JSON as text. */
  readonly consignment: LongText;
  readonly recipients: readonly (RecipientRow & { /** JWE as text. */ readonly sealed: LongText })[];
  /** The sender's own copy, JWE as text. It stays here, and is purged with the rest. */
  readonly ownCopy?: LongText;
  /** The message that it completes, if the sender may do that once: a second one is `answered`. */
  readonly completes?: string;
  readonly deliveries: readonly Delivery[];
  /** The submission acceptance; a repeat gets its JWS again. */
  readonly receipt: EvidenceRow;
  /** The acceptance that another gateway signed before it relayed the message here. */
  readonly submission?: EvidenceRow;
  /** Rejections signed for recipients homed here for whom the message was not taken. */
  readonly rejections?: readonly EvidenceRow[];
  /**
   * The thread is looked at for due steps no later than then; if absent, this message does not change that.
   */
  readonly escalateAt?: Date;
}

export type KeepResult =
  | { readonly kind: 'kept' }
  /** The same submission again: return the first receipt, byte for byte. */
  | { readonly kind: 'repeat'; readonly receipt: Receipt }
  /**
   * The id, the key, or the id of the other gateway's receipt is used for something else. Nothing was
   * changed.
   */
  | { readonly kind: 'conflict'; readonly message: string }
  /**
   * The sender has completed the same message by another one, perhaps at this very moment. Nothing was
   * changed.
   */
  | { readonly kind: 'answered'; readonly message: string };

/** The answer to a submission. */
export interface Receipt {
  readonly message: string;
  readonly thread: string;
  readonly submissionDigest: string;
  /** The submission acceptance, JWS as text. */
  readonly jws: string;
}

/** All that is known of one message, for its parties. */
export interface MessageView {
  readonly message: MessageRow;
  readonly recipients: readonly RecipientRow[];
  readonly deliveries: readonly RankedDelivery[];
  /** In the order of issue. */
  readonly evidence: readonly EvidenceRow[];
}

export interface Complaint {
  /** DID of the gateway that signed the invalid evidence. */
  readonly gateway: string;
  /** SHA-256 of the payload that it signed, base64url. */
  readonly digest: string;
  /** Why it is not valid, a code of the error table. */
  readonly code: string;
  /** As it was signed, JWS as text. */
  readonly jws: string;
  readonly at: Date;
}

/** Evidence of a newer version, as another gateway signed it; its signature is valid. */
export interface AsideRow {
  /** DID of the gateway that signed it. */
  readonly gateway: string;
  /** Digest of its payload. */
  readonly digest: string;
  /** JWS as text. */
  readonly jws: string;
}

export interface MessageStore {
  /**
   * The write path for everything new: keeps a message with its recipients, deliveries and receipt, or
   * nothing of it. Its endpoints must be kept already. Simultaneous calls may share a transaction; a fault of
   * one does not affect the others.
   * @returns whether it was kept now, kept before, or refused because its id or key is used for something
   *   else
   */
  keepMessage(entry: NewMessage): Promise<KeepResult>;
  /** The receipt for this submission key of this sender; undefined if there is none. */
  findReceipt(sender: string, submissionKey: string): Promise<Receipt | undefined>;
  /** Keeps evidence of a refusal, which has no message. */
  keepRejection(row: EvidenceRow): Promise<void>;
  /** All evidence with this id, whoever signed it: an id is unique for its signer only. */
  findEvidence(id: string): Promise<readonly EvidenceRow[]>;
  /**
   * All that is kept of one message; undefined if there is no such message, or its row or a recipient's is
   * tampered.
   */
  readMessage(message: string): Promise<MessageView | undefined>;
  /** Whether there is a row of this id, tampered or not. */
  isKept(message: string): Promise<boolean>;
  /** Keeps a complaint with its evidence. If there is one about the same evidence, the first one stays. */
  keepComplaint(one: Complaint, evidence: EvidenceRow): Promise<void>;
  /** The signed complaint about this very evidence, JWS as text; undefined if there is none. */
  complaintAbout(gateway: string, digest: string): Promise<string | undefined>;
  /** Complaints, the newest first. */
  complaints(limit: number): Promise<readonly (Complaint & { readonly evidence: string })[]>;
  /**
   * Keeps evidence of a newer version aside. The same evidence again does nothing.
   * @returns false if the limit for this gateway is reached
   */
  keepAside(row: AsideRow, now: Date): Promise<boolean>;
  /** Evidence kept aside, of each gateway in turn, the oldest of each first. */
  keptAside(limit: number): Promise<readonly AsideRow[]>;
  /** How many pieces of evidence are kept aside. */
  asideCount(): Promise<number>;
  /** Deletes one piece of evidence, once it was taken or refused for good. */
  dropAside(row: Pick<AsideRow, 'gateway' | 'digest'>): Promise<void>;
}
