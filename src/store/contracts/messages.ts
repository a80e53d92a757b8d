/**
 * Messages and evidence: the write path for all that is new, and what was signed by others and belongs to no
 * message.
 *
 * What is kept here never changes. The caller may repeat every call: the same message, complaint or evidence is
 * kept once.
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
  /** The sender's own copy, JWE as text: it stays here, and goes with the rest. */
  readonly ownCopy?: LongText;
  /** What it ends the asking of, where the sender may do that once: a second one is `answered`. */
  readonly completes?: string;
  readonly deliveries: readonly Delivery[];
  /** The submission acceptance; its JWS is what a repeat gets again. */
  readonly receipt: EvidenceRow;
  /** What another gateway signed when it took the message, before it was relayed here. */
  readonly submission?: EvidenceRow;
  /** What was signed for recipients homed here whom the message was not taken for. */
  readonly rejections?: readonly EvidenceRow[];
  /** The thread is looked at for what falls due no later than then; left out, it is not for this message's sake. */
  readonly escalateAt?: Date;
}

export type KeepResult =
  | { readonly kind: 'kept' }
  /** The same submission again: give the first receipt, byte for byte. */
  | { readonly kind: 'repeat'; readonly receipt: Receipt }
  /** The id, the key, or the id of the other gateway's receipt is taken by something else. Nothing was changed. */
  | { readonly kind: 'conflict'; readonly message: string }
  /** The sender has settled the same message by another one, in this very moment perhaps. Nothing was changed. */
  | { readonly kind: 'answered'; readonly message: string };

/** What a submission was answered with. */
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
  /** In the order it was issued. */
  readonly evidence: readonly EvidenceRow[];
}

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

/** Evidence of a newer version, as another gateway signed it; its signature verifies. */
export interface AsideRow {
  /** DID of the gateway that signed it. */
  readonly gateway: string;
  /** Of its payload. */
  readonly digest: string;
  /** JWS as text. */
  readonly jws: string;
}

export interface MessageStore {
  /**
   * The write path for everything new: keeps a message with its recipients, deliveries and receipt, or nothing of
   * it. Its endpoints must be kept already. Calls at once may share one transaction; a fault of one does not touch
   * the others.
   * @returns what became of it: kept now, kept before, or refused because something else has its id or key
   */
  keepMessage(entry: NewMessage): Promise<KeepResult>;
  /** The receipt given for this submission key of this sender; undefined where there is none. */
  findReceipt(sender: string, submissionKey: string): Promise<Receipt | undefined>;
  /** Keeps evidence of something that was refused and so has no message. */
  keepRejection(row: EvidenceRow): Promise<void>;
  /** Every evidence with this id in it, whoever signed it: an id is unique to its signer only. */
  findEvidence(id: string): Promise<readonly EvidenceRow[]>;
  /**
   * All that is kept of one message; undefined where there is no such message, or its row or a recipient's is
   * tampered.
   */
  readMessage(message: string): Promise<MessageView | undefined>;
  /** Whether there is a row of this id, tampered or not. */
  isKept(message: string): Promise<boolean>;
  /** Keeps a complaint with its evidence. Of two about the same evidence the first one stays. */
  keepComplaint(one: Complaint, evidence: EvidenceRow): Promise<void>;
  /** The signed complaint about this very evidence, JWS as text; undefined where there is none. */
  complaintAbout(gateway: string, digest: string): Promise<string | undefined>;
  /** Complaints, the newest first. */
  complaints(limit: number): Promise<readonly (Complaint & { readonly evidence: string })[]>;
  /**
   * Keeps evidence of a newer version aside. The same evidence again does nothing.
   * @returns false where as much is kept aside of this gateway as may be
   */
  keepAside(row: AsideRow, now: Date): Promise<boolean>;
  /** What is kept aside, of each gateway in turn, the oldest of each first. */
  keptAside(limit: number): Promise<readonly AsideRow[]>;
  /** How many pieces of evidence are kept aside. */
  asideCount(): Promise<number>;
  /** Forgets one piece of evidence, once it was read or cannot be. */
  dropAside(row: Pick<AsideRow, 'gateway' | 'digest'>): Promise<void>;
}
