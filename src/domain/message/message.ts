/** The message: a DIDComm v2.1 plaintext (§ Plaintext Message Structure) with urgency and handling as extension headers. */
import { z } from 'zod';
import { did, language } from '../party/designation.ts';
import { plainText } from '../words/text.ts';
import { HANDLING_CODES, URGENCIES } from '../words/vocabulary.ts';

/** The message types of this protocol version, by their short names; `protocol.ts` says what each means. */
export const MESSAGE_NAMES = [
  'report',
  'indication',
  'tip',
  'request',
  'reply',
  'clarification',
  'refusal',
  'notice',
  'handover',
  'acceptance',
  'followup',
  'closure',
  'correction',
  'recall',
  'permission-request',
  'permission',
  'text',
  'drill',
] as const;
export type MessageName = (typeof MESSAGE_NAMES)[number];

const CASE_PROTOCOL = 'https://w3id.org/amanat/case/1.0/';

/** The message type URI (DIDComm v2.1 § Message Type URI) of a short name. */
export const typeUriOf = (name: MessageName): string => `${CASE_PROTOCOL}${name}`;

/** The short name of a message type URI, if this protocol version knows it. */
export function messageNameOf(uri: string): MessageName | undefined {
  const name = uri.startsWith(CASE_PROTOCOL) ? uri.slice(CASE_PROTOCOL.length) : '';
  return MESSAGE_NAMES.find((one) => one === name);
}

/** Each officer of a desk may say either word once, and a desk has 200 officers at most. */
export const MAX_SETTLED_AT_ONCE = 401;

/** Bounds that hold before and after parsing, in bytes unless said otherwise. */
export const LIMITS = {
  /** All attachments of a message together, decoded. */
  attachments: 10 * 1024 * 1024,
  attachmentCount: 20,
  /** The body as JSON text. */
  body: 256 * 1024,
  /** An assisted post: 10 MiB of attachments in base64 and the body. */
  assistedPost: 15 * 1024 * 1024,
  /** One sealed message: the above, in base64 twice. */
  sealedMessage: 28 * 1024 * 1024,
  /** A whole consignment, recipients' sealed messages together. */
  consignment: 64 * 1024 * 1024,
  /** Any other request. */
  smallPost: 64 * 1024,
  recipients: 20,
  /** A message must expire within this many seconds of its making. */
  lifetime: 90 * 86_400,
  /** A sender may ask for a deadline up to this many seconds after a message's making. */
  deadline: 366 * 86_400,
  /** Seconds a sender's clock may be ahead. */
  skew: 300,
} as const;

/** A message or thread id: 128 bits as 32 lower-case hex digits. */
export const hexId = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hex digits');

/** Seconds since 1970-01-01T00:00:00Z, as DIDComm has them, of the years 2000 to 2099. */
export const epochSeconds = z.int().min(946_684_800).max(4_102_444_799);

/**
 * A file name in a message that somebody sealed: no path, no control characters, no bidirectional overrides. `file-name.ts`
 * says what a sender may post, and how such a name is shown.
 */
const filename = z
  .string()
  .min(1)
  .max(150, { abort: true })
  .regex(/^[^/\\\p{Cc}\u202A-\u202E\u2066-\u2069]+$/u, 'must be a plain file name');

export const mediaType = z
  .string()
  .max(127, { abort: true })
  .regex(/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/, 'must be a media type');

/** DIDComm attachment (v2.1 § Attachments), content inline as base64url. */
export const attachmentSchema = z.strictObject({
  id: z.string().min(1).max(64),
  filename,
  media_type: mediaType,
  byte_count: z.int().min(0).max(LIMITS.sealedMessage),
  data: z.strictObject({ base64: z.string().regex(/^[A-Za-z0-9_-]*$/, 'must be base64url without padding') }),
});
export type Attachment = z.infer<typeof attachmentSchema>;

export const messageSchema = z.strictObject({
  id: hexId,
  typ: z.literal('application/didcomm-plain+json'),
  type: z.string().max(200),
  from: did,
  to: z.array(did).min(1).max(LIMITS.recipients),
  thid: hexId,
  pthid: hexId.optional(),
  /** The message it answers, or is otherwise about; `protocol.ts` says which types need it. An extension header. */
  about: hexId.optional(),
  /** The message of another whose original it passes on; `grant` is the permission that it does so by. Ours, too. */
  passes_on: hexId.optional(),
  grant: hexId.optional(),
  created_time: epochSeconds,
  expires_time: epochSeconds,
  lang: language,
  please_ack: z.array(z.string().max(64)).max(1).optional(),
  urgency: z.enum(URGENCIES),
  handling: z.enum(HANDLING_CODES),
  /** What H3 restricts, in words. */
  handling_note: plainText(500).optional(),
  body: z.record(z.string(), z.unknown()),
  attachments: z.array(attachmentSchema).max(LIMITS.attachmentCount).default([]),
});
export type Message = z.infer<typeof messageSchema>;

/** Bytes that an unpadded base64url text decodes to. */
const decodedLength = (text: string): number => Math.floor((text.length * 3) / 4);

/** All attachments' decoded bytes together. */
export const countAttachmentBytes = (list: readonly Attachment[]): number =>
  list.reduce((sum, one) => sum + decodedLength(one.data.base64), 0);
