import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeCanonical } from '../../src/seal/jose-header.ts';
import {
  decryptVector,
  type JsonObject,
  judgeVector,
  readLooseHeader,
  readVectorJson,
  tallyVerdicts,
  type VectorVerdict,
  verifyVector,
} from '../support/jose-vectors.ts';
import { findVectors } from '../support/vectors.ts';

interface Case {
  readonly tcId: number;
  readonly result: 'valid' | 'invalid';
  readonly jws?: unknown;
  readonly jwe?: unknown;
  /** Plaintext, hex. */
  readonly pt?: string;
}
interface Group {
  readonly comment: string;
  readonly private: JsonObject;
  readonly public?: JsonObject;
  readonly tests: readonly Case[];
}

const folder = findVectors('wycheproof-jose');
const groups = (name: string): readonly Group[] =>
  readVectorJson<{ testGroups: Group[] }>(join(folder ?? '', `json_web_${name}_test.json`)).testGroups;

const keysOf = (key: JsonObject): readonly JsonObject[] => (Array.isArray(key['keys']) ? key['keys'] : [key]);

/** Whether a case keeps to our algorithms, judged by its header alone. */
const isOurs = (one: Case): boolean => {
  const { alg, enc } = readLooseHeader(one.jws ?? one.jwe);
  if (one.jwe === undefined) return alg === 'ES256' || alg === 'EdDSA';
  return alg === 'ECDH-ES+A256KW' && (enc === 'A256CBC-HS512' || enc === 'A256GCM');
};

const ALG_JWS = 'jose-header-refused: alg must be EdDSA or ES256';
const ALG_JWE = 'jose-header-refused: alg must be ECDH-ES+A256KW';
const ENC_JWE = 'jose-header-refused: enc must be A256CBC-HS512 or A256GCM';

/** Labelled invalid, yet byte for byte the valid case 357 (github.com/C2SP/wycheproof/issues/236). */
const SAME_BYTES: readonly number[] = [367, 370];

/** Labelled valid, yet with a `?` among the base64url that RFC 7515 §2 allows no other characters in. */
const STRAY_CHARACTER: readonly number[] = [372, 373];
const NOT_CANONICAL = 'jose-malformed: the protected header is not canonical base64url';

const WRONG_LENGTH = 'jose-malformed: a signature is not 64 bytes of canonical base64url';

async function run(group: Group, one: Case): Promise<VectorVerdict> {
  if (one.jwe !== undefined) return judgeVector(() => decryptVector(one.jwe, group.private));
  return judgeVector(() => verifyVector(one.jws, keysOf(group.public ?? group.private)));
}

/** Runs a file: nothing invalid gets through, everything valid that is ours does, the rest for a stated reason. */
async function judge(name: string): Promise<Readonly<Record<string, number>>> {
  const verdicts: VectorVerdict[] = [];
  for (const group of groups(name)) {
    for (const one of group.tests) {
      const verdict = await run(group, one);
      verdicts.push(verdict);
      const what = `${name} ${one.tcId}`;
      if ('bytes' in verdict) {
        expect(one.result, what).toBe('valid');
        if (one.pt !== undefined) expect(Buffer.from(verdict.bytes).toString('hex'), what).toBe(one.pt);
      } else if (one.result === 'valid') {
        expect(isOurs(one), what).toBe(false);
        const stray = name === 'signature' && STRAY_CHARACTER.includes(one.tcId);
        expect([ALG_JWS, ALG_JWE, ENC_JWE, ...(stray ? [NOT_CANONICAL] : [])], what).toContain(
          verdict.reason,
        );
      }
    }
  }
  return tallyVerdicts(`wycheproof json_web_${name}`, 'taken', verdicts);
}

describe.skipIf(folder === undefined)('Wycheproof JOSE (skipped where the vectors are absent)', () => {
  it('JWS: 401 cases', async () => {
    expect(await judge('signature')).toEqual({
      taken: 2,
      [ALG_JWS]: 341,
      'jose-header-refused: jwk is not allowed in the protected header': 1,
      'jose-malformed: not a JWS in General JSON': 17,
      'jose-malformed: the protected header: the text is not JSON': 6,
      [NOT_CANONICAL]: 3,
      'malformed-json: the text is not JSON': 1,
      [WRONG_LENGTH]: 8,
      'signature-invalid: a signature does not verify': 19,
      'unknown-sender: the signing key is not known': 1,
      'invalid-body: the whole: has 1 member(s) that are not in the schema (kty is "EC")': 2,
    });
  });

  it('JWE: 139 cases', async () => {
    expect(await judge('encryption')).toEqual({
      taken: 2,
      [ALG_JWE]: 119,
      [ENC_JWE]: 5,
      'jose-malformed: not a JWE in General JSON': 11,
      'jose-malformed: the protected header: the text is not JSON': 2,
    });
  });

  it('JWK: 26 cases', async () => {
    expect(await judge('key')).toEqual({
      [ALG_JWS]: 20,
      'invalid-body: the whole: has 1 member(s) that are not in the schema (kty is "EC")': 3,
      'invalid-body: /crv: must be "P-256" (kty is "EC")': 1,
      'invalid-body: /kty: must be one of "OKP", "EC"': 1,
      'statement-refused: a published key is not a valid key of its curve': 1,
    });
  });

  it('JOSE together: 83 cases', async () => {
    expect(await judge('crypto')).toEqual({
      taken: 1,
      [ALG_JWS]: 19,
      [ALG_JWE]: 21,
      'jose-header-refused: jwk is not allowed in the protected header': 1,
      'jose-malformed: not a JWS in General JSON': 17,
      'jose-malformed: not a JWE in General JSON': 11,
      'jose-malformed: the protected header: the text is not JSON': 8,
      [WRONG_LENGTH]: 1,
      'signature-invalid: a signature does not verify': 3,
      'unknown-sender: the signing key is not known': 1,
    });
  });

  it('base64url: 21 cases that differ in spelling alone, whatever their algorithm', () => {
    const cases = groups('signature').find((group) => group.comment === 'base64')?.tests ?? [];
    const strict = (one: Case): boolean =>
      String(one.jws)
        .split('.')
        .every((part) => {
          try {
            return decodeCanonical(part, 'a part', 4_096).length >= 0;
          } catch {
            return false;
          }
        });
    expect(cases).toHaveLength(21);
    for (const one of cases.filter((other) => !SAME_BYTES.includes(other.tcId))) {
      expect(strict(one), `base64 ${one.tcId}`).toBe(
        one.result === 'valid' && !STRAY_CHARACTER.includes(one.tcId),
      );
    }
  });
});
