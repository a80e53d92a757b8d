/** The adapter contract: what a channel must do, and the data that passes between it and the flow. */

import type { Evidence } from '../evidence/evidence.ts';
import type { ActName } from '../message/acts.ts';
import type { Attachment, Message } from '../message/message.ts';
import type { Submission } from '../message/submission.ts';
import type { Channel, Endpoint } from '../party/channel.ts';
import type { ProblemCode } from '../words/error.ts';
import type { LongText } from '../words/long-text.ts';
import type { Reader } from '../words/phrases.ts';
import type { DeclineReason, Handling, Urgency } from '../words/vocabulary.ts';
import type { NoteContent } from './endpoint-note.ts';

/**
 * One channel. It gets everything in its options, keeps no state of its own, and holds case content only during a
 * call.
 */
export interface Adapter {
  readonly channel: Channel;

  /**
   * Authenticates the caller and turns a request into arrivals. It bounds what it reads before it parses. An
   * expected fault is an arrival too, so it throws none. The caller stores what must be kept before it answers.
   */
  receive(request: Request): Promise<readonly Arrival[]>;

  /**
   * Hands one parcel to the channel. Resolves for every answer of the channel; a throw is a fault and is treated as
   * deferred. It does not retry: the delivery's row does. `signal` aborts it shortly before the lease ends.
   */
  send(parcel: Parcel, signal: AbortSignal): Promise<Outcome>;

  /** For a chat: the link by which a person brings a start code to it; undefined if it cannot be found out now. */
  startLink?(code: string): Promise<string | undefined>;
}

/**
 * A channel's answer. `code` is a short code of this program for logs and the tracking page, never text of the peer.
 * `attempt.ts` lists the codes that mean that no answer came.
 */
export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly code: string;
      /** `sent`: handed to a carrier that may yet fail; `delivered`: the recipient's own system has it. */
      readonly reach: 'sent' | 'delivered';
      readonly reference?: string;
      readonly revisable?: boolean;
      /** The peer's signed evidence (JWS), not verified yet; only if the peer is a gateway. */
      readonly evidence?: unknown;
      /** Its signed rejections for recipients that it did not accept (JWS), not verified yet. */
      readonly rejections?: unknown;
    }
  | { readonly kind: 'deferred'; readonly code: string /** Seconds. */; readonly retryAfter?: number }
  | {
      readonly kind: 'rejected';
      readonly code: string /** The address is dead: stop using it. */;
      readonly gone?: boolean;
      /** The peer's signed rejection, not verified yet. */
      readonly evidence?: unknown;
    };

/** What may be shown of a message anywhere, notices included: no case content and nobody of the case. */
export interface MessageSummary {
  readonly message: string;
  readonly thread: string;
  /** Short reference for people, from the message id. */
  readonly reference: string;
  readonly type: string;
  readonly urgency: Urgency;
  readonly handling: Handling;
  readonly sender: { readonly did: string; readonly name: string; readonly country: string };
  readonly recipient: { readonly did: string; readonly name: string; readonly country: string };
  readonly sentAt: Date;
  readonly acknowledgeBy: Date;
  readonly answerBy: Date;
  /** Short reference of the message that it answers or refers to. */
  readonly about?: string;
}

/** A named officer's acknowledgement of a message, for a revision or a report back. */
export interface Decision {
  readonly decision: 'accepted' | 'declined';
  readonly officer: string;
  readonly ground?: string;
  readonly at: Date;
  /**
   * Another officer of the focal point contradicts it, and nobody has settled that; shown only to officers of that
   * focal point.
   */
  readonly contested?: boolean;
}

/** The content that the endpoint may be shown. */
export type ParcelContent =
  | { readonly shows: 'notice' }
  | { readonly shows: 'sealed'; readonly sealed: Readonly<Record<string, unknown>> }
  | {
      readonly shows: 'packet';
      readonly message: Message;
      readonly jws: Readonly<Record<string, unknown>>;
      /** Corrections that the sender made before it went out. */
      readonly corrections?: readonly Message[];
      /** The formal letter (PDF), if the channel carries papers and the gateway can make one. */
      readonly letter?: Uint8Array;
      /** It should have a letter, but the letter could not be made; the reader is told. */
      readonly letterMissing?: true;
    }
  /** For another gateway: the signed consignment, and our receipt for it. Both JWS as text. */
  | { readonly shows: 'consignment'; readonly consignment: LongText; readonly submission: string };

interface Addressed {
  /** The delivery's id. It is the same for all attempts, so that a channel can recognise a repeat. */
  readonly delivery: string;
  readonly endpoint: Endpoint;
  /** The zone (IANA) of the reading focal point; times are shown in it. */
  readonly zone: string;
  readonly summary: MessageSummary;
}

/** One-time links to the gateway's pages, new for each attempt. */
export interface MessageLinks {
  readonly read?: string;
  /** If acknowledgements contradict each other, this page settles it. */
  readonly acknowledge?: string;
  /**
   * Several officers share the account, so they acknowledge on the page, which authenticates the officer, and not
   * by a tap.
   */
  readonly onPage?: true;
}

/** An act that is still owed, for a reminder. It contains nothing of the message's content. */
export interface ReminderItem {
  readonly summary: MessageSummary;
  readonly act: ActName;
  /** `half`, `deadline`, `failover`, `deputy` or `supervisor`. */
  readonly step: string;
  /** When the reminder was due, the deadline of the act, and the seconds it is late. */
  readonly at: Date;
  readonly until: Date;
  readonly late: number;
  /** The focal point that owes the act, and whether it is the one being reminded. */
  readonly owner: MessageSummary['sender'];
  readonly isOwner: boolean;
  /** The owner has no endpoint: the operator of its gateway has to add one. */
  readonly hasNoEndpoint?: true;
  /** Id of the officer it is for. */
  readonly officer?: string;
}

export type Parcel =
  | (Addressed & { readonly kind: 'message'; readonly content: ParcelContent; readonly links: MessageLinks })
  | (Addressed & {
      readonly kind: 'evidence';
      readonly evidence: Evidence;
      readonly jws: Readonly<Record<string, unknown>>;
    })
  /** Somebody still has to act: one act, or several in one notice. */
  | (Addressed & {
      readonly kind: 'reminder';
      readonly items: readonly ReminderItem[];
      readonly links: MessageLinks;
      /** The reader can answer it at once, like the message itself. */
      readonly answerable: boolean;
    })
  /** What an earlier parcel showed under `reference` has changed: opened, acknowledged or recalled. */
  | (Addressed & {
      readonly kind: 'revision';
      readonly reference: string;
      readonly decision?: Decision;
      readonly openedAt?: Date;
      /** The sender recalled the message: nobody must act on it, and its content must be deleted. */
      readonly recalledAt?: Date;
      readonly links: MessageLinks;
    })
  /** Belongs to no message: a test, or news about the focal point's own endpoints. `delivery` is the note's id. */
  | {
      readonly kind: 'note';
      readonly delivery: string;
      readonly endpoint: Endpoint;
      readonly zone: string;
      readonly focalPoint: { readonly did: string; readonly name: string };
      readonly says: NoteContent;
      readonly at: Date;
      /** Link to the page that answers it, for the officer it is sent to. */
      readonly link?: string;
    }
  /** An immediate reply to somebody who just acted in the channel; `reply` is the channel's own handle. */
  | {
      readonly kind: 'reply';
      readonly address: string;
      readonly lang: string;
      readonly reply?: string;
      readonly word: ReplyName;
      readonly about?: { readonly delivery: string; readonly reference?: string };
      /** The officer and endpoint that an account is linked to, or is to be. */
      readonly link?: LinkedAs;
      /** The acknowledgement on record; for `already-settled` the other officer's, which is in effect. */
      readonly recorded?: RecordedDecision;
    };

/** The reader of a parcel: the language of the endpoint, and the zone of its focal point. */
export const readerOf = ({ endpoint, zone }: Pick<Addressed, 'endpoint' | 'zone'>): Reader => ({
  lang: endpoint.lang,
  zone,
});

export type RecordedDecision = Pick<Decision, 'decision' | 'ground'>;

/** The officer an account is linked to, and the endpoint that it becomes. */
export interface LinkedAs {
  readonly endpoint: string;
  readonly officer: string;
  readonly desk: string;
}

/** A reply, by name; the channel translates it. */
export type ReplyName =
  | 'link-ask'
  | 'linked'
  /** The account waits for confirmation by the officer's colleagues. */
  | 'link-waits'
  | 'linked-again'
  | 'link-left'
  | 'unlinked'
  | 'link-refused'
  | 'ask-ground'
  /** The officer's own acknowledgement is on record, from now or from an earlier tap. */
  | 'taken'
  /** On record beside a contradicting acknowledgement of another officer, or of the same one. */
  | 'contradiction'
  | 'contradicts-self'
  /** Another officer acknowledged earlier; nothing was recorded. */
  | 'already-settled'
  /** `delayed`: not recorded yet, still being tried. `not-recorded`: given up. */
  | 'delayed'
  | 'not-recorded'
  | 'taken-back'
  | 'not-yours'
  /** Several officers share the account, so a tap does not show who acted. */
  | 'answer-on-page'
  | 'help';

/** What a channel received. */
export type Arrival =
  /** A partner's plain message, authenticated as from `focalPoint`. */
  | {
      readonly kind: 'submission';
      readonly focalPoint: string;
      readonly key: string;
      readonly digest: string;
      readonly submission: Submission;
      /** Its attachments in DIDComm form, if they were converted already; then they are not in the submission. */
      readonly files?: readonly Attachment[] | undefined;
    }
  /** A named officer's acknowledgement, from a partner's system or a person's tap. */
  | {
      readonly kind: 'decision';
      readonly by: DecidedBy;
      readonly decision: 'accepted' | 'declined';
      readonly ground?: DeclineReason;
      /** Ids of the contradicting acknowledgements that it settles. */
      readonly settles?: readonly string[];
      readonly reply?: ReplyAddress;
    }
  /** A partner's system confirms or refuses an endpoint of its focal point; `secret` signed the call. */
  | {
      readonly kind: 'confirmation';
      readonly focalPoint: string;
      readonly endpoint: string;
      readonly secret: string;
      readonly asked: string;
      readonly decision: 'confirmed' | 'refused';
    }
  /** An officer wants to decline and must give a reason. */
  | { readonly kind: 'ground-wanted'; readonly delivery: string; readonly reply: ReplyAddress }
  /** An account can be reached again: its owner has unblocked the channel. */
  | { readonly kind: 'alive'; readonly reply: ReplyAddress }
  /** An officer accepts or refuses to link the account, or unlinks it; `endpoint` is what it becomes. */
  | {
      readonly kind: 'link-answer';
      readonly answer: 'yes' | 'no' | 'undo';
      readonly endpoint: string;
      readonly reply: ReplyAddress;
    }
  /** An account asks to be linked to an officer, with a one-time code. */
  | { readonly kind: 'link'; readonly code: string; readonly reply: ReplyAddress }
  /** Somebody wrote something that the channel cannot use; the text is not kept. */
  | { readonly kind: 'chatter'; readonly reply: ReplyAddress }
  | {
      readonly kind: 'refused';
      readonly code: ProblemCode;
      readonly detail: string;
      /** The caller's DID, if it was authenticated before the refusal; it gets a signed rejection. */
      readonly focalPoint?: string;
      /** SHA-256 of the refused body, if it was read completely. */
      readonly digest?: string;
    };

/** Who decided: the account that tapped, or the partner's system that signed the call. */
type DecidedBy =
  | { readonly via: 'account'; readonly delivery: string; readonly address: string }
  | {
      readonly via: 'system';
      readonly focalPoint: string;
      readonly message: string;
      readonly officer: string;
    };

/** Where to send a reply. */
export interface ReplyAddress {
  /** The channel's own id of this arrival; a repeat has the same id. */
  readonly id: string;
  /** The channel's order of one account's actions: a later one has a higher place. */
  readonly place: number;
  readonly address: string;
  readonly lang: string;
  readonly handle?: string;
}
