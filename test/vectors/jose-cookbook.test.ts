import { Buffer } from 'node:buffer';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publicJwk } from '../../src/domain/party/designation.ts';
import { parseBySchema } from '../../src/domain/words/checked.ts';
import {
  decryptVector,
  type JsonObject,
  judgeVector,
  readVectorJson,
  tallyVerdicts,
  type VectorVerdict,
  verifyVector,
} from '../support/jose-vectors.ts';
import { findVectors } from '../support/vectors.ts';

interface Example {
  readonly input: {
    readonly payload?: string;
    readonly alg?: string | readonly string[];
    readonly key?: JsonObject | readonly JsonObject[];
  };
  /** The same object in each serialisation it can take. */
  readonly output: Readonly<Record<string, unknown>>;
}

const folder = findVectors('jose-cookbook') ?? '';
const examples = (...path: readonly string[]): readonly Example[] => {
  const at = join(folder, ...path);
  return path.at(-1)?.endsWith('.json')
    ? [readVectorJson(at)]
    : readdirSync(at).map((name) => readVectorJson(join(at, name)));
};
const keysOf = (one: Example): readonly JsonObject[] => {
  const key = one.input.key ?? {};
  return Array.isArray(key) ? key : [key as JsonObject];
};

const ALG_JWS = 'jose-header-refused: alg must be EdDSA or ES256';
const ALG_JWE = 'jose-header-refused: alg must be ECDH-ES+A256KW';
const NOT_JWS = 'jose-malformed: not a JWS in General JSON';
const NOT_JWE = 'jose-malformed: not a JWE in General JSON';

async function verify(name: string, list: readonly Example[]): Promise<Readonly<Record<string, number>>> {
  const verdicts: VectorVerdict[] = [];
  for (const one of list) {
    for (const jws of Object.values(one.output)) {
      const verdict = await judgeVector(() => verifyVector(jws, keysOf(one)));
      if ('bytes' in verdict) expect(Buffer.from(verdict.bytes).toString()).toBe(one.input.payload);
      else expect(['EdDSA', 'ES256']).not.toContain(one.input.alg);
      verdicts.push(verdict);
    }
  }
  return tallyVerdicts(`cookbook ${name}`, 'taken', verdicts);
}

async function decrypt(name: string, list: readonly Example[]): Promise<Readonly<Record<string, number>>> {
  const verdicts: VectorVerdict[] = [];
  for (const one of list) {
    for (const jwe of Object.values(one.output)) {
      verdicts.push(await judgeVector(() => decryptVector(jwe, keysOf(one)[0] ?? {})));
      // §5.13 has one such recipient among others; whoever it is, the shared header does not protect its `alg`.
      expect(one.input.alg).not.toBe('ECDH-ES+A256KW');
    }
  }
  return tallyVerdicts(`cookbook ${name}`, 'taken', verdicts);
}

describe.skipIf(folder === '')('the JOSE cookbook (skipped where the vectors are absent)', () => {
  it('Ed25519, in each serialisation', async () => {
    expect(await verify('curve25519 jws', examples('curve25519', 'jws.json'))).toEqual({ taken: 3 });
  });

  it('X25519, which the cookbook agrees on directly: no key wrap, so no encrypted key', async () => {
    const example = examples('curve25519', 'ecdh-es.json');
    expect(await decrypt('curve25519 jwe', example)).toEqual({ [ALG_JWE]: 1, [NOT_JWE]: 2 });
  });

  // Not a JWS here: payload detached, or no protected header.
  it('RFC 7520 §4: signatures, none with an allowed algorithm', async () => {
    expect(await verify('jws', examples('jws'))).toEqual({ [ALG_JWS]: 15, [NOT_JWS]: 5 });
  });

  // Not a JWE here: no encrypted key, additional data, or headers that are not protected.
  it('RFC 7520 §5: encryption, none with an allowed algorithm', async () => {
    expect(await decrypt('jwe', examples('jwe'))).toEqual({ [ALG_JWE]: 23, [NOT_JWE]: 11 });
  });

  it('RFC 7520 §6: a signature within encryption', async () => {
    const path = join(folder, '6.nesting_signatures_and_encryption.json');
    const nested = readVectorJson<{ sign: Example; encrypt: Example }>(path);
    expect(await verify('nested jws', [nested.sign])).toEqual({ [ALG_JWS]: 1 });
    expect(await decrypt('nested jwe', [nested.encrypt])).toEqual({ [ALG_JWE]: 3 });
  });

  it('RFC 7797: payloads that are not encoded', async () => {
    expect(await verify('rfc7797', examples('rfc7797'))).toEqual({ [ALG_JWS]: 5 });
  });

  it('RFC 7520 §3: keys, none on an allowed curve', async () => {
    const names = readdirSync(join(folder, 'jwk'));
    const verdicts = names.map((name) =>
      judgeVector(async () => {
        const { use: _, alg: __, ...jwk } = readVectorJson<JsonObject>(join(folder, 'jwk', name));
        const key = parseBySchema(publicJwk, { ...jwk, kid: 'did:web:vector.test#key' });
        return Buffer.from(key.x);
      }),
    );
    expect(tallyVerdicts('cookbook jwk', 'taken', await Promise.all(verdicts))).toEqual({
      'invalid-body: /crv: must be "P-256" (kty is "EC")': 1,
      'invalid-body: /crv: must be "P-256" (kty is "EC"); the whole: has 1 member(s) that are not in the schema (kty is "EC")': 1,
      'invalid-body: /kty: must be one of "OKP", "EC"': 4,
    });
  });
});
