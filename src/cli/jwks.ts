/** Public keys that a desk in its own custody brings: `{ signing, agreement }`, or a JWK Set with `use` (RFC 7517 §4.2). */

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
 * Reads the file for the desk with this DID.
 * @throws Failure `usage` for another shape or where a key is private; Refusal `invalid-body`, `statement-refused`
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
      `${flag}: needs at least one key to sign and one to agree on keys`,
      'Give { "signing": […], "agreement": […] }, or a JWK Set whose keys have use "sig" or "enc".',
    );
  return list.map((jwk: unknown) => {
    if (!isObject(jwk)) throw makeUsageFailure(`${flag}: a key is not a JSON object`);
    if ('d' in jwk)
      throw makeUsageFailure(
        `${flag}: holds a private key`,
        'Give the public halves only; keep the private ones where they are.',
      );
    const { use: _use, alg: _alg, key_ops: _ops, ...rest } = jwk;
    return parseBySchema(publicJwk, rest, 'key');
  });
}
