/**
 * Ed25519 over plain bytes (RFC 8032), for a format outside JOSE: the ledger's signed notes. The same key may sign
 * both: a signed note begins with the name of a log or a statement in clear text, and the input of a JWS or a webhook
 * signature never does.
 */

import type { PublicJwk } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { decodeExactly } from './jose-header.ts';
import type { SigningKey } from './keys.ts';

/** Whether a key can sign plain bytes. */
export const canSignRaw = (key: { readonly publicJwk: PublicJwk }): boolean =>
  key.publicJwk.crv === 'Ed25519';

/**
 * Signs bytes; the signature has 64 bytes.
 * @throws Refusal `configuration` if the key is not on Ed25519
 */
export async function signRaw(key: SigningKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (!canSignRaw(key)) throw new Refusal('configuration', 'the gateway’s key is not on Ed25519');
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key.privateKey, bytes));
}

/**
 * The 32 bytes of an Ed25519 public key (RFC 8032 §5.1.5, RFC 8037 §2).
 * @throws Refusal `jose-malformed` if `x` does not decode to 32 bytes
 */
export const rawPublicKeyOf = (jwk: PublicJwk): Uint8Array => decodeExactly(jwk.x, 'x', 32);
