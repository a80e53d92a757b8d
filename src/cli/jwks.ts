/** Public keys of a focal point that holds its own keys: `{ signing, agreement }`, or a JWK Set with `use` (RFC 7517 §4.2). */

import { type PublicJwk, publicJwk } from '../domain/party/designation.ts';
import { parseBySchema } from '../domain/words/checked.ts';
import { Refusal } from '../domain/words/error.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { isObject } from '../seal/strict-json.ts';
import { readJson } from './files.ts';

interface OwnKeys {
  readonly signing: readonly PublicJwk[];
  readonly agreement: readonly PublicJwk[];
}

const LIMIT = 64 * 1024;

/**
 * Reads the file for the focal point with this DID.
 * @throws Failure `usage` for another shape or a private key; Refusal `invalid-body`, `statement-refused`
 */
export async function readJwks(flag: string, file: string, did: string): Promise<OwnKeys> {
  const value = await readJson(flag, file, LIMIT);
  if (!isObject(value)) throw makeUsageFailure(`${flag}: not a JSON object`);
  const keys = Array.isArray(value['keys']) ? value['keys'] : undefined;
  const found = {
    signing: read(flag, keys?.filter((one) => useOf(one) === 'sig') ?? value['signing']),
    agreement: read(flag, keys?.filter((one) => useOf(one) === 'enc') ?? value['agreement']),
  };
  if (![...found.signing, ...found.agreement].every((one) => one.kid.startsWith(`${did}#`)))
    throw new Refusal('statement-refused', `the kid of each key must begin with ${did}#`);
  return found;
}

const useOf = (jwk: unknown): unknown => (isObject(jwk) ? jwk['use'] : undefined);

function read(flag: string, list: unknown): PublicJwk[] {
  if (!Array.isArray(list) || list.length === 0)
    throw makeUsageFailure(
      `${flag}: needs at least one signing key and one key agreement key`,
      'Give { "signing": […], "agreement": […] }, or a JWK Set whose keys have use "sig" or "enc".',
    );
  return list.map((jwk: unknown) => {
    if (!isObject(jwk)) throw makeUsageFailure(`${flag}: a key is not a JSON object`);
    if ('d' in jwk)
      throw makeUsageFailure(
        `${flag}: contains a private key`,
        'Give only the public halves; leave the private keys where they are.',
      );
    const { use: _use, alg: _alg, key_ops: _ops, ...rest } = jwk;
    return parseBySchema(publicJwk, rest, 'key');
  });
}
