/** Runs published JOSE vectors through the functions of the seal and counts the results. */

import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { JSON_BOUNDS } from '../../src/domain/message/json-bounds.ts';
import { type PublicJwk, publicJwk } from '../../src/domain/party/designation.ts';
import { parseBySchema } from '../../src/domain/words/checked.ts';
import { Refusal } from '../../src/domain/words/error.ts';
import { present } from '../../src/domain/words/present.ts';
import { decryptJwe, readJwe } from '../../src/seal/jwe.ts';
import { readJws, verifyJws } from '../../src/seal/jws.ts';
import { importOpeningKey, readPrivateJwk, signingAlgOf } from '../../src/seal/keys.ts';
import { parseStrict } from '../../src/seal/strict-json.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const readVectorJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

/** Vectors name keys in their own way; this program uses DID URLs. The vectors do not test the name. */
const KID = 'did:web:vector.test#key';

/**
 * A vector's key in the form that a designation must publish. `use` and `alg` are not allowed there, so they are
 * removed if they agree with this program; otherwise they stay, and the schema refuses them.
 */
function published(jwk: JsonObject): PublicJwk {
  const { d: _, kid, use, alg, ...material } = jwk;
  const key = parseBySchema(publicJwk, {
    ...material,
    ...present({ use: use === undefined || use === 'sig' ? undefined : use }),
    kid: KID,
  });
  parseBySchema(publicJwk, alg === undefined || alg === signingAlgOf(key) ? key : { ...key, alg });
  return { ...key, kid: typeof kid === 'string' ? kid : KID };
}

/** The General JSON of a JWS that may be compact, flattened or JSON text; anything else as it is. */
function generalJws(jws: unknown): unknown {
  const value = fromText(jws);
  if (typeof value === 'string') {
    const [header, payload, signature, ...rest] = value.split('.');
    const whole = payload !== undefined && signature !== undefined && rest.length === 0;
    return whole ? { payload, signatures: [{ protected: header, signature }] } : value;
  }
  if (typeof value !== 'object' || value === null || 'signatures' in value) return value;
  const { payload, ...signature } = value as JsonObject;
  return { payload, signatures: [signature] };
}

/** The same for a JWE. */
function generalJwe(jwe: unknown): unknown {
  const value = fromText(jwe);
  if (typeof value === 'string') {
    const [header, key, iv, ciphertext, tag, ...rest] = value.split('.');
    const whole = tag !== undefined && rest.length === 0;
    return whole ? { protected: header, recipients: [{ encrypted_key: key }], iv, ciphertext, tag } : value;
  }
  if (typeof value !== 'object' || value === null || 'recipients' in value) return value;
  const { encrypted_key, header, ...shared } = value as JsonObject;
  return { ...shared, recipients: [{ encrypted_key, ...present({ header }) }] };
}

const fromText = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('{') ? parseStrict(value, JSON_BOUNDS.message) : value;

/** Verifies a JWS by the one key of the set that it names; the whole set must be publishable. */
export async function verifyVector(jws: unknown, keys: readonly JsonObject[]): Promise<Uint8Array> {
  const read = readJws(generalJws(jws), 1024 * 1024);
  const known = keys.map(published);
  await verifyJws(read, async (kid) => (kid === undefined ? known[0] : known.find((one) => one.kid === kid)));
  return read.payload;
}

/** Decrypts a JWE with a private key. */
export async function decryptVector(jwe: unknown, key: JsonObject): Promise<Uint8Array> {
  const read = readJwe(generalJwe(jwe));
  const { alg: _, use: __, kid, ...material } = key;
  const opening = await importOpeningKey(readPrivateJwk(JSON.stringify({ ...material, kid: KID })));
  return decryptJwe(read, { ...opening, kid: read.kids[0] ?? String(kid) });
}

/** What became of one case: the bytes that came out, or the reason of the refusal. */
export type VectorVerdict = { readonly bytes: Uint8Array } | { readonly reason: string };

/** Runs one case. Anything but a refusal is a fault of ours and fails the test. */
export async function judgeVector(work: () => Promise<Uint8Array>): Promise<VectorVerdict> {
  try {
    return { bytes: await work() };
  } catch (error) {
    if (error instanceof Refusal) return { reason: `${error.code}: ${error.detail}` };
    throw error;
  }
}

/** The header of a compact object, read as leniently as can be: only to sort cases, never to judge them. */
export function readLooseHeader(compact: unknown): JsonObject {
  try {
    return JSON.parse(Buffer.from(String(compact).split('.')[0] ?? '', 'base64url').toString()) as JsonObject;
  } catch {
    return {};
  }
}

/** Counts verdicts and writes one line about them into the test's output. */
export function tallyVerdicts(
  name: string,
  good: string,
  verdicts: readonly VectorVerdict[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const one of verdicts) {
    const word = 'bytes' in one ? good : one.reason;
    counts[word] = (counts[word] ?? 0) + 1;
  }
  const { [good]: taken = 0, ...refused } = counts;
  const reasons = Object.entries(refused).map(([reason, count]) => `${reason}: ${count}`);
  const line = `${name}: ${verdicts.length} cases, ${taken} ${good}, ${verdicts.length - taken} refused`;
  process.stdout.write(`${line} (${reasons.join(' · ')})\n`);
  return counts;
}
