/** The consignment: everything that gateways may know to carry sealed messages, signed by the sender. */
import { z } from 'zod';
import { did } from '../party/designation.ts';
import { Refusal } from '../words/error.ts';
import { HANDLING_CODES, URGENCIES } from '../words/vocabulary.ts';
import { epochSeconds, hexId, LIMITS, MESSAGE_NAMES } from './message.ts';

export const CONSIGNMENT_TYPE = 'https://w3id.org/amanat/consignment/1.0/consign';

/** SHA-256, base64url without padding. */
export const digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be a base64url SHA-256');

/** A JWE in General JSON with the recipient's keys; `seal/` verifies its contents. */
export const sealedMessageSchema = z.looseObject({
  protected: z.string(),
  recipients: z
    .array(z.looseObject({ encrypted_key: z.string(), header: z.looseObject({ kid: z.string() }) }))
    .min(1)
    .max(8),
  iv: z.string(),
  ciphertext: z.string().max(LIMITS.sealedMessage),
  tag: z.string(),
});
export type SealedMessage = z.infer<typeof sealedMessageSchema>;

/** Checks that requested deadlines are not before the message was made, and at most a year after it. */
function isAskedInTime({ created_time: made, body }: Consigned): boolean {
  const asked = [body.acknowledge_by, body.answer_by].filter((one) => one !== undefined);
  return asked.every((one) => one >= made && one <= made + LIMITS.deadline);
}

const consigned = z.strictObject({
  /** The id of the carried message. It stays the same from the sender's focal point to the court. */
  id: hexId,
  typ: z.literal('application/didcomm-plain+json'),
  type: z.literal(CONSIGNMENT_TYPE),
  from: did,
  /** The gateway that has to carry it. */
  to: z.array(did).length(1),
  created_time: epochSeconds,
  expires_time: epochSeconds,
  body: z.strictObject({
    message_type: z.enum(MESSAGE_NAMES, { error: 'must be a type of the protocol table' }),
    urgency: z.enum(URGENCIES),
    handling: z.enum(HANDLING_CODES),
    thid: hexId,
    pthid: hexId.optional(),
    /** As in the message. Gateways, which cannot read the message, compute the turn with it. */
    about: hexId.optional(),
    /**
     * As in the message. With these, gateways check passed-on content against the originator's handling code and
     * permission.
     */
    passes_on: hexId.optional(),
    grant: hexId.optional(),
    /** If absent, the agreement's clock runs from acceptance. */
    acknowledge_by: epochSeconds.optional(),
    answer_by: epochSeconds.optional(),
    recipients: z
      .array(z.strictObject({ to: did, digest, attachment: z.string().min(1).max(64) }))
      .min(1)
      .max(LIMITS.recipients),
  }),
  attachments: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(64),
        media_type: z.literal('application/didcomm-encrypted+json'),
        data: z.strictObject({ json: sealedMessageSchema }),
      }),
    )
    .min(1)
    .max(LIMITS.recipients),
});
type Consigned = z.infer<typeof consigned>;

/** A message may not name itself: it cannot answer, recall or pass on itself. */
const namesNotItself = ({ id, body: { about, passes_on, grant } }: Consigned): boolean =>
  ![about, passes_on, grant].includes(id);

export const consignmentSchema = consigned
  .refine(isAskedInTime, {
    path: ['body'],
    message: `acknowledge_by and answer_by must be within ${LIMITS.deadline / 86_400} days after created_time`,
  })
  .refine(namesNotItself, { path: ['body'], message: 'about, passes_on and grant must name other messages' });
export type Consignment = z.infer<typeof consignmentSchema>;

/** One recipient of a consignment, with the message for it. */
interface CarriedMessage {
  readonly to: string;
  readonly digest: string;
  readonly sealed: SealedMessage;
}

/**
 * Pairs recipients with attachments: each recipient once, each attachment once, and none left over.
 * @throws Refusal `misaddressed`
 */
export function carriedMessagesOf(one: Consignment): readonly CarriedMessage[] {
  const byId = new Map(one.attachments.map((part) => [part.id, part.data.json]));
  const recipients = one.body.recipients;
  const used = new Set(recipients.map((part) => part.attachment));
  if (byId.size !== one.attachments.length || used.size !== recipients.length || used.size !== byId.size) {
    throw new Refusal('misaddressed', 'each recipient needs one attachment of its own');
  }
  if (new Set(recipients.map((part) => part.to)).size !== recipients.length) {
    throw new Refusal('misaddressed', 'a recipient is named twice');
  }
  return recipients.map((part) => {
    const sealed = byId.get(part.attachment);
    if (sealed === undefined)
      throw new Refusal('misaddressed', 'a recipient names an attachment that is missing');
    return { to: part.to, digest: part.digest, sealed };
  });
}

/**
 * Checks the consignment's times against the gateway's clock.
 * @throws Refusal `expired` or `clock-skew`
 */
export function checkConsignmentTimes(
  times: { created_time: number; expires_time: number },
  now: Date,
): void {
  const seconds = Math.floor(now.getTime() / 1_000);
  if (times.created_time > seconds + LIMITS.skew)
    throw new Refusal('clock-skew', 'created_time is in the future');
  if (times.expires_time <= seconds) throw new Refusal('expired', 'expires_time has passed');
  if (times.expires_time > times.created_time + LIMITS.lifetime) {
    throw new Refusal(
      'expired',
      `expires_time is more than ${LIMITS.lifetime / 86_400} days after created_time`,
    );
  }
}
