/**
 * The operations of the seal that take long where a message is large, by name: so that another thread can be asked for
 * them, and nobody else waits meanwhile. What goes in and out can be copied between threads, keys included.
 */
import type { Consignment, SealedMessage } from '../domain/consignment.ts';
import type { JsonBounds } from '../domain/json-count.ts';
import type { Message } from '../domain/message.ts';
import type { PublicJwk } from '../domain/party.ts';
import type { ContentEncryption } from './jwe.ts';
import type { Jws } from './jws.ts';
import type { OpeningKey, SigningKey } from './keys.ts';
import {
  openSealed,
  readMessage,
  type SealedMarks,
  sealedKids,
  sealedMarks,
  sealFor,
  signerOf,
  signMessage,
} from './sealed-message.ts';
import { payloadDigest, signStatement } from './statement.ts';
import { parseStrictBytes } from './strict-json.ts';

/** A sealed message with its text, as it is kept. */
export interface SealedText {
  readonly sealed: SealedMessage;
  readonly digest: string;
  readonly text: string;
}

export const HEAVY = {
  /** As `parseStrictBytes`. */
  parse: async (bytes: Uint8Array, bounds: JsonBounds): Promise<unknown> => parseStrictBytes(bytes, bounds),

  /** What a sealed message can be held against, and its text. @throws Refusal as `sealedMarks` */
  marks: async (sealed: unknown): Promise<SealedMarks & { readonly text: string }> => {
    const { digest, kids } = sealedMarks(sealed);
    return { digest, kids, text: JSON.stringify(sealed) };
  },

  /** The keys that a sealed message, as text, is sealed to. @throws Refusal as `sealedKids` */
  kids: async (text: string): Promise<string[]> => sealedKids(JSON.parse(text)),

  /** Opens a sealed message; says by whom it claims to be signed. @throws Refusal as `openSealed`, `jose-malformed` */
  open: async (text: string, keys: readonly OpeningKey[]): Promise<{ jws: Jws; signer: string }> => {
    const jws = await openSealed(JSON.parse(text), keys);
    return { jws, signer: signerOf(jws) };
  },

  /** Verifies a signed message by the keys of its signer. @throws Refusal as `readMessage` */
  read: (jws: Jws, keys: readonly PublicJwk[], recipient: string | undefined): Promise<Message> =>
    readMessage(jws, { keysOf: async () => keys, ...(recipient === undefined ? {} : { recipient }) }),

  /** As `signMessage`. */
  sign: (message: Message, key: SigningKey): Promise<Jws> => signMessage(message, key),

  /** Seals a signed message to one desk. @throws Refusal as `sealFor` */
  seal: async (jws: Jws, keys: readonly PublicJwk[], enc: ContentEncryption): Promise<SealedText> => {
    const sealed = await sealFor(jws, keys, enc);
    return { sealed, digest: sealedMarks(sealed).digest, text: JSON.stringify(sealed) };
  },

  /** Signs a consignment; gives its text and the digest of what it says. */
  consign: async (claims: Consignment, key: SigningKey): Promise<{ text: string; digest: string }> => {
    const signed = await signStatement('consignment', claims, [key]);
    return { text: JSON.stringify(signed), digest: payloadDigest(signed) };
  },
} as const;

export type Heavy = typeof HEAVY;

/** Where work on a message of so many bytes is done. */
export type HeavyFor = (bytes: number) => Heavy;

/** In this thread, whatever the size. */
export const inPlace: HeavyFor = () => HEAVY;
