/**
 * Operations of the seal that take long for large messages, by name. Another thread can do them, so that nobody
 * else waits. Their input and output can be copied between threads, keys included.
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

/** A partner's post: what it says, and its attachments as DIDComm carries them. */
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

  /** Parses a text that was made here: `JSON.parse`, of an object. */
  parsed: async (text: LongText): Promise<Record<string, unknown>> => JSON.parse(textOf(text)),

  /** As `sha256`. */
  digest: async (bytes: Uint8Array): Promise<string> => digestOf(bytes),

  /** What a signed text that was kept here says, as `payloadDigest`. */
  signedDigest: async (text: LongText): Promise<string> => digestOfPayload(JSON.parse(textOf(text))),

  /** As `sealedDigest`, of a sealed message as text. @throws Refusal as `sealedMarks` */
  sealedDigest: async (text: LongText): Promise<string> => digestOfSealed(JSON.parse(textOf(text))),

  /** Reads a partner's post. @throws Refusal as `parseStrictBytes`, `invalid-body` */
  post: async (bytes: Uint8Array): Promise<PreparedPost> => {
    const one = readSubmission(parseStrictBytes(bytes, JSON_BOUNDS.message));
    const { attachments: _posted, ...said } = one;
    return { submission: said, files: attachmentsOf(one) };
  },

  /** As `consign`. */
  consign: (job: ConsignmentInput): Promise<MadeConsignment> => makeConsignment(job),

  /** Reads what a consignment says. @throws Refusal as `parseStrictBytes`; the rest is in what comes back */
  consignment: async (bytes: Uint8Array, bounds: JsonBounds): Promise<ReadConsignment> =>
    readConsignmentPayload(parseStrictBytes(bytes, bounds)),

  /** The keys that a sealed message, as text, is sealed to. @throws Refusal as `sealedKids` */
  kids: async (text: LongText): Promise<string[]> => kidsOfSealed(JSON.parse(textOf(text))),

  /**
   * Opens a sealed message and verifies that its sender signed it, for a recipient where one is named.
   * @throws Refusal as `openSealed` and `readMessage`, `misaddressed` where somebody else signed
   */
  open: async (
    text: LongText,
    keys: readonly OpeningKey[],
    { did, signing }: SealingSender,
    recipient: string | undefined,
  ): Promise<{ jws: Jws; message: Message }> => {
    const jws = await openSealedMessage(JSON.parse(textOf(text)), keys);
    if (claimedSignerOf(jws) !== did)
      throw new Refusal('misaddressed', 'the sealed message is of another sender than its consignment');
    const keysOf = async () => signing;
    return {
      jws,
      message: await verifyMessage(jws, { keysOf, ...present({ recipient }) }),
    };
  },

  /** A value as the bytes of its JSON. */
  json: async (value: unknown): Promise<Uint8Array<ArrayBuffer>> =>
    new TextEncoder().encode(JSON.stringify(value)),

  /** As `signWebhook`. */
  signCall: (signers: readonly WebhookKey[], call: SignedCall): Promise<WebhookHeaders> =>
    signWebhook(signers, call),
} as const;

export type HeavyWork = typeof HEAVY_WORK;

/** Where work on a message of so many bytes is done. */
export type HeavyWorkChooser = (bytes: number) => HeavyWork;

/** Does the work in this thread, whatever the size. */
export const useThisThread: HeavyWorkChooser = () => HEAVY_WORK;
