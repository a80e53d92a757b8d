/**
 * Records: what passes through the doors of the store, in plain data. Statements, JWS and JWE are JSON text, exactly as they
 * were signed; nothing here says what a message says.
 */

import type { Delivery } from '../domain/carriage/delivery.ts';
import type { Note } from '../domain/carriage/note.ts';
import type { RankedDelivery } from '../domain/carriage/unpurged.ts';
import type { EvidenceEvent } from '../domain/evidence/evidence.ts';
import type { MessageName } from '../domain/message/message.ts';
import type { Endpoint } from '../domain/party/channel.ts';
import type { KeptMessage } from '../domain/terms/retention.ts';
import type { LongText } from '../domain/words/long-text.ts';
import type { Handling, Urgency } from '../domain/words/vocabulary.ts';
import type { Act } from './operator-log-contract.ts';

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
  readonly spoilt?: true;
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
  readonly settled?: Settled;
  /** True where another word says otherwise and nobody has settled it. */
  readonly contested?: boolean;
}

/** A named officer's word that ended the waiting. */
export interface Settled {
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

export interface NewMessage {
  readonly message: MessageRow;
  /** The signed consignment, JWS General JSON as text. */
  readonly consignment: LongText;
  readonly recipients: readonly (RecipientRow & { /** JWE as text. */ readonly sealed: LongText })[];
  /** The sender's own copy, JWE as text: it stays here, and goes with the rest. */
  readonly ownCopy?: LongText;
  /** What it ends the asking of, where the sender may do that once: a second one is `answered`. */
  readonly settles?: string;
  readonly deliveries: readonly Delivery[];
  /** The submission acceptance; its JWS is what a repeat gets again. */
  readonly receipt: EvidenceRow;
  /** What another gateway signed when it took the message, before it was relayed here. */
  readonly submission?: EvidenceRow;
  /** What was signed for recipients homed here whom the message was not taken for. */
  readonly rejections?: readonly EvidenceRow[];
  /** The thread is looked at for what falls due no later than then; left out, it is not for this message's sake. */
  readonly chaseAt?: Date;
}

export type Kept =
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

/** A delivery with all that a rule may look at, locked until the change is written. */
export interface Held {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  readonly message: MessageRow;
  /** The row of the recipient it is about; absent where the delivery carries evidence back to the sender. */
  readonly recipient?: RecipientRow;
  /** The other `message` deliveries of the same message to the same recipient. */
  readonly siblings: readonly Delivery[];
  /** The other reminders about this message and recipient, those to the sender's desk among them. */
  readonly reminders: readonly Delivery[];
  /** The link by which the change is asked for, locked as well. */
  readonly link?: LinkFound;
  /** The officers' words kept of this message to this recipient, JWS as text, in the order they were kept. */
  readonly words: readonly string[];
}

/** What to write. Everything in it is written, or nothing. */
export interface Change {
  /** New states of the held delivery, its siblings and reminders. */
  readonly deliveries?: readonly Delivery[];
  readonly created?: readonly Delivery[];
  readonly evidence?: readonly EvidenceRow[];
  readonly openedAt?: Date;
  readonly settled?: Settled;
  /** Whether words contradict each other from now on; stays as it is where left out. */
  readonly contested?: boolean;
  /** The link by which the change was asked for carried a word by it. */
  readonly saysByLink?: true;
  /** What the try says of the held delivery's endpoint. */
  readonly endpoint?: EndpointSign;
  /** An act may have begun: the thread is looked at for what falls due no later than then. */
  readonly chaseAt?: Date;
}

/**
 * A sign of an endpoint's life. `off`: stop using it, and have it told to the desk's other endpoints; it is tried itself
 * from `probeAt` on. `gone`: its channel says so, and is not believed yet. `alive`: what was said before counts no more.
 */
export type EndpointSign =
  | { readonly kind: 'alive' }
  | { readonly kind: 'gone'; readonly at: Date }
  | {
      readonly kind: 'off';
      readonly code: string;
      readonly at: Date;
      readonly probeAt: Date;
      readonly toldUntil: Date;
    };

/** A note that this process may bring until its lease ends; `tries` counts this claim. */
export interface ClaimedNote extends Note {
  readonly endpoint: Endpoint;
  readonly tries: number;
}

/** A delivery that this process may work on until its `dueAt` comes round again. */
export interface Claimed {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  readonly message: MessageRow;
  readonly recipient?: RecipientRow;
  /**
   * The sealed message as text, where the endpoint may be shown more than a notice. A large one is `apart`: it is read when it
   * is its turn.
   */
  readonly sealed?: string | { readonly apart: true };
  /** The evidence it carries, JWS as text. */
  readonly evidenceJws?: string;
}

/** When an endpoint was reminded of something that is not immediate. */
export interface Reminded {
  readonly told?: Date;
  readonly waiting?: Date;
}

/** A message with all that its content is kept in or carried by, locked until what is decided is written. */
export interface HeldContent {
  readonly message: MessageRow;
  readonly recipients: readonly RecipientRow[];
  /** Of the message itself; those that carry evidence are no part of this. */
  readonly deliveries: readonly RankedDelivery[];
  /** Whose sealed copies are kept here. */
  readonly parties: readonly string[];
  readonly consignment: boolean;
}

/** What is written with a purge; the content goes by itself. */
export interface Purge {
  readonly deliveries: readonly Delivery[];
  readonly created: readonly Delivery[];
  readonly evidence: readonly EvidenceRow[];
}

/** A thread of which content is kept, with all its messages in the order in which they were accepted. */
export interface ThreadContent {
  readonly thread: string;
  readonly messages: readonly KeptMessage[];
}

/** The directory: signed statements as text, and the endpoints that belong to them. */
export interface StatementRows {
  /** By focal point; of each, in the order in which they begin, of one instant the last kept last. */
  readonly designations: readonly string[];
  /** Of the designated focal points asked for. */
  readonly withdrawals: readonly string[];
  readonly agreements: readonly string[];
  /** Signed designations of gateways, all of them, in the same order. */
  readonly gateways: readonly string[];
}

export interface DirectoryRows extends StatementRows {
  /** Of the designated focal points asked for, and of every gateway. */
  readonly endpoints: readonly Endpoint[];
}

/** A verified withdrawal and the evidence that it was taken. */
export interface NewWithdrawal {
  /** DID of the focal point whose designation ends. */
  readonly did: string;
  readonly country: string;
  readonly from: Date;
  /** SHA-256 of its signed payload, base64url: what it is known by. */
  readonly digest: string;
  readonly statement: string;
  readonly evidence: EvidenceRow;
  /** DID of the gateway that brought it, which is not told of it then. */
  readonly toldBy?: string;
}

/** A withdrawal on its way to one other gateway. */
export interface SentWithdrawal {
  readonly did: string;
  readonly digest: string;
  readonly statement: string;
  /** DID of that gateway. */
  readonly gateway: string;
  readonly tries: number;
}

export type SecretKind = 'custody-key' | 'webhook-inbound' | 'webhook-outbound';

/** Something secret, wrapped under the master key (`seal/custody.ts`) before it comes here. */
export interface SecretRow {
  /** DID of the focal point, or id of the endpoint for `webhook-outbound`. */
  readonly owner: string;
  readonly kind: SecretKind;
  readonly id: string;
  readonly wrapped: string;
  /** Rotation: no longer used from then on. */
  readonly until?: Date;
}

/** What a secret is made with and ends with: its endpoint, or the secret of the same owner that was made first. */
export type MadeWith =
  | { readonly endpoint: string; readonly secret?: never }
  | { readonly secret: string; readonly endpoint?: never };

export interface AccessKeyRow {
  /** SHA-256 of the key, base64url; the key itself is never stored. */
  readonly hash: string;
  /** DID. */
  readonly focalPoint: string;
  readonly name: string;
  /** Absent for one from before this was kept. */
  readonly madeAt?: Date;
  /** The last day of use, `2026-11-30`, UTC. */
  readonly usedOn?: string;
  readonly endedAt?: Date;
}

export interface LinkRow {
  /** SHA-256 of the token, base64url; the token itself is never stored. */
  readonly hash: string;
  readonly purpose: 'read' | 'acknowledge';
  readonly delivery: string;
  readonly officer?: string;
  readonly expiresAt: Date;
}

/** The state of a link for one browser (`boundTo`: digest of its cookie). */
export type LinkFound =
  /** `said`: it has carried a word already. */
  | { readonly kind: 'open'; readonly link: LinkRow; readonly said?: true }
  | { readonly kind: 'used' | 'expired' | 'unknown' };

/** A link by which something is changed: asked for by a browser, and used in the transaction of the change. */
export interface ByLink {
  readonly hash: string;
  /** Digest of the browser's cookie. */
  readonly boundTo: string;
  readonly now: Date;
  /** That it was used for the first time: the row alone is not believed, which somebody could put back. */
  readonly act: Act;
}

/** An invitation for an officer to link an account of a channel. */
export interface LinkCodeRow {
  readonly hash: string;
  readonly endpoint: Omit<Endpoint, 'address' | 'enabled'>;
  readonly expiresAt: Date;
  /** Linked beside the officer's other accounts of the channel, and not in their place. */
  readonly beside?: true;
  /** The handle of the operator who made it. */
  readonly invitedBy?: string;
}

/** An arrival as it is kept before it is worked on. `payload` holds ids and codes only, never content. */
export interface NewArrival {
  /** The channel's own id: a repeat is dropped. */
  readonly id: string;
  /** Whose arrivals are worked on in order: the account's address. */
  readonly account: string;
  /** The channel's own order of what one account did: a later act has a higher place. */
  readonly place: number;
  /** Id of the delivery it acts on, where it acts on one. */
  readonly about?: string;
  readonly payload: unknown;
}

export interface ArrivalRow {
  readonly channel: string;
  readonly id: string;
  readonly payload: unknown;
  /** When it came to the door. */
  readonly keptAt: Date;
  /** The answer that is still to be told; where there is one, the arrival itself is worked on. */
  readonly said?: unknown;
  readonly tries: number;
}

/** Which threads a report looks at. */
export interface ThreadsUnder {
  /** Id of the agreement, in whatever version. */
  readonly agreement: string;
  readonly from: Date;
  readonly to: Date;
  readonly after: string;
}

/** All that is known of one message, for its parties. */
export interface MessageView {
  readonly message: MessageRow;
  readonly recipients: readonly RecipientRow[];
  readonly deliveries: readonly RankedDelivery[];
  /** In the order it was issued. */
  readonly evidence: readonly EvidenceRow[];
}

/** A message with what was said of it; its deliveries are its recipient's own business. */
export type ThreadMessage = Pick<MessageView, 'message' | 'recipients' | 'evidence'>;

export interface KeptThread {
  readonly thread: string;
  /** In the order in which they were accepted. */
  readonly messages: readonly ThreadMessage[];
}

/** Every statement that is kept, as text: designations in the order they were kept, agreements by version. */
export type KeptStatements = Readonly<Record<'designations' | 'agreements' | 'gateways', readonly string[]>>;

/**
 * Judges a new statement against those that are kept, while no other is let in; a throw keeps nothing and comes back to
 * the caller. It must only compute, and must not call the store.
 */
export type CheckStatement = (kept: KeptStatements) => Promise<void>;
