/**
 * The protocol table: for each message type its body, the act it asks for, the types that answer it, and what it
 * may be about. A new type is one entry here and one schema in `body.ts` or its neighbours.
 */
import type { z } from 'zod';
import { parseBySchema } from '../words/checked.ts';
import { Refusal } from '../words/error.ts';
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

/**
 * The act that a type asks of each recipient, besides the acknowledgement by a named officer that every type asks
 * for.
 */
export type AskedAct = 'acknowledge' | 'answer' | 'accept-manifest' | 'grant' | 'purge';

/** The clock of the agreement that it starts. */
type ClockName = 'acknowledge' | 'answer' | 'permission';

/**
 * Who may send it, seen from the message it is about. `asked`: a recipient of that message, back to its sender.
 * `recipient`: a recipient of it, to anybody. `originator`: its sender, to its recipients. `party`: anybody in the
 * thread.
 */
type AboutSender = 'asked' | 'recipient' | 'originator' | 'party';

/** The relation of a message to the one it is about. */
export interface AboutRule {
  readonly of: readonly MessageName[];
  readonly by: AboutSender;
  /** If false, `about` is optional. If true, an assisted post may still omit it if only one message fits. */
  readonly needed: boolean;
  /**
   * `settles`: completes what the message asks of this focal point, once. `asks-back`: allowed until it is
   * completed. `notes`: changes nothing.
   */
  readonly effect: 'settles' | 'asks-back' | 'notes';
}

interface MessageType {
  readonly body: z.ZodType;
  /** Whether it may be the first message of a thread. */
  readonly opens: boolean;
  readonly asks: AskedAct;
  readonly clock: ClockName;
  /** Types that answer it, besides the acknowledgement. */
  readonly answeredBy: readonly MessageName[];
  /** Absent if it cannot be about another message. */
  readonly about?: AboutRule;
  /** It may not leave the sender's own country. */
  readonly domestic?: true;
}

const ANSWERS = ['reply', 'clarification', 'refusal'] as const;
/** Types with content: they can be clarified, corrected, or passed on with permission. */
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
    // The recipient sends the drill back, so that an officer on each side has to act.
    about: { of: ['drill'], by: 'asked', needed: false, effect: 'notes' },
  },
};

/** Finds a type by its short name. @throws Refusal `unknown-type`, which lists all names */
export function readMessageName(name: string): MessageName {
  const known = MESSAGE_NAMES.find((one) => one === name);
  if (known === undefined)
    throw new Refusal('unknown-type', `type must be one of ${MESSAGE_NAMES.join(', ')}`);
  return known;
}

/**
 * Checks a body against its type, and returns it as the schema parses it.
 * @throws Refusal `too-large` or `invalid-body`, with paths of members and never their values
 */
export function checkBody(name: MessageName, body: unknown): Record<string, unknown> {
  if (new TextEncoder().encode(JSON.stringify(body ?? null)).length > LIMITS.body) {
    throw new Refusal('too-large', `body is larger than ${LIMITS.body} bytes`);
  }
  return parseBySchema(PROTOCOL[name].body, body, 'body') as Record<string, unknown>;
}
