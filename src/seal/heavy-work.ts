/**
 * The cryptographic operations that take long for large messages, by name. They can run on another thread, so that
 * other callers do not wait. Their input and output can be copied between threads, keys included.
 */

import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import type { Attachment, Message } from '../domain/message/message.ts';
import { readSubmission } from '../domain/message/read-submission.ts';
import { attachmentsOf, type Submission } from '../domain/message/submission.ts';
import type { PublicJwk } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import type { JsonBounds } from '../domain/words/json-count.ts';
import { type LongText, textOf } from '../domain/words/long-text.ts';
import { present } from '../domain/words/present.ts';
import { digestOf } from './digest.ts';
import type { Jws } from './jws.ts';
import type { OpeningKey } from './keys.ts';
import {
  type ConsignmentInput,
  type MadeConsignment,
  makeConsignment,
  type ReadConsignment,
  readConsignmentPayload,
} from './make-consignment.ts';
import {
  claimedSignerOf,
  digestOfSealed,
  kidsOfSealed,
  openSealedMessage,
  verifyMessage,
} from './sealed-message.ts';
import { digestOfPayload } from './statement.ts';
import { parseStrictBytes } from './strict-json.ts';
import { type SignedCall, signWebhook, type WebhookHeaders, type WebhookKey } from './webhook-signature.ts';

/** A partner's post: its content, and its attachments in the form of DIDComm. */
interface PreparedPost {
  readonly submission: Omit<Submission, 'attachments'>;
  readonly files: readonly Attachment[];
}

/** The expected sender of a sealed message. */
export interface SealingSender {
  readonly did: string;
  /** The keys that may have signed it. */
  readonly signing: readonly PublicJwk[];
}

export const HEAVY_WORK = {
  /** As `parseStrictBytes`. */
  parse: async (bytes: Uint8Array, bounds: JsonBounds): Promise<unknown> => parseStrictBytes(bytes, bounds),

  /** Parses JSON text of an object that this program wrote; no checks. */
  parsed: async (text: LongText): Promise<Record<string, unknown>> => JSON.parse(textOf(text)),

  /** As `digestOf`. */
  digest: async (bytes: Uint8Array): Promise<string> => digestOf(bytes),

  /** The digest of the payload of a stored signed text, as `digestOfPayload`. */
  signedDigest: async (text: LongText): Promise<string> => digestOfPayload(JSON.parse(textOf(text))),

  /** As `digestOfSealed`, for a sealed message as text. @throws Refusal as `marksOfSealed` */
  sealedDigest: async (text: LongText): Promise<string> => digestOfSealed(JSON.parse(textOf(text))),

  /** Reads a partner's post. @throws Refusal as `parseStrictBytes`, `invalid-body` */
  post: async (bytes: Uint8Array): Promise<PreparedPost> => {
    const one = readSubmission(parseStrictBytes(bytes, JSON_BOUNDS.message));
    const { attachments: _posted, ...said } = one;
    return { submission: said, files: attachmentsOf(one) };
  },

  /** As `makeConsignment`. */
  consign: (job: ConsignmentInput): Promise<MadeConsignment> => makeConsignment(job),

  /** Reads the payload of a consignment. @throws Refusal as `parseStrictBytes`; other faults are in the result */
  consignment: async (bytes: Uint8Array, bounds: JsonBounds): Promise<ReadConsignment> =>
    readConsignmentPayload(parseStrictBytes(bytes, bounds)),

  /**
   * The ids of the keys that a sealed message is encrypted to. The message is given as text. @throws Refusal as
   * `kidsOfSealed`
   */
  kids: async (text: LongText): Promise<string[]> => kidsOfSealed(JSON.parse(textOf(text))),

  /**
   * Opens a sealed message and verifies that its sender signed it; if a recipient is given, also that it is addressed
   * to that recipient.
   * @throws Refusal as `openSealedMessage` and `verifyMessage`; `misaddressed` if somebody else signed
   */
  open: async (
    text: LongText,
    keys: readonly OpeningKey[],
    { did, signing }: SealingSender,
    recipient: string | undefined,
  ): Promise<{ jws: Jws; message: Message }> => {
    const jws = await openSealedMessage(JSON.parse(textOf(text)), keys);
    if (claimedSignerOf(jws) !== did)
      throw new Refusal('misaddressed', 'the sealed message has another sender than its consignment');
    const keysOf = async () => signing;
    return {
      jws,
      message: await verifyMessage(jws, { keysOf, ...present({ recipient }) }),
    };
  },

  /** Encodes a value as JSON, in UTF-8. */
  json: async (value: unknown): Promise<Uint8Array<ArrayBuffer>> =>
    new TextEncoder().encode(JSON.stringify(value)),

  /** As `signWebhook`. */
  signCall: (signers: readonly WebhookKey[], call: SignedCall): Promise<WebhookHeaders> =>
    signWebhook(signers, call),
} as const;

export type HeavyWork = typeof HEAVY_WORK;

/** Chooses where the work on a message of this size in bytes is done. */
export type HeavyWorkChooser = (bytes: number) => HeavyWork;

/** Does the work in the calling thread, whatever the size. */
export const useThisThread: HeavyWorkChooser = () => HEAVY_WORK;
