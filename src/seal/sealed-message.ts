/**
 * The sealed message: DIDComm v2.1 `anoncrypt(sign(message))`. The inner signature proves to any court who wrote it;
 * the outer encryption lets only the recipient read it. The signature covers the message's `to`, so a recipient cannot
 * pass the message on as if it had been sent to somebody else.
 */

import { Buffer } from 'node:buffer';
import type { SealedMessage } from '../domain/message/consignment.ts';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { countAttachmentBytes, LIMITS, type Message, messageSchema } from '../domain/message/message.ts';
import { keyId, type PublicJwk } from '../domain/party/designation.ts';
import { parseBySchema } from '../domain/words/checked.ts';
import { Refusal } from '../domain/words/error.ts';
import { digestOf } from './digest.ts';
import { shortMediaType } from './jose-header.ts';
import {
  type ContentEncryption,
  decryptJwe,
  encryptJwe,
  type ReadJwe,
  readJwe,
  undecryptableRefusal,
} from './jwe.ts';
import { checkSignedType, type Jws, kidsOfJws, type ReadJws, readJws, signJws, verifyJws } from './jws.ts';
import { isAgreementKey, type OpeningKey, type SigningKey } from './keys.ts';
import { parseStrictBytes } from './strict-json.ts';

export type { Jws } from './jws.ts';

/** Media types of DIDComm v2.1 § IANA Media Types. */
export const SIGNED_TYPE = 'application/didcomm-signed+json';
const ENCRYPTED_TYPE = 'application/didcomm-encrypted+json';

/** Signs a message as a DIDComm signed message: one signature, with `kid` in its unprotected header. */
export const signMessage = (one: Message, key: SigningKey): Promise<Jws> =>
  signJws(Buffer.from(JSON.stringify(one)), [key], { typ: SIGNED_TYPE, kid: 'unprotected' });

/**
 * Seals a signed message to one recipient: under its newest X25519 key, or its newest key if it has no X25519 key. The
 * last key listed is the newest.
 * @throws Refusal `unknown-recipient` if the recipient has no key agreement key, `too-large` if the recipient could
 * not open the result
 */
export async function sealMessage(
  jws: Jws,
  recipientKeys: readonly PublicJwk[],
  enc: ContentEncryption,
): Promise<SealedMessage> {
  const usable = recipientKeys.filter(isAgreementKey);
  const key = usable.findLast((one) => one.crv === 'X25519') ?? usable.at(-1);
  if (key === undefined)
    throw new Refusal('unknown-recipient', 'the recipient publishes no key agreement key');
  const plaintext = Buffer.from(JSON.stringify(jws));
  // CBC pads by up to one block.
  if (plaintext.length + 16 > LIMITS.sealedMessage)
    throw new Refusal('too-large', 'the message is too large to seal');
  return encryptJwe(plaintext, key, {
    enc,
    typ: ENCRYPTED_TYPE,
    apv: Buffer.from(apvOf([key.kid]), 'base64url'),
  });
}

/** DIDComm v2.1 § ECDH-ES key wrapping: the SHA-256 of the recipients' key ids, sorted, joined by `.`. */
const apvOf = (kids: readonly string[]): string => digestOf([...kids].sort().join('.'));

/** Reads a sealed message without a key: everything that a gateway can check without opening it. */
function readSealed(sealed: unknown): ReadJwe & { readonly kids: readonly string[] } {
  const read = readJwe(sealed);
  if (read.typ !== shortMediaType(ENCRYPTED_TYPE))
    throw new Refusal('jose-header-refused', `typ must be ${ENCRYPTED_TYPE}`);
  const kids = read.jwe.recipients.map((one) => one.header?.['kid']).filter((kid) => typeof kid === 'string');
  if (kids.length !== read.jwe.recipients.length) {
    throw new Refusal('jose-malformed', 'each recipient needs a kid in its unprotected header');
  }
  if (read.apv !== apvOf(kids))
    throw new Refusal('jose-header-refused', 'apv is not the digest of the recipients’ key ids');
  return { ...read, kids };
}

/** What identifies a sealed message without opening it. */
interface SealedMarks {
  /**
   * The digest by which consignments and evidence name it: SHA-256 over `protected.iv.ciphertext.tag`. These texts are
   * canonical, so the same bytes always have the same digest; `apv` binds the key ids.
   */
  readonly digest: string;
  /** The ids of the keys it is sealed to. */
  readonly kids: readonly string[];
}

/**
 * Reads from a sealed message what other texts refer to it by.
 * @throws Refusal `jose-malformed`, `jose-header-refused`, `too-large`
 */
export function marksOfSealed(sealed: unknown): SealedMarks {
  const { jwe, kids } = readSealed(sealed);
  return { digest: digestOf(`${jwe.protected}.${jwe.iv}.${jwe.ciphertext}.${jwe.tag}`), kids };
}

/**
 * Only the digest.
 * @throws Refusal as {@link marksOfSealed}
 */
export const digestOfSealed = (sealed: unknown): string => marksOfSealed(sealed).digest;

/**
 * Only the ids of the keys.
 * @throws Refusal as {@link marksOfSealed}
 */
export const kidsOfSealed = (sealed: unknown): string[] => [...readSealed(sealed).kids];

/**
 * Opens a sealed message with the first of the given keys that it is encrypted to. The signature inside is not
 * verified yet; {@link verifyMessage} does that.
 * @throws Refusal as {@link marksOfSealed} for its shape, then `decryption-failed` for everything else
 */
export async function openSealedMessage(sealed: unknown, keys: readonly OpeningKey[]): Promise<Jws> {
  const read = readSealed(sealed);
  const key = keys.find((one) => read.kids.includes(one.kid));
  if (key === undefined) throw undecryptableRefusal();
  const plaintext = await decryptJwe(read, key);
  try {
    return readJws(parseStrictBytes(plaintext, JSON_BOUNDS.jws), LIMITS.sealedMessage).jws;
  } catch {
    throw undecryptableRefusal();
  }
}

/**
 * The DID that a signed message names as its signer. Not verified: use it only to find the signer's keys.
 * @throws Refusal `jose-malformed`, and for its shape as `readJws`
 */
export const claimedSignerOf = ({ signatures }: Jws): string =>
  signerIn(readJws({ payload: '', signatures }, 0)).signer;

/** @throws Refusal `jose-malformed`, `jose-header-refused` */
function signerIn(read: ReadJws): { readonly kid: string; readonly signer: string } {
  checkSignedType(read, SIGNED_TYPE);
  const [kid, ...others] = kidsOfJws(read);
  if (kid === undefined || others.length > 0)
    throw new Refusal('jose-malformed', 'a message has exactly one signature');
  if (!keyId.safeParse(kid).success) throw new Refusal('jose-malformed', 'kid is not a did:web key id');
  return { kid, signer: kid.slice(0, kid.indexOf('#')) };
}

/** The reader of a message, and where to find its signer's keys. */
interface ReaderExpectation {
  /** The DID that must be in the message's `to`; absent if the reader is not a recipient. */
  readonly recipient?: string;
  /** Finds the signing keys of a DID in its designation; empty if the DID is not known. */
  readonly keysOf: (did: string) => Promise<readonly PublicJwk[]>;
}

/**
 * Verifies a signed message and returns it as the schema reads it. It must have exactly one signature, by a key of the
 * DID in `from`, be addressed to the recipient, and have attachments within the bounds. Its body is not checked here.
 * @throws Refusal for its shape as {@link readJws}; `unknown-sender`, `signature-invalid`, `malformed-json`,
 * `invalid-body`, `misaddressed`, `too-large`
 */
export async function verifyMessage(jws: unknown, expect: ReaderExpectation): Promise<Message> {
  const read = readJws(jws, LIMITS.sealedMessage);
  const { kid, signer } = signerIn(read);
  const keys = await expect.keysOf(signer);
  await verifyJws(read, async () => keys.find((one) => one.kid === kid));
  const one = parseBySchema(messageSchema, parseStrictBytes(read.payload, JSON_BOUNDS.message));
  if (one.from !== signer)
    throw new Refusal('misaddressed', 'from is not the focal point that signed the message');
  if (expect.recipient !== undefined && !one.to.includes(expect.recipient)) {
    throw new Refusal('misaddressed', 'the message is not addressed to this recipient');
  }
  if (countAttachmentBytes(one.attachments) > LIMITS.attachments) {
    throw new Refusal('too-large', `attachments are larger than ${LIMITS.attachments} bytes together`);
  }
  return one;
}
