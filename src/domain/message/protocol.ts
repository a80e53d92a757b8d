/**
 * The protocol table: every message type, what its body must be, what it asks of the other side, what answers it, and
 * what it may be about. A new type is one line here and one schema in `body.ts` or its neighbours.
 */
import type { z } from 'zod';
import { Refusal } from '../words/error.ts';
import { findFaults, sentenceOfFaults } from '../words/schema-faults.ts';
import {
  closureBody,
  drillBody,
  followupBody,
  indicationBody,
  noticeBody,
  reportBody,
  textBody,
  tipBody,
} from './body.ts';
import {
  acceptanceBody,
  clarificationBody,
  correctionBody,
  handoverBody,
  permissionBody,
  permissionRequestBody,
  recallBody,
  refusalBody,
} from './body-acts.ts';
import { LIMITS, MESSAGE_NAMES, type MessageName } from './message.ts';
import { replyBody, requestBody } from './request-bodies.ts';

/** What a type asks of each recipient, besides the acknowledgement that every type asks of a named officer. */
export type AskedAct = 'acknowledge' | 'answer' | 'accept-manifest' | 'grant' | 'purge';

/** Which of the agreement's clocks starts with it. */
export type ClockName = 'acknowledge' | 'answer' | 'permission';

/**
 * Who may send it, in terms of the message it is about. `asked`: somebody that message was sent to, and it goes back to
 * whoever sent that. `recipient`: somebody it was sent to, to anybody. `originator`: who sent it, to those it was sent
 * to. `party`: anybody in the thread.
 */
export type AboutSender = 'asked' | 'recipient' | 'originator' | 'party';

/** How a message stands to the one that it is about. */
export interface AboutRule {
  readonly of: readonly MessageName[];
  readonly by: AboutSender;
  /** May it be left out? Where not, an assisted post may leave it to the gateway while only one message fits. */
  readonly needed: boolean;
  /**
   * `settles`: ends what that message asks of this desk, once. `asks-back`: only while it is not settled. `notes`:
   * changes nothing in it.
   */
  readonly effect: 'settles' | 'asks-back' | 'notes';
}

interface MessageType {
  readonly body: z.ZodType;
  /** May it be the first message of a thread? */
  readonly opens: boolean;
  readonly asks: AskedAct;
  readonly clock: ClockName;
  /** Types that answer it, besides the acknowledgement. */
  readonly answeredBy: readonly MessageName[];
  /** Absent where it is about no other message. */
  readonly about?: AboutRule;
  /** Stays within the sender's own country. */
  readonly domestic?: true;
}

const ANSWERS = ['reply', 'clarification', 'refusal'] as const;
/** What tells or asks something, and so may be asked back about, put right, or passed on with leave. */
const CONTENT = [
  ...(['report', 'indication', 'tip', 'request', 'reply', 'refusal', 'notice'] as const),
  ...(['handover', 'acceptance', 'followup', 'permission-request', 'text'] as const),
];

const asksNothing = { asks: 'acknowledge', clock: 'acknowledge', answeredBy: ['clarification'] } as const;
const asksAnswer = { asks: 'answer', clock: 'answer', answeredBy: ANSWERS } as const;

const settling = (...of: readonly MessageName[]): AboutRule => ({
  of,
  by: 'asked',
  needed: true,
  effect: 'settles',
});
const noting = (...of: readonly MessageName[]): AboutRule => ({
  of,
  by: 'party',
  needed: false,
  effect: 'notes',
});

export const PROTOCOL: Readonly<Record<MessageName, MessageType>> = {
  report: {
    body: reportBody,
    opens: true,
    asks: 'acknowledge',
    clock: 'acknowledge',
    answeredBy: [...ANSWERS, 'request', 'text', 'closure'],
  },
  indication: {
    body: indicationBody,
    opens: true,
    asks: 'acknowledge',
    clock: 'acknowledge',
    answeredBy: [...ANSWERS, 'request', 'text', 'closure'],
    about: { of: ['tip'], by: 'recipient', needed: false, effect: 'notes' },
  },
  tip: {
    body: tipBody,
    opens: true,
    asks: 'acknowledge',
    clock: 'acknowledge',
    domestic: true,
    answeredBy: ['indication', 'clarification', 'text', 'closure'],
  },
  request: { ...asksAnswer, body: requestBody, opens: true, about: noting('report', 'indication', 'notice') },
  reply: {
    ...asksNothing,
    body: replyBody,
    opens: false,
    about: settling('request', 'clarification', 'report', 'indication'),
  },
  clarification: {
    body: clarificationBody,
    opens: false,
    asks: 'answer',
    clock: 'answer',
    answeredBy: ['reply', 'refusal'],
    about: {
      of: [...CONTENT.filter((one) => one !== 'text'), 'correction'],
      by: 'asked',
      needed: true,
      effect: 'asks-back',
    },
  },
  refusal: {
    ...asksNothing,
    body: refusalBody,
    opens: false,
    about: settling('request', 'clarification', 'report', 'indication', 'handover'),
  },
  notice: { ...asksNothing, body: noticeBody, opens: true, about: noting('notice', 'report', 'indication') },
  handover: {
    body: handoverBody,
    opens: false,
    asks: 'accept-manifest',
    clock: 'answer',
    answeredBy: ['acceptance', 'refusal', 'clarification'],
    about: noting('report', 'request', 'reply'),
  },
  acceptance: { ...asksNothing, body: acceptanceBody, opens: false, about: settling('handover') },
  followup: {
    ...asksNothing,
    body: followupBody,
    opens: false,
    about: noting('report', 'indication', 'request', 'reply', 'handover', 'acceptance', 'closure'),
  },
  closure: {
    ...asksNothing,
    body: closureBody,
    opens: false,
    answeredBy: [],
    about: noting('report', 'indication', 'tip'),
  },
  correction: {
    ...asksNothing,
    body: correctionBody,
    opens: false,
    about: { of: [...CONTENT, 'closure'], by: 'originator', needed: true, effect: 'notes' },
  },
  recall: {
    body: recallBody,
    opens: false,
    asks: 'purge',
    clock: 'acknowledge',
    answeredBy: [],
    about: {
      of: MESSAGE_NAMES.filter((one) => one !== 'recall'),
      by: 'originator',
      needed: true,
      effect: 'settles',
    },
  },
  'permission-request': {
    body: permissionRequestBody,
    opens: false,
    asks: 'grant',
    clock: 'permission',
    answeredBy: ['permission', 'clarification'],
    about: {
      of: [...CONTENT.filter((one) => one !== 'permission-request'), 'closure'],
      by: 'asked',
      needed: true,
      effect: 'notes',
    },
  },
  permission: {
    ...asksNothing,
    body: permissionBody,
    opens: false,
    answeredBy: [],
    about: settling('permission-request'),
  },
  text: { ...asksNothing, body: textBody, opens: true, answeredBy: [], about: noting(...MESSAGE_NAMES) },
  drill: {
    ...asksNothing,
    body: drillBody,
    opens: true,
    answeredBy: [],
    // Sent back by whoever took it, so that an officer on each side has to.
    about: { of: ['drill'], by: 'asked', needed: false, effect: 'notes' },
  },
};

/** The short name, or a refusal that lists the names there are. */
export function readMessageName(name: string): MessageName {
  const known = MESSAGE_NAMES.find((one) => one === name);
  if (known === undefined)
    throw new Refusal('unknown-type', `type must be one of ${MESSAGE_NAMES.join(', ')}`);
  return known;
}

/**
 * Checks a body against its type and gives it back as the schema reads it.
 * @throws Refusal `too-large` or `invalid-body`, naming members by path and never repeating their values
 */
export function checkBody(name: MessageName, body: unknown): Record<string, unknown> {
  if (new TextEncoder().encode(JSON.stringify(body ?? null)).length > LIMITS.body) {
    throw new Refusal('too-large', `body is larger than ${LIMITS.body} bytes`);
  }
  return parseBySchema(PROTOCOL[name].body, body, 'body') as Record<string, unknown>;
}

/**
 * Parses `value` by `schema`.
 * @param at the member of the whole that the value is; left out where it is the whole
 * @throws Refusal `invalid-body`, naming the first faults by place; values are never repeated, they may be personal
 */
export function parseBySchema<T extends z.ZodType>(schema: T, value: unknown, at = ''): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal('invalid-body', sentenceOfFaults(findFaults(schema, value, at)));
}
