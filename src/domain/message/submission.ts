/** The assisted post: a plain message from a partner whose keys are in gateway custody. */
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

/**
 * Matching groups of four would be more exact, but exhausts the matcher's stack at a few MiB. So the length is
 * checked apart.
 */
const base64 = z
  .string()
  .regex(/^[A-Za-z0-9+/]*={0,2}$/, { error: 'must be base64 with padding', abort: true })
  .refine((text) => text.length % 4 === 0, 'must be base64 with padding');

/** A name for several focal points: all of a country, or a group of an agreement. */
export const groupSchema = z
  .string()
  .regex(/^(?:country:[A-Z]{2}|group:[a-z0-9-]{1,48})$/, 'must be country:CC or group:name');

/** The kinds of notice that may go to a group. */
export const GROUP_NOTICES = ['trend-bulletin', 'good-practice'] as const;

export const submissionSchema = z
  .strictObject({
    /** Recipients. Only a trend bulletin or a good practice may go to a group. */
    to: z
      .array(z.union([slug, did, groupSchema]))
      .min(1)
      .max(LIMITS.recipients),
    /** A short name from the protocol table. */
    type: z.string().max(64),
    urgency: z.enum(URGENCIES),
    handling: z.enum(HANDLING_CODES),
    handling_note: plainText(500).optional(),
    /** If absent, the message opens a new thread. */
    thid: hexId.optional(),
    /** Another thread of the sender to which this thread belongs. */
    pthid: hexId.optional(),
    /** The message that it answers; may be absent if only one open message of the thread fits. */
    about: hexId.optional(),
    /** A tip that the sender received. It fills the members that `body` leaves out of an indication. */
    from_tip: hexId.optional(),
    /**
     * A message of another sender to pass on; the gateway attaches the original. `grant` is the permission, if
     * needed.
     */
    passes_on: hexId.optional(),
    grant: hexId.optional(),
    lang: language,
    body: z.record(z.string(), z.unknown()),
    attachments: z
      .array(z.strictObject({ filename: fileNameSchema, media_type: mediaType, base64 }))
      .max(LIMITS.attachmentCount)
      .optional(),
    /** If absent, seven days after acceptance. */
    expires_time: epochSeconds.optional(),
  })
  .refine((one) => one.handling !== 'H3' || one.handling_note !== undefined, {
    path: ['handling_note'],
    message: 'H3 needs a note that says what is restricted',
  });
export type Submission = z.infer<typeof submissionSchema>;

/** An officer's acknowledgement, as a partner's system posts it. */
export const acknowledgementSchema = z.strictObject({
  message: hexId,
  decision: z.enum(['accepted', 'declined']),
  /** Required to decline, on every channel: `ground-required`. */
  ground: z.enum(DECLINE_REASONS).optional(),
  /** The officer's id in the focal point's designation. */
  officer: z.string().regex(/^[a-z0-9-]{1,32}$/),
  /** Settles a contradiction: the ids of all its acknowledgements, as the message's status shows them. */
  settles: z.array(hexId).min(2).max(MAX_SETTLED_AT_ONCE).optional(),
});

/** A partner's decision on an endpoint that waits for its focal point. */
export const confirmationSchema = z.strictObject({
  /** The id in the event `endpoint.waiting`. The decision is valid for that only. */
  asked: hexId,
  decision: z.enum(['confirmed', 'refused']),
});

const toBase64url = (text: string): string =>
  text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** The attachments of a post as DIDComm attachments, numbered in order. */
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
