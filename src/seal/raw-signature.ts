/**
 * Ed25519 over plain bytes (RFC 8032), for formats that are no JOSE: the ledger's signed notes. What is signed there
 * begins with the name of a log or of a statement in clear text, what JWS and webhooks sign never does, so that one
 * key can serve them all.
 */

import type { PublicJwk } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { decodeExactly } from './jose-header.ts';
import type { SigningKey } from './keys.ts';

/** Whether a key can sign plain bytes. */
export const canSignRaw = (key: { readonly publicJwk: PublicJwk }): boolean =>
  key.publicJwk.crv === 'Ed25519';

/**
 * Signs bytes: 64 bytes.
 * @throws Refusal `configuration` where the key is not on Ed25519
 */
export async function signRaw(key: SigningKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (!canSignRaw(key)) throw new Refusal('configuration', 'the gateway’s key is not on Ed25519');
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key.privateKey, bytes));
}

/**
 * The 32 bytes of an Ed25519 key (RFC 8032 §5.1.5, RFC 8037 §2).
 * @throws Refusal `jose-malformed` where they are not that
 */
export const rawPublicKeyOf = (jwk: PublicJwk): Uint8Array => decodeExactly(jwk.x, 'x', 32);
