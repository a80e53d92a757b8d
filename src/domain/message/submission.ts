/** The assisted post: a plain message from a partner whose keys the gateway holds. */
import { z } from 'zod';
import { did, language, slug } from '../party/designation.ts';
import { fileNameSchema } from '../words/file-name.ts';
import { plainText } from '../words/text.ts';
import { DECLINE_REASONS, HANDLING_CODES, URGENCIES } from '../words/vocabulary.ts';
import {
  type attachmentSchema,
  epochSeconds,
  hexId,
  LIMITS,
  MAX_SETTLED_AT_ONCE,
  mediaType,
} from './message.ts';

/** Groups of four would be one regular expression more exact, and exhaust the matcher's stack at some MiB. */
const base64 = z
  .string()
  .regex(/^[A-Za-z0-9+/]*={0,2}$/, { error: 'must be base64 with padding', abort: true })
  .refine((text) => text.length % 4 === 0, 'must be base64 with padding');

/** Many focal points by one name: all of a country, or those that an agreement names together. */
export const groupSchema = z
  .string()
  .regex(/^(?:country:[A-Z]{2}|group:[a-z0-9-]{1,48})$/, 'must be country:CC or group:name');

/** What a group may be told. */
export const GROUP_NOTICES = ['trend-bulletin', 'good-practice'] as const;

export const submissionSchema = z
  .strictObject({
    /** Focal points. A trend bulletin or good practice may go to a group of them. */
    to: z
      .array(z.union([slug, did, groupSchema]))
      .min(1)
      .max(LIMITS.recipients),
    /** A short name from the protocol table. */
    type: z.string().max(64),
    urgency: z.enum(URGENCIES),
    handling: z.enum(HANDLING_CODES),
    handling_note: plainText(500).optional(),
    /** A new thread where left out. */
    thid: hexId.optional(),
    /** Another thread of the sender's that this one belongs to. */
    pthid: hexId.optional(),
    /** The message it answers; may be left out where one open message of the thread fits. */
    about: hexId.optional(),
    /** A tip that the sender was sent: its words fill what `body` leaves out of an indication. */
    from_tip: hexId.optional(),
    /** A message of another whose original it passes on, which the gateway attaches; by which permission, if needed. */
    passes_on: hexId.optional(),
    grant: hexId.optional(),
    lang: language,
    body: z.record(z.string(), z.unknown()),
    attachments: z
      .array(z.strictObject({ filename: fileNameSchema, media_type: mediaType, base64 }))
      .max(LIMITS.attachmentCount)
      .optional(),
    /** Seven days from acceptance where left out. */
    expires_time: epochSeconds.optional(),
  })
  .refine((one) => one.handling !== 'H3' || one.handling_note !== undefined, {
    path: ['handling_note'],
    message: 'H3 needs a note that says what is restricted',
  });
export type Submission = z.infer<typeof submissionSchema>;

/** An officer's word as a partner's system posts it. */
export const acknowledgementSchema = z.strictObject({
  message: hexId,
  decision: z.enum(['accepted', 'declined']),
  /** Declining needs one, whichever way the word comes: `ground-required`. */
  ground: z.enum(DECLINE_REASONS).optional(),
  /** The officer's id in the focal point's designation. */
  officer: z.string().regex(/^[a-z0-9-]{1,32}$/),
  /** Settles a contradiction: the ids of all words in it, as the message's status shows them. */
  settles: z.array(hexId).min(2).max(MAX_SETTLED_AT_ONCE).optional(),
});
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;

/** What a partner's system says of an endpoint that waits for its desk. */
export const confirmationSchema = z.strictObject({
  /** As the event `endpoint.waiting` has it: the word is about just that. */
  asked: hexId,
  decision: z.enum(['confirmed', 'refused']),
});

const toBase64url = (text: string): string =>
  text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** The post's attachments as DIDComm carries them, numbered in order. */
export const attachmentsOf = (one: Submission): z.infer<typeof attachmentSchema>[] =>
  (one.attachments ?? []).map((part, n) => {
    const data = toBase64url(part.base64);
    return {
      id: `a${n + 1}`,
      filename: part.filename,
      media_type: part.media_type,
      byte_count: Math.floor((data.length * 3) / 4),
      data: { base64: data },
    };
  });
