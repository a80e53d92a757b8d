import { Buffer } from 'node:buffer';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JSON_BOUNDS } from '../../src/domain/message/json-bounds.ts';
import type { PublicJwk } from '../../src/domain/party/designation.ts';
import { digestOf } from '../../src/seal/digest.ts';
import { checkSignedType, kidsOfJws, readJws, verifyJws } from '../../src/seal/jws.ts';
import { publicHalfOf, readPrivateJwk } from '../../src/seal/keys.ts';
import { digestOfSealed, openSealedMessage, SIGNED_TYPE } from '../../src/seal/sealed-message.ts';
import { parseStrictBytes } from '../../src/seal/strict-json.ts';
import {
  type JsonObject,
  judgeVector,
  readLooseHeader,
  readVectorJson,
  tallyVerdicts,
  type VectorVerdict,
} from '../support/jose-vectors.ts';
import { findVectors } from '../support/vectors.ts';

const folder = findVectors('didcomm') ?? '';
const file = <T>(number: string): T => {
  const name = readdirSync(folder).find((one) => one.startsWith(`${number}-`) && one.endsWith('.json'));
  return readVectorJson(join(folder, name ?? number));
};

/** The appendix's DIDs are of a method made for examples; ours are `did:web`. */
const asOurs = (jwk: JsonObject): string =>
  JSON.stringify(jwk).replaceAll('did:example:', 'did:web:example.test:');
const readable = (jwk: JsonObject): PublicJwk | undefined => {
  try {
    return publicHalfOf(readPrivateJwk(asOurs(jwk)));
  } catch {
    return undefined;
  }
};

interface Sealed {
  readonly protected: string;
  readonly recipients: readonly { readonly header: { readonly kid: string } }[];
}

describe.skipIf(folder === '')('DIDComm v2.1, appendix (skipped where the vectors are absent)', () => {
  it('A: keys on allowed curves are read, the others are not', () => {
    const [alice, bob] = [
      file<JsonObject[]>('01'),
      readVectorJson<JsonObject[]>(join(folder, '02-a-2-recipient-secrets.normalized.json')),
    ];
    const curves = (read: boolean) =>
      [...alice, ...bob].filter((jwk) => (readable(jwk) !== undefined) === read).map((jwk) => jwk['crv']);
    expect(new Set(curves(true))).toEqual(new Set(['Ed25519', 'P-256', 'X25519']));
    expect(new Set(curves(false))).toEqual(new Set(['secp256k1', 'P-384', 'P-521']));
  });

  it('C.2: signed messages verify with EdDSA and ES256; ES256K is refused by name', async () => {
    const keys = file<JsonObject[]>('01').map(readable);
    const verdicts: VectorVerdict[] = [];
    for (const number of ['06', '07', '08']) {
      const verdict = await judgeVector(async () => {
        const read = readJws(file(number), 4_096);
        checkSignedType(read, SIGNED_TYPE);
        expect(kidsOfJws(read)).toHaveLength(1);
        await verifyJws(read, async (kid) =>
          keys.find((key) => key?.kid === kid?.replace('did:example:', 'did:web:example.test:')),
        );
        return read.payload;
      });
      if ('bytes' in verdict)
        expect(parseStrictBytes(verdict.bytes, JSON_BOUNDS.message)).toMatchObject({
          from: 'did:example:alice',
          body: { messagespecificattribute: 'and its value' },
        });
      verdicts.push(verdict);
    }
    expect(tallyVerdicts('didcomm signed', 'verified', verdicts)).toEqual({
      verified: 2,
      'jose-header-refused: alg must be EdDSA or ES256': 1,
    });
  });

  it('C.3: encrypted messages are refused by name: their ciphers, curves and authcrypt are not allowed', async () => {
    const verdicts: VectorVerdict[] = [];
    for (const number of ['09', '10', '11', '12', '13', '14']) {
      const sealed = file<Sealed>(number);
      const closed = await judgeVector(async () => Buffer.from(digestOfSealed(sealed)));
      expect(
        await judgeVector(async () => Buffer.from((await openSealedMessage(sealed, [])).payload)),
      ).toEqual(closed);
      verdicts.push(closed);
    }
    expect(tallyVerdicts('didcomm encrypted', 'opened', verdicts)).toEqual({
      'jose-header-refused: enc must be A256CBC-HS512 or A256GCM': 2,
      'jose-header-refused: epk must be a public key on X25519 or P-256': 2,
      'jose-header-refused: alg must be ECDH-ES+A256KW': 2,
    });
  });

  it('C.3: apv is computed as the appendix does', () => {
    for (const number of ['09', '10', '11', '12', '13', '14']) {
      const sealed = file<Sealed>(number);
      const kids = sealed.recipients.map((one) => one.header.kid).sort();
      expect(digestOf(kids.join('.'))).toBe(readLooseHeader(sealed.protected)['apv']);
    }
  });
});
