/**
 * Makes a whole consignment from a message, and reads one down to the part for each recipient. Both process the whole
 * message several times, so each is one operation that can run away from the thread that answers callers.
 */
import { type Consignment, carriedMessagesOf, consignmentSchema } from '../domain/message/consignment.ts';
import type { Message } from '../domain/message/message.ts';
import type { PublicJwk } from '../domain/party/designation.ts';
import { parseBySchema } from '../domain/words/checked.ts';
import { Refusal } from '../domain/words/error.ts';
import type { LongText } from '../domain/words/long-text.ts';
import type { ContentEncryption } from './jwe.ts';
import type { SigningKey } from './keys.ts';
import { marksOfSealed, sealMessage, signMessage } from './sealed-message.ts';
import { digestOfPayload, signStatement } from './statement.ts';
import { isObject } from './strict-json.ts';

/** The payload of a consignment, without the sealed messages. */
export type ConsignmentHead = Omit<Consignment, 'attachments'>;

/** A sealed message as text, with the digest by which consignments name it. */
export interface SealedText {
  readonly digest: string;
  readonly text: LongText;
}

/** The sealed message for one recipient. */
export interface SealedPart extends SealedText {
  readonly to: string;
}

/** The recipient of a sealed message, its keys, and the content encryption. */
export interface SealingTarget {
  readonly to: string;
  readonly keys: readonly PublicJwk[];
  readonly enc: ContentEncryption;
}

/** The signer of a message, and everyone it is sealed to. */
export interface ConsignmentInput {
  readonly message: Message;
  readonly signer: SigningKey;
  /** The sender's own copy, which the consignment does not carry. */
  readonly own: SealingTarget;
  readonly recipients: readonly SealingTarget[];
  /** The consignment's head without the recipients; these are computed from the sealed messages. */
  readonly head: Omit<ConsignmentHead, 'body'> & {
    readonly body: Omit<ConsignmentHead['body'], 'recipients'>;
  };
}

/** A consignment that was made here. */
export interface MadeConsignment {
  readonly head: ConsignmentHead;
  readonly text: LongText;
  /** The digest of its payload. */
  readonly digest: string;
  /** In the order of the recipients. */
  readonly sealed: readonly SealedText[];
  readonly ownCopy: LongText;
}

/** Texts of at least this many characters are returned as bytes. */
const LONG = 256 * 1_024;

const long = (text: string): LongText => (text.length < LONG ? text : new TextEncoder().encode(text));

/**
 * Signs a message once, seals it to each recipient and to its sender, and signs the consignment that contains the
 * sealed messages.
 * @throws Refusal as `sealMessage`
 */
export async function makeConsignment({
  message,
  signer,
  own,
  recipients,
  head,
}: ConsignmentInput): Promise<MadeConsignment> {
  const jws = await signMessage(message, signer);
  const seal = async ({ keys, enc }: SealingTarget) => {
    const json = await sealMessage(jws, keys, enc);
    return { json, digest: marksOfSealed(json).digest };
  };
  const parts = await Promise.all(recipients.map(seal));
  const { json: ownCopy } = await seal(own);
  const whole: ConsignmentHead = {
    ...head,
    body: {
      ...head.body,
      recipients: parts.map(({ digest }, n) => ({
        to: recipients[n]?.to ?? '',
        digest,
        attachment: `s${n + 1}`,
      })),
    },
  };
  const claims: Consignment = {
    ...whole,
    attachments: parts.map(({ json }, n) => ({
      id: `s${n + 1}`,
      media_type: 'application/didcomm-encrypted+json',
      data: { json },
    })),
  };
  const signed = await signStatement('consignment', claims, [signer]);
  return {
    head: whole,
    text: long(JSON.stringify(signed)),
    digest: digestOfPayload(signed),
    sealed: parts.map(({ json, digest }) => ({ digest, text: long(JSON.stringify(json)) })),
    ownCopy: long(JSON.stringify(ownCopy)),
  };
}

/** A refusal that is thrown when its part is requested. */
type PartRefusal = Pick<Refusal, 'code' | 'detail'>;

/** A parsed payload. Requesting a part that was refused throws the refusal. */
export interface ReadConsignment {
  /** The `id` of the payload if it is a text, even if the rest was refused. */
  readonly id: unknown;
  readonly head: ConsignmentHead | { readonly refused: PartRefusal };
  readonly parts: readonly SealedPart[] | { readonly refused: PartRefusal };
}

/** Reads the payload of a consignment. Faults are in the result; it never throws a refusal. */
export function readConsignmentPayload(payload: unknown): ReadConsignment {
  const id = isObject(payload) && typeof payload['id'] === 'string' ? payload['id'] : undefined;
  const one = attempted(() => parseBySchema(consignmentSchema, payload));
  if ('refused' in one) return { id, head: one, parts: one };
  const { attachments: _carried, ...head } = one;
  return { id, head, parts: attempted(() => partsOf(one)) };
}

function attempted<T>(read: () => T): T | { readonly refused: PartRefusal } {
  try {
    return read();
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    return { refused: { code: fault.code, detail: fault.detail } };
  }
}

/**
 * Each recipient with its sealed message. The digest and the key ids are compared with the consignment, without
 * opening the message.
 * @throws Refusal `misaddressed`, `digest-mismatch`, and for its shape as `marksOfSealed`
 */
const partsOf = (one: Consignment): readonly SealedPart[] =>
  carriedMessagesOf(one).map(({ to, digest: named, sealed }) => {
    const { digest, kids } = marksOfSealed(sealed);
    if (digest !== named)
      throw new Refusal('digest-mismatch', 'a sealed message does not have the digest the consignment names');
    if (kids.some((kid) => kid.split('#')[0] !== to))
      throw new Refusal('misaddressed', 'a sealed message is encrypted to a key that is not the recipient’s');
    return { to, digest, text: long(JSON.stringify(sealed)) };
  });
