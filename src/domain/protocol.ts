/**
 * The protocol table: every message type, what its body must be, and what answers what. A new type is one line here
 * and one schema in `body.ts`.
 */
import type { z } from 'zod';
import { clarification, closure, notice, refusal, reply, report, request, text } from './body.ts';
import { Refusal } from './error.ts';
import { LIMITS, MESSAGE_NAMES, type MessageName } from './message.ts';

interface MessageType {
  readonly body: z.ZodType;
  /** May it be the first message of a thread? */
  readonly opens: boolean;
  /** Types that answer it, besides the acknowledgement every type asks of a named officer. */
  readonly answeredBy: readonly MessageName[];
}

const ANSWERS = ['reply', 'clarification', 'refusal'] as const;

export const PROTOCOL: Readonly<Record<MessageName, MessageType>> = {
  report: { body: report, opens: true, answeredBy: [...ANSWERS, 'request', 'text', 'closure'] },
  request: { body: request, opens: true, answeredBy: ANSWERS },
  reply: { body: reply, opens: false, answeredBy: ['clarification'] },
  clarification: { body: clarification, opens: false, answeredBy: ['reply', 'refusal'] },
  refusal: { body: refusal, opens: false, answeredBy: [] },
  notice: { body: notice, opens: true, answeredBy: [] },
  text: { body: text, opens: true, answeredBy: [] },
  closure: { body: closure, opens: false, answeredBy: [] },
};

/** The short name, or a refusal that lists the names there are. */
export function messageName(name: string): MessageName {
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
  return checked(PROTOCOL[name].body, body, 'body') as Record<string, unknown>;
}

/**
 * Parses `value` by `schema`.
 * @throws Refusal `invalid-body`, naming up to five members by path; values are never repeated, they may be personal
 */
export function checked<T extends z.ZodType>(schema: T, value: unknown, at = ''): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.slice(0, 5).map((issue) => {
    const path = [at, ...issue.path.map(String)].filter((part) => part !== '').join('.');
    return `${path.slice(0, 120) || 'the whole'}: ${plain(issue)}`;
  });
  throw new Refusal('invalid-body', faults.join('; '));
}

/** zod's own sentence, unless it would repeat what was sent. */
function plain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `has ${issue.keys.length} member(s) that are not in the schema`;
  return issue.message.slice(0, 200);
}
