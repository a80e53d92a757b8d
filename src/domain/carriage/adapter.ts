/** The adapter contract: what a channel must do, and the few things that pass between it and the flow. */

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
 * One channel. Everything it needs comes in its options; it keeps no state of its own and holds no case content
 * beyond the call it is in.
 */
export interface Adapter {
  readonly channel: Channel;

  /**
   * Proves the caller, then turns what a channel brought into arrivals. Bounds what it reads before it parses.
   * Throws nothing expected: a refusal is an arrival too. The caller keeps what it wants kept before it answers.
   */
  receive(request: Request): Promise<readonly Arrival[]>;

  /**
   * Hands one parcel to the channel. Resolves for every answer the channel can give; a throw is a fault and counts as
   * deferred. It does not retry: the delivery's row does. `signal` ends it when the lease is about to run out.
   */
  send(parcel: Parcel, signal: AbortSignal): Promise<Outcome>;

  /** Of a chat: the link by which a person brings it a start code; undefined where it cannot be learnt now. */
  startLink?(code: string): Promise<string | undefined>;
}

/**
 * What a channel answered. `code` is a short word of ours for logs and the tracking page, never the peer's text; those by
 * which it says that no answer came are listed in `attempt.ts`.
 */
export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly code: string;
      /** `sent`: handed to a carrier that may yet fail; `delivered`: the recipient's own system has it. */
      readonly reach: 'sent' | 'delivered';
      readonly reference?: string;
      readonly revisable?: boolean;
      /** The peer's own signed word for it (JWS), not verified yet: where the peer is a gateway. */
      readonly evidence?: unknown;
      /** What it signed for recipients that it took nothing for (JWS), not verified either. */
      readonly rejections?: unknown;
    }
  | { readonly kind: 'deferred'; readonly code: string /** Seconds. */; readonly retryAfter?: number }
  | {
      readonly kind: 'rejected';
      readonly code: string /** The address is dead: stop using it. */;
      readonly gone?: boolean;
      /** As above: the peer's signed rejection. */
      readonly evidence?: unknown;
    };

/** What may be said of a message anywhere, notices included: no case content and no person of the case. */
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
  /** Short reference of the message that it answers, or is otherwise about. */
  readonly about?: string;
}

/** What was said by a named officer about a message, for a revision or a report back. */
export interface Decision {
  readonly decision: 'accepted' | 'declined';
  readonly officer: string;
  readonly ground?: string;
  readonly at: Date;
  /** Another officer of the desk said otherwise, and nobody has settled it: for officers of that desk only. */
  readonly contested?: boolean;
}

/** The content, as the endpoint may be shown it. */
export type ParcelContent =
  | { readonly shows: 'notice' }
  | { readonly shows: 'sealed'; readonly sealed: Readonly<Record<string, unknown>> }
  | {
      readonly shows: 'packet';
      readonly message: Message;
      readonly jws: Readonly<Record<string, unknown>>;
      /** What its sender put right in it before it went out. */
      readonly corrections?: readonly Message[];
      /** The formal letter, PDF: where the channel is for papers and the gateway can make one. */
      readonly letter?: Uint8Array;
      /** A letter belongs to it and could not be made: whoever gets the packet is told. */
      readonly letterMissing?: true;
    }
  /** For another gateway: the signed consignment, and our receipt for it. Both JWS as text. */
  | { readonly shows: 'consignment'; readonly consignment: LongText; readonly submission: string };

interface Addressed {
  /** The delivery's id: stable over tries, so that a channel can tell a repeat. */
  readonly delivery: string;
  readonly endpoint: Endpoint;
  /** Of the focal point that reads: in which times are shown (IANA). */
  readonly zone: string;
  readonly summary: MessageSummary;
}

/** One-time links to the gateway's pages, fresh for each try. */
export interface MessageLinks {
  readonly read?: string;
  /** Where words of the desk contradict each other, that page settles it. */
  readonly acknowledge?: string;
  /** Several officers use the account: a word is said on the page, where the officer is proven, and not by a tap. */
  readonly onPage?: true;
}

/** One thing that is still owed, as somebody is reminded of it. Nothing in it says what the message says. */
export interface ReminderItem {
  readonly summary: MessageSummary;
  readonly act: ActName;
  /** `half`, `deadline`, `failover`, `deputy` or `supervisor`. */
  readonly step: string;
  /** When the reminder fell due; until when the act was to be done, and how many seconds it is late. */
  readonly at: Date;
  readonly until: Date;
  readonly late: number;
  /** The focal point that owes it, and whether that is the one reminded. */
  readonly owner: MessageSummary['sender'];
  readonly isOwner: boolean;
  /** Who owes it has no way: the operator of that gateway has to connect the desk. */
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
  /** That somebody still has to act: one thing, or several in one notice. */
  | (Addressed & {
      readonly kind: 'reminder';
      readonly items: readonly ReminderItem[];
      readonly links: MessageLinks;
      /** Whoever reads it may answer it at once, as the message itself. */
      readonly answerable: boolean;
    })
  /** What an earlier parcel showed under `reference` has changed: opened, decided by an officer, or taken back. */
  | (Addressed & {
      readonly kind: 'revision';
      readonly reference: string;
      readonly decision?: Decision;
      readonly openedAt?: Date;
      /** Its sender took the message back: nobody is to act on it, and its content is to be deleted. */
      readonly recalledAt?: Date;
      readonly links: MessageLinks;
    })
  /** What is said of no message: a test, or news of the desk's own endpoints. `delivery` is the note's id. */
  | {
      readonly kind: 'note';
      readonly delivery: string;
      readonly endpoint: Endpoint;
      readonly zone: string;
      readonly focalPoint: { readonly did: string; readonly name: string };
      readonly says: NoteContent;
      readonly at: Date;
      /** To the page where it is answered, for the officer it is said to. */
      readonly link?: string;
    }
  /** An immediate word back to somebody who just acted in the channel; `reply` is the channel's own handle for it. */
  | {
      readonly kind: 'reply';
      readonly address: string;
      readonly lang: string;
      readonly reply?: string;
      readonly word: ReplyName;
      readonly about?: { readonly delivery: string; readonly reference?: string };
      /** As whom an account is, or is to be, linked. */
      readonly link?: LinkedAs;
      /** The officer's word that is on record; of `already-settled` the word of the other officer, which stands. */
      readonly recorded?: RecordedDecision;
    };

/** Who reads a parcel: in the language of the endpoint, on the clock of its focal point. */
export const readerOf = ({ endpoint, zone }: Pick<Addressed, 'endpoint' | 'zone'>): Reader => ({
  lang: endpoint.lang,
  zone,
});

export type RecordedDecision = Pick<Decision, 'decision' | 'ground'>;

/** Who an account is linked as, and the endpoint that it becomes by it. */
export interface LinkedAs {
  readonly endpoint: string;
  readonly officer: string;
  readonly desk: string;
}

/** What a reply says, by name; the channel puts it into the reader's language. */
export type ReplyName =
  | 'link-ask'
  | 'linked'
  /** The account waits for the officer's colleagues. */
  | 'link-waits'
  | 'linked-again'
  | 'link-left'
  | 'unlinked'
  | 'link-refused'
  | 'ask-ground'
  /** The officer's own word is on record, now or since an earlier tap. */
  | 'taken'
  /** On record beside the other word of another officer, or of this one. */
  | 'contradiction'
  | 'contradicts-self'
  /** Another officer answered before; nothing was recorded. */
  | 'already-settled'
  /** Not recorded yet, and still being tried; not recorded, and given up. */
  | 'delayed'
  | 'not-recorded'
  | 'taken-back'
  | 'not-yours'
  /** Several officers use the account: a tap says nothing of who it was. */
  | 'answer-on-page'
  | 'help';

/** What a channel brought. */
export type Arrival =
  /** A partner's plain message, proven to be from `focalPoint`. */
  | {
      readonly kind: 'submission';
      readonly focalPoint: string;
      readonly key: string;
      readonly digest: string;
      readonly submission: Submission;
      /** Its attachments as DIDComm carries them, where they are put into that form already, and then not in the submission. */
      readonly files?: readonly Attachment[] | undefined;
    }
  /** A named officer's word, from a partner's system or a person's tap. */
  | {
      readonly kind: 'decision';
      readonly by: DecidedBy;
      readonly decision: 'accepted' | 'declined';
      readonly ground?: DeclineReason;
      /** Ids of the words whose contradiction it settles. */
      readonly settles?: readonly string[];
      readonly reply?: ReplyAddress;
    }
  /** A partner's system says whether an endpoint of its desk is right; `secret` is what the call was signed with. */
  | {
      readonly kind: 'confirmation';
      readonly focalPoint: string;
      readonly endpoint: string;
      readonly secret: string;
      readonly asked: string;
      readonly decision: 'confirmed' | 'refused';
    }
  /** An officer wants to decline and must say why. */
  | { readonly kind: 'ground-wanted'; readonly delivery: string; readonly reply: ReplyAddress }
  /** An account can be reached again after it could not: its owner let the channel in. */
  | { readonly kind: 'alive'; readonly reply: ReplyAddress }
  /** An officer answers whether the account is to be linked, or takes the link back; `endpoint` is what it becomes. */
  | {
      readonly kind: 'link-answer';
      readonly answer: 'yes' | 'no' | 'undo';
      readonly endpoint: string;
      readonly reply: ReplyAddress;
    }
  /** An account asks to be linked to an officer with a one-time code. */
  | { readonly kind: 'link'; readonly code: string; readonly reply: ReplyAddress }
  /** Somebody wrote something the channel has no use for; what they wrote is not kept. */
  | { readonly kind: 'chatter'; readonly reply: ReplyAddress }
  | {
      readonly kind: 'refused';
      readonly code: ProblemCode;
      readonly detail: string;
      /** The caller's DID, where it was proven before the refusal: it gets a signed rejection. */
      readonly focalPoint?: string;
      /** SHA-256 of what was refused, where it was read whole. */
      readonly digest?: string;
    };

/** How a decision is proven: by the account that tapped, or by the partner system that signed the call. */
export type DecidedBy =
  | { readonly via: 'account'; readonly delivery: string; readonly address: string }
  | {
      readonly via: 'system';
      readonly focalPoint: string;
      readonly message: string;
      readonly officer: string;
    };

/** Where to say a word back. */
export interface ReplyAddress {
  /** The channel's own id of this arrival: a repeat carries the same. */
  readonly id: string;
  /** The channel's own order of what one account did: a later act has a higher place. */
  readonly place: number;
  readonly address: string;
  readonly lang: string;
  readonly handle?: string;
}
