/**
 * JSON Web Encryption in General JSON (RFC 7516 §7.2.1), read strictly: ECDH-ES+A256KW on X25519 or P-256, content
 * under A256CBC-HS512 or A256GCM, one ephemeral key for all recipients as DIDComm v2.1 requires.
 */
import './native-base64.ts';
import { flattenedDecrypt, GeneralEncrypt } from 'jose';
import { z } from 'zod';
import { LIMITS } from '../domain/message/message.ts';
import type { PublicJwk } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import {
  checkHeader,
  decodeCanonical,
  decodeExactly,
  type HeaderRule,
  kidOfHeader,
  readHeader,
  requireOneOf,
  shortMediaType,
} from './jose-header.ts';
import { importPublicKey, KEY_WRAP, type OpeningKey } from './keys.ts';

/** Content encryption; the default that DIDComm requires comes first (RFC 7518 §5). */
const CONTENT_ENCRYPTION = ['A256CBC-HS512', 'A256GCM'] as const;
export type ContentEncryption = (typeof CONTENT_ENCRYPTION)[number];

/**
 * Lengths in bytes of the initialisation vector, the tag, and the wrapped content key (RFC 7518 §5.2.5, §5.3; RFC
 * 3394).
 */
const SIZES: Readonly<Record<ContentEncryption, { iv: number; tag: number; key: number }>> = {
  'A256CBC-HS512': { iv: 16, tag: 32, key: 72 },
  A256GCM: { iv: 12, tag: 16, key: 40 },
};

const HEADERS: HeaderRule = { protected: ['alg', 'enc', 'typ', 'epk', 'apv', 'kid'], unprotected: ['kid'] };
const MAX_RECIPIENTS = 8;

/** A public key, without private members: a private member in a header would be a leak. */
const ephemeral = z.discriminatedUnion('crv', [
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('X25519'), x: z.string() }),
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() }),
]);

const general = z.strictObject({
  protected: z.string(),
  recipients: z
    .array(
      z.strictObject({ header: z.record(z.string(), z.unknown()).optional(), encrypted_key: z.string() }),
    )
    .min(1)
    .max(MAX_RECIPIENTS),
  iv: z.string(),
  ciphertext: z.string(),
  tag: z.string(),
});
type General = z.infer<typeof general>;

/** A JWE whose shape has been checked. Nothing is decrypted yet. */
export interface ReadJwe {
  readonly jwe: General;
  readonly enc: ContentEncryption;
  /** Without `application/`. */
  readonly typ: string | undefined;
  readonly apv: string | undefined;
  /** One for each recipient, in order. */
  readonly kids: readonly (string | undefined)[];
}

/**
 * Reads a JWE without a key. It accepts only General JSON, canonical base64url, the algorithms and headers of the
 * allow-list, and parts of the exact length that the algorithm requires.
 * @throws Refusal `jose-malformed`, `jose-header-refused`, `too-large`
 */
export function readJwe(value: unknown): ReadJwe {
  const shape = general.safeParse(value);
  if (!shape.success) throw new Refusal('jose-malformed', 'not a JWE in General JSON');
  const jwe = shape.data;
  const header = readHeader(jwe.protected);
  requireOneOf(header, 'alg', [KEY_WRAP]);
  const enc = requireOneOf(header, 'enc', CONTENT_ENCRYPTION);
  const sizes = SIZES[enc];
  const kids = jwe.recipients.map((one) => {
    checkHeader(header, one.header ?? {}, HEADERS);
    decodeExactly(one.encrypted_key, 'an encrypted key', sizes.key);
    return kidOfHeader(header, one.header ?? {});
  });
  if (new Set(kids).size !== kids.length)
    throw new Refusal('jose-malformed', 'two recipients have the same kid');
  checkEphemeral(header['epk']);
  decodeExactly(jwe.iv, 'the initialisation vector', sizes.iv);
  decodeExactly(jwe.tag, 'the tag', sizes.tag);
  decodeCanonical(jwe.ciphertext, 'the ciphertext', LIMITS.sealedMessage);
  return { jwe, enc, typ: shortMediaType(header['typ']), apv: partyInfo(header['apv']), kids };
}

function checkEphemeral(epk: unknown): void {
  const key = ephemeral.safeParse(epk);
  if (!key.success) throw new Refusal('jose-header-refused', 'epk must be a public key on X25519 or P-256');
  decodeExactly(key.data.x, 'epk.x', 32);
  if (key.data.crv === 'P-256') decodeExactly(key.data.y, 'epk.y', 32);
}

function partyInfo(apv: unknown): string | undefined {
  if (apv === undefined) return undefined;
  if (typeof apv !== 'string') throw new Refusal('jose-malformed', 'apv is not text');
  decodeCanonical(apv, 'apv', 64);
  return apv;
}

/**
 * Decrypts with one key: the part for the recipient with that key id, or the only part if the JWE names no recipient.
 * @throws Refusal `decryption-failed`, the same for every cause, so that an attacker cannot tell which step failed
 */
export async function decryptJwe(read: ReadJwe, key: OpeningKey): Promise<Uint8Array> {
  const at = read.kids.findIndex((kid) => kid === key.kid || kid === undefined);
  const recipient = read.jwe.recipients[at];
  if (recipient === undefined) throw undecryptableRefusal();
  const { protected: header, iv, ciphertext, tag } = read.jwe;
  const allowed = { keyManagementAlgorithms: [KEY_WRAP], contentEncryptionAlgorithms: [read.enc] };
  try {
    const flattened = { protected: header, iv, ciphertext, tag, encrypted_key: recipient.encrypted_key };
    return (await flattenedDecrypt(flattened, key.privateKey, allowed)).plaintext;
  } catch {
    throw undecryptableRefusal();
  }
}

/** The same refusal for every failure to decrypt. */
export const undecryptableRefusal = (): Refusal =>
  new Refusal('decryption-failed', 'the sealed message could not be opened');

/** The content encryption, and how the header names it. */
interface EncryptionStyle {
  readonly enc: ContentEncryption;
  readonly typ: string;
  /** Agreement PartyVInfo (RFC 7518 §4.6.1.3), bound into the derived key. */
  readonly apv: Uint8Array;
}

/**
 * Encrypts to one public key, with its `kid` in the recipient's unprotected header.
 *
 * For several recipients, jose would write an `epk` into the header of each, but DIDComm requires one in the protected
 * header. So there is always one recipient.
 * @throws Refusal `statement-refused` if the key is not a valid point of its curve
 */
export async function encryptJwe(plaintext: Uint8Array, to: PublicJwk, style: EncryptionStyle) {
  const key = await importPublicKey(to, KEY_WRAP);
  const made = await new GeneralEncrypt(plaintext)
    .setProtectedHeader({ typ: style.typ, alg: KEY_WRAP, enc: style.enc })
    .addRecipient(key)
    .setUnprotectedHeader({ kid: to.kid })
    .setKeyManagementParameters({ apv: style.apv })
    .encrypt();
  const { protected: header = '', iv = '', ciphertext, tag = '', recipients } = made;
  const encryptedKey = recipients[0]?.encrypted_key ?? '';
  return {
    protected: header,
    recipients: [{ encrypted_key: encryptedKey, header: { kid: to.kid } }],
    iv,
    ciphertext,
    tag,
  };
}
