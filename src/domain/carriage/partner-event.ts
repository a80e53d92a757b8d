/**
 * Events posted to a partner's system, by type: `{ type, timestamp, data }` as Standard Webhooks recommends (§
 * Payload structure). The webhook channel may post only these types, and the OpenAPI description lists them.
 */
import { z } from 'zod';
import { ETSI_EVENTS, OWN_EVENTS } from '../evidence/evidence.ts';
import { ACTS } from '../message/acts.ts';
import { hexId, messageSchema } from '../message/message.ts';
import { ALL_CHANNELS, SHOWN_CONTENT } from '../party/channel.ts';
import { did, instant, officerId } from '../party/designation.ts';
import { HANDLING_CODES, URGENCIES } from '../words/vocabulary.ts';

const jose = z.record(z.string(), z.unknown());

/** Members of a message that may be shown anywhere: no case content. */
const carriage = {
  id: hexId,
  thid: hexId,
  type: z.string(),
  drill: z.literal(true).optional(),
  urgency: z.enum(URGENCIES),
  handling: z.enum(HANDLING_CODES),
  from: did,
  to: did,
  acknowledge_by: instant,
  answer_by: instant,
};

/** Members that name the endpoint that the event is posted to. */
const noted = { focal_point: did, endpoint: z.string() };

/** `data` of each type. */
const DATA = {
  'message.received': z.strictObject({
    ...carriage,
    message: messageSchema
      .optional()
      .describe('The readable message; only if the endpoint is shown packets. `jws` is the signed form'),
    jws: jose.optional(),
    sealed: jose
      .optional()
      .describe('The encrypted message (JWE); only if the focal point holds its own keys'),
  }),
  'message.reminder': z.strictObject({
    reminders: z.array(
      z.strictObject({
        ...carriage,
        act: z.enum(ACTS),
        owner: did,
        until: instant,
        step: z.string().describe('`half`, `deadline`, `failover`, `deputy` or `supervisor`'),
        officer: officerId.nullable(),
      }),
    ),
  }),
  'message.recalled': z.strictObject({ id: hexId, thid: hexId, from: did, to: did }),
  'evidence.issued': z.strictObject({
    message: hexId.optional(),
    event: z.enum([...ETSI_EVENTS, ...OWN_EVENTS]),
    drill: z.literal(true).optional(),
    evidence: jose.describe('The signed evidence, a JWS'),
  }),
  'endpoint.test': z.strictObject(noted),
  'endpoint.off': z.strictObject({
    focal_point: did,
    endpoint: z.string().describe('Id of the endpoint that was switched off'),
    channel: z.enum(ALL_CHANNELS),
    code: z.string().describe('The reason, as a short code'),
    at: instant,
  }),
  'account.ended': z.strictObject(noted),
  'pin.set': z.strictObject({ ...noted, officer: officerId }),
  'pin.locked': z.strictObject({ ...noted, officer: officerId }),
  'account.confirmed': z.strictObject(noted),
  'endpoint.waiting': z.strictObject({
    focal_point: did,
    endpoint: hexId.describe('Id of the new endpoint, or of the one that is to be changed'),
    asked: hexId.describe(
      'Id of this question: repeat it in your confirmation, which answers only this question',
    ),
    channel: z.enum(ALL_CHANNELS),
    officer: officerId
      .nullable()
      .describe(
        'Id of the officer who is to use the endpoint, as in the designation; null for the focal point’s system',
      ),
    shows: z.enum(SHOWN_CONTENT),
    is: z.enum(['new', 'changed']),
    until: instant.describe('Without a confirmation, the request expires at this time'),
  }),
  'endpoint.counts': z.strictObject({
    focal_point: did,
    endpoint: hexId.describe('Id of the endpoint that is now in use'),
    by: z
      .enum(['first', 'confirmed'])
      .describe(
        '`first`: the first endpoint that shows content, which needs no confirmation; `confirmed`: the focal point confirmed it',
      ),
    asked: hexId.optional().describe('Id of the question that was confirmed'),
    channel: z.enum(ALL_CHANNELS),
    officer: officerId.nullable(),
    shows: z.enum(SHOWN_CONTENT),
  }),
  'key.made': z.strictObject({
    focal_point: did,
    key: z.enum(['access-key', 'secret']),
    at: instant,
  }),
} as const;

type PartnerEventType = keyof typeof DATA;

/** One event of a type, as it is posted. */
export interface PartnerEventOf<Type extends PartnerEventType> {
  readonly type: Type;
  readonly timestamp: string;
  readonly data: Readonly<z.input<(typeof DATA)[Type]>>;
}

export type PartnerEvent = { [Type in PartnerEventType]: PartnerEventOf<Type> }[PartnerEventType];

/** What each type tells a partner's developer; the OpenAPI description shows it. */
const MEANINGS: Readonly<Record<PartnerEventType, string>> = {
  'message.received': 'A message for your focal point',
  'message.reminder': 'Acts that your focal point still owes, or that others owe for a message it sent',
  'message.recalled': 'The sender recalled a message: delete your copies of it',
  'evidence.issued': 'Signed evidence of a step of a message that you sent',
  'endpoint.test': 'A test of your endpoint: answer with 2xx',
  'endpoint.off':
    'Another endpoint of your focal point was switched off, because its channel reported it dead',
  'account.confirmed':
    'The account behind this endpoint is in use from now on: your focal point has confirmed it',
  'endpoint.waiting':
    'An operator has added an endpoint to your focal point, or wants to change one: confirm or refuse it',
  'endpoint.counts':
    'An endpoint of your focal point is in use from now on: the first that shows content, or one that was confirmed before you were asked',
  'key.made':
    'Another access key or posting secret was made, with which a system can read or post for your focal point',
  'account.ended':
    'The account behind this endpoint no longer belongs to an officer: another account replaced it, or it was unlinked',
  'pin.set': 'A new PIN was set for the officer whose endpoint this is',
  'pin.locked': 'The PIN of an officer of your focal point was locked after five wrong attempts',
};

/** Every event with its schema and meaning. */
export const PARTNER_EVENTS = (Object.keys(DATA) as PartnerEventType[]).map((type) => ({
  type,
  meaning: MEANINGS[type],
  schema: z.strictObject({
    type: z.literal(type),
    timestamp: instant.describe('When it happened. A retry has the same time and the same bytes'),
    data: DATA[type],
  }),
}));
