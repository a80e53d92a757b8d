/** The message: a DIDComm v2.1 plaintext (§ Plaintext Message Structure) with urgency and handling as extension headers. */
import { z } from 'zod';
import { did, language } from '../party/designation.ts';
import { plainText } from '../words/text.ts';
import { HANDLING_CODES, URGENCIES } from '../words/vocabulary.ts';

/** The message types of this protocol version, by short name; `protocol.ts` has their rules. */
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

/** Each officer may accept once and decline once, and a focal point has at most 200 officers. */
export const MAX_SETTLED_AT_ONCE = 401;

/** Bounds before and after parsing, in bytes unless stated otherwise. */
export const LIMITS = {
  /** All attachments of a message together, decoded. */
  attachments: 10 * 1024 * 1024,
  attachmentCount: 20,
  /** The body as JSON text. */
  body: 256 * 1024,
  /** An assisted post: its body, and 10 MiB of attachments in base64. */
  assistedPost: 15 * 1024 * 1024,
  /** One sealed message: body and attachments, encoded in base64 twice. */
  sealedMessage: 28 * 1024 * 1024,
  /** A whole consignment, with the sealed messages of all recipients. */
  consignment: 64 * 1024 * 1024,
  /** Any other request. */
  smallPost: 64 * 1024,
  recipients: 20,
  /** The most seconds from the making of a message to its expiry. */
  lifetime: 90 * 86_400,
  /** The most seconds from the making of a message to a deadline that its sender asks for. */
  deadline: 366 * 86_400,
  /** Seconds by which another clock may differ. */
  skew: 300,
} as const;

/** A message or thread id: 128 bits as 32 lower-case hex digits. */
export const hexId = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hex digits');

/** Seconds since 1970-01-01T00:00:00Z, as DIDComm has them, of the years 2000 to 2099. */
export const epochSeconds = z.int().min(946_684_800).max(4_102_444_799);

/**
 * A file name in a sealed message: no path, no control characters, no bidirectional overrides. `file-name.ts` is
 * stricter for names in a post, and says how names are shown.
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
  /** The message that it answers or refers to; `protocol.ts` says which types need it. An extension header of this protocol. */
  about: hexId.optional(),
  /**
   * The message of another sender that it passes on; `grant` is the permission for it. Also extension headers of
   * ours.
   */
  passes_on: hexId.optional(),
  grant: hexId.optional(),
  created_time: epochSeconds,
  expires_time: epochSeconds,
  lang: language,
  please_ack: z.array(z.string().max(64)).max(1).optional(),
  urgency: z.enum(URGENCIES),
  handling: z.enum(HANDLING_CODES),
  /** What H3 restricts, in free text. */
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
