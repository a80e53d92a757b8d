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

/** Members of a message that may be shown anywhere. */
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

/** Members that name an endpoint of the focal point. */
const noted = { focal_point: did, endpoint: z.string() };

/** `data` of each type. */
const DATA = {
  'message.received': z.strictObject({
    ...carriage,
    message: messageSchema
      .optional()
      .describe('Where the endpoint is shown packets, with the JWS it came in'),
    jws: jose.optional(),
    sealed: jose.optional().describe('The JWE, where the desk opens for itself'),
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
    endpoint: z.string().describe('Id of the endpoint that went off'),
    channel: z.enum(ALL_CHANNELS),
    code: z.string().describe('Why, as a short word'),
    at: instant,
  }),
  'account.ended': z.strictObject(noted),
  'pin.set': z.strictObject({ ...noted, officer: officerId }),
  'pin.locked': z.strictObject({ ...noted, officer: officerId }),
  'account.confirmed': z.strictObject(noted),
  'endpoint.waiting': z.strictObject({
    focal_point: did,
    endpoint: hexId.describe('Id of the endpoint that waits, or of the one that is to change'),
    asked: hexId.describe('What a confirmation names: it is about just this'),
    channel: z.enum(ALL_CHANNELS),
    officer: officerId.nullable().describe('Whose it is to be, by the id in the designation'),
    shows: z.enum(SHOWN_CONTENT),
    is: z.enum(['new', 'changed']),
    until: instant.describe('It ends by itself then'),
  }),
  'endpoint.counts': z.strictObject({
    focal_point: did,
    endpoint: hexId.describe('Id of the endpoint that counts from now on'),
    by: z.enum(['first', 'confirmed']).describe('`first`: nobody of the desk was asked'),
    asked: hexId.optional().describe('What was confirmed'),
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

/** The meaning of each type, for the description. */
const MEANINGS: Readonly<Record<PartnerEventType, string>> = {
  'message.received': 'A message for your focal point',
  'message.reminder': 'What you still owe',
  'message.recalled': 'Its sender took a message back: delete what you kept of it',
  'evidence.issued': 'A step of a message you sent',
  'endpoint.test': 'A try of your endpoint: answer 2xx',
  'endpoint.off': 'Another endpoint of your focal point went off',
  'account.confirmed': 'Your account counts: the desk confirmed it',
  'endpoint.waiting':
    'Somebody was added to those who receive for your focal point, or an endpoint is to change: confirm or refuse it',
  'endpoint.counts':
    'An endpoint of your focal point counts: the first that shows content, or one that was confirmed before you were asked',
  'key.made': 'A further key was made by which a system reads or posts for your focal point',
  'account.ended': 'Your account is an officer’s no more: another took its place, or it was unlinked',
  'pin.set': 'A new PIN was set for the officer whose endpoint this is',
  'pin.locked': 'The PIN of an officer of your focal point was locked after five wrong ones',
};

/** Every event with its schema and meaning. */
export const PARTNER_EVENTS = (Object.keys(DATA) as PartnerEventType[]).map((type) => ({
  type,
  meaning: MEANINGS[type],
  schema: z.strictObject({
    type: z.literal(type),
    timestamp: instant.describe('When the thing happened: a retry carries the same bytes'),
    data: DATA[type],
  }),
}));
