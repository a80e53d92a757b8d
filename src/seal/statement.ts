/** Statements: designations, agreements, evidence and consignments, each a JWS in General JSON over a JSON object. */
import { Buffer } from 'node:buffer';
import { Refusal } from '../domain/error.ts';
import { LIMITS } from '../domain/message.ts';
import type { PublicJwk } from '../domain/party.ts';
import { sha256 } from './digest.ts';
import {
  checkType,
  type Jws,
  kidsOf,
  type ReadJws,
  readJws,
  type SignatureStyle,
  signJws,
  verifyJws,
} from './jws.ts';
import type { SigningKey } from './keys.ts';
import { SIGNED_TYPE } from './sealed-message.ts';
import { shortType } from './shape.ts';
import { isObject, parseStrictBytes } from './strict-json.ts';

export type StatementType = 'designation' | 'agreement' | 'evidence' | 'consignment';

/**
 * One media type for each statement, so that none can be shown as another (RFC 8725 §3.11); `application/` is left out
 * as RFC 7515 §4.1.9 advises. A consignment is a DIDComm signed message and looks like one.
 */
const STATEMENTS: Readonly<Record<StatementType, SignatureStyle & { readonly maxPayload: number }>> = {
  designation: { typ: 'amanat-designation+jws', kid: 'protected', maxPayload: 256 * 1024 },
  agreement: { typ: 'amanat-agreement+jws', kid: 'protected', maxPayload: 1024 * 1024 },
  evidence: { typ: 'amanat-evidence+jws', kid: 'protected', maxPayload: LIMITS.smallPost },
  consignment: { typ: SIGNED_TYPE, kid: 'unprotected', maxPayload: LIMITS.consignment },
};

/** A verified statement. */
export interface Statement {
  readonly payload: unknown;
  /** SHA-256 of the payload's bytes, base64url: the same whoever else signs. */
  readonly digest: string;
  readonly kids: string[];
}

/** Signs a statement with each of the keys, in order. What is signed is `JSON.stringify(payload)`. */
export const signStatement = (
  type: StatementType,
  payload: object,
  keys: readonly SigningKey[],
): Promise<Jws> => signJws(Buffer.from(JSON.stringify(payload)), keys, STATEMENTS[type]);

/**
 * Adds a signature over the same payload bytes: how a second authority joins an agreement. What is there already is
 * not verified here; {@link readStatement} verifies all.
 * @throws Refusal `already-exists` where this key signed before; for its shape as {@link readStatement}
 */
export async function addSignature(jws: Jws, key: SigningKey): Promise<Jws> {
  const read = readJws(jws, LIMITS.consignment);
  if (kidsOf(read).includes(key.kid))
    throw new Refusal('already-exists', 'this key has signed the statement already');
  const added = await signJws(read.payload, [key], STATEMENTS[typeOf(read)]);
  return { payload: read.jws.payload, signatures: [...read.jws.signatures, ...added.signatures] };
}

function typeOf(read: ReadJws): StatementType {
  const types: readonly StatementType[] = ['designation', 'agreement', 'evidence', 'consignment'];
  const type = types.find((one) => shortType(STATEMENTS[one].typ) === read.signatures[0]?.typ);
  if (type === undefined) throw new Refusal('jose-header-refused', 'typ is not that of a statement');
  checkType(read, STATEMENTS[type].typ);
  return type;
}

/**
 * Verifies a statement: every signature that stands on it, by different keys. The caller parses the payload by its
 * schema and asks whether the right ones signed.
 * @throws Refusal `jose-malformed`, `jose-header-refused`, `too-large`, `unknown-sender` where `keyOf` knows no key,
 *   `signature-invalid`, `malformed-json`
 */
export async function readStatement(
  jws: unknown,
  type: StatementType,
  keyOf: (kid: string) => Promise<PublicJwk | undefined>,
): Promise<Statement> {
  const read = readJws(jws, STATEMENTS[type].maxPayload);
  checkType(read, STATEMENTS[type].typ);
  const kids = kidsOf(read);
  await verifyJws(read, async (kid) => (kid === undefined ? undefined : keyOf(kid)));
  return { payload: payloadOf(read), digest: sha256(read.payload), kids };
}

/** The digest of a statement as {@link readStatement} gives it, for one that was just signed here. */
export const payloadDigest = (jws: Jws): string => sha256(Buffer.from(jws.payload, 'base64url'));

/**
 * Looks into a statement without verifying it, only to find out whose key to ask for. Believe nothing it says.
 * @throws Refusal `jose-malformed`, `jose-header-refused`, `too-large`, `malformed-json`
 */
export function peek(jws: unknown): { readonly payload: unknown; readonly kids: string[] } {
  const read = readJws(jws, LIMITS.consignment);
  return { payload: payloadOf(read), kids: kidsOf(read) };
}

function payloadOf(read: ReadJws): Record<string, unknown> {
  const payload = parseStrictBytes(read.payload);
  if (!isObject(payload)) throw new Refusal('malformed-json', 'the payload is not a JSON object');
  return payload;
}
