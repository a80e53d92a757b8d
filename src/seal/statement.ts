/**
 * Signed statements: designations, agreements, evidence, consignments and others. Each is a JWS in General JSON over a
 * JSON object.
 */

import { Buffer } from 'node:buffer';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { LIMITS } from '../domain/message/message.ts';
import { Refusal } from '../domain/words/error.ts';
import type { JsonBounds } from '../domain/words/json-count.ts';
import type { LongText } from '../domain/words/long-text.ts';
import type { AuthorityJwk, AuthorityKey } from './authority-key.ts';
import { digestOf } from './digest.ts';
import { shortMediaType } from './jose-header.ts';
import {
  ALLOWED_ALGS,
  type AllowedAlgs,
  checkSignedType,
  type Jws,
  kidsOfJws,
  type ReadJws,
  readJws,
  type SignatureStyle,
  signJws,
  verifyJws,
} from './jws.ts';
import { type DecodedPayload, LargeJws, verifyLargeJws } from './large-jws.ts';
import { SIGNED_TYPE } from './sealed-message.ts';
import { isObject, parseStrictBytes } from './strict-json.ts';

export type StatementType =
  | 'designation'
  | 'withdrawal'
  | 'gateway'
  | 'endpoint'
  | 'agreement'
  | 'evidence'
  | 'consignment'
  | 'case'
  | 'capabilities';

interface Style extends SignatureStyle {
  /** Bounds of the payload: its bytes, and the size of its JSON. */
  readonly maxPayload: number;
  readonly bounds: JsonBounds;
  readonly algs: AllowedAlgs;
}

/**
 * Each type of statement has its own media type, so that none can be presented as another (RFC 8725 §3.11). The prefix
 * `application/` is left out, as RFC 7515 §4.1.9 advises. `algs` lists the algorithms of the party that signs the
 * type. A consignment is a DIDComm signed message, so it has that media type.
 */
const STATEMENTS: Readonly<Record<StatementType, Style>> = {
  designation: {
    typ: 'amanat-designation+jws',
    kid: 'protected',
    algs: ALLOWED_ALGS.authority,
    maxPayload: 256 * 1024,
    bounds: JSON_BOUNDS.designation,
  },
  withdrawal: {
    typ: 'amanat-withdrawal+jws',
    kid: 'protected',
    algs: ALLOWED_ALGS.authority,
    maxPayload: LIMITS.smallPost,
    bounds: JSON_BOUNDS.small,
  },
  gateway: {
    typ: 'amanat-gateway+jws',
    kid: 'protected',
    algs: ALLOWED_ALGS.authority,
    maxPayload: LIMITS.smallPost,
    bounds: JSON_BOUNDS.small,
  },
  endpoint: {
    typ: 'amanat-endpoint+jws',
    kid: 'protected',
    algs: ALLOWED_ALGS.authority,
    maxPayload: LIMITS.smallPost,
    bounds: JSON_BOUNDS.small,
  },
  agreement: {
    typ: 'amanat-agreement+jws',
    kid: 'protected',
    algs: ALLOWED_ALGS.authority,
    maxPayload: 1024 * 1024,
    bounds: JSON_BOUNDS.agreement,
  },
  evidence: {
    typ: 'amanat-evidence+jws',
    kid: 'protected',
    algs: ALLOWED_ALGS.focalPoint,
    maxPayload: LIMITS.smallPost,
    bounds: JSON_BOUNDS.small,
  },
  consignment: {
    typ: SIGNED_TYPE,
    kid: 'unprotected',
    algs: ALLOWED_ALGS.focalPoint,
    maxPayload: LIMITS.consignment,
    bounds: JSON_BOUNDS.consignment,
  },
  case: {
    typ: 'amanat-case+jws',
    kid: 'protected',
    algs: ALLOWED_ALGS.focalPoint,
    maxPayload: 8 * 1024 * 1024,
    bounds: JSON_BOUNDS.closing,
  },
  capabilities: {
    typ: 'amanat-capabilities+jws',
    kid: 'protected',
    algs: ALLOWED_ALGS.focalPoint,
    maxPayload: LIMITS.smallPost,
    bounds: JSON_BOUNDS.small,
  },
};

/** A verified statement. */
export interface VerifiedStatement {
  readonly payload: unknown;
  /** SHA-256 of the payload's bytes, base64url. Further signatures do not change it. */
  readonly digest: string;
  readonly kids: string[];
}

/**
 * Signs a statement with each key, in order. The signed bytes are `JSON.stringify(payload)`.
 * @throws Refusal `configuration` if the algorithm of a key is not allowed for this type
 */
export async function signStatement(
  type: StatementType,
  payload: object,
  keys: readonly AuthorityKey[],
): Promise<Jws> {
  checkAlgs(keys, type);
  return signJws(Buffer.from(JSON.stringify(payload)), keys, STATEMENTS[type]);
}

function checkAlgs(keys: readonly AuthorityKey[], type: StatementType): void {
  if (!keys.every((key) => STATEMENTS[type].algs.includes(key.alg)))
    throw new Refusal('configuration', 'a key of this kind may sign only designations and agreements');
}

/**
 * Adds a signature over the same payload bytes: this is how a second authority joins an agreement. Existing signatures
 * are not verified here; {@link verifyStatement} verifies all.
 * @throws Refusal `already-exists` if this key has signed before; for its shape as {@link verifyStatement}
 */
export async function addSignature(jws: Jws, key: AuthorityKey): Promise<Jws> {
  const read = readAny(jws);
  if (kidsOfJws(read).includes(key.kid))
    throw new Refusal('already-exists', 'this key has signed the statement already');
  const type = typeOf(read);
  checkAlgs([key], type);
  const added = await signJws(read.payload, [key], STATEMENTS[type]);
  return { payload: read.jws.payload, signatures: [...read.jws.signatures, ...added.signatures] };
}

function typeOf(read: ReadJws): StatementType {
  const types = Object.keys(STATEMENTS) as StatementType[];
  const type = types.find((one) => shortMediaType(STATEMENTS[one].typ) === read.signatures[0]?.typ);
  if (type === undefined) throw new Refusal('jose-header-refused', 'typ is not that of a statement');
  checkSignedType(read, STATEMENTS[type].typ);
  return type;
}

/**
 * Verifies every signature of a statement; the signatures must be by different keys. The caller parses the payload by
 * its schema and checks that the right parties signed.
 * @throws Refusal `jose-malformed`, `jose-header-refused`, `too-large`, `unknown-sender` if `keyOf` knows no key,
 * `signature-invalid`, `malformed-json`
 */
export async function verifyStatement(
  jws: unknown,
  type: StatementType,
  keyOf: (kid: string) => Promise<AuthorityJwk | undefined>,
  parse: PayloadParser = parseInPlace,
): Promise<VerifiedStatement> {
  const { maxPayload, algs, typ } = STATEMENTS[type];
  const isLarge = jws instanceof LargeJws;
  const read = readJws(isLarge ? jws.shell : jws, maxPayload, algs);
  checkSignedType(read, typ);
  const kids = kidsOfJws(read);
  const keyNamed = async (kid: string | undefined) => (kid === undefined ? undefined : keyOf(kid));
  if (isLarge) await verifyLargeJws(jws, read, keyNamed);
  else await verifyJws(read, keyNamed);
  const { bytes, digest } = isLarge
    ? await jws.payload(maxPayload)
    : { bytes: read.payload, digest: digestOf(read.payload) };
  return { payload: await payloadBy(parse, bytes, type), digest, kids };
}

/** The digest of a statement that was just signed here; the same as {@link verifyStatement} returns. */
export const digestOfPayload = (jws: Jws): string => digestOf(Buffer.from(jws.payload, 'base64url'));

/**
 * Reads a statement without verifying it, only to find out whose key is needed. Do not trust its content.
 * @throws Refusal `jose-malformed`, `jose-header-refused`, `too-large`, `malformed-json`
 */
export function peekStatement(jws: unknown): { readonly payload: unknown; readonly kids: string[] } {
  const read = readAny(jws);
  return { payload: payloadOf(read.payload, typeOf(read)), kids: kidsOfJws(read) };
}

/**
 * Reads only the key ids of a statement, without parsing its payload: the caller is authenticated before its payload
 * is parsed.
 * @throws Refusal `jose-malformed`, `jose-header-refused`, `too-large`
 */
export const peekStatementKids = (jws: unknown): readonly string[] =>
  kidsOfJws(readAny(jws instanceof LargeJws ? jws.shell : jws));

/**
 * The digest of a consignment and what it says, unverified: for telling which one was refused, and to whom is proven.
 * @throws Refusal as {@link peekStatement}
 */
export async function peekConsignment(
  jws: unknown,
  parse: PayloadParser = parseInPlace,
): Promise<{ payload: unknown; digest: string }> {
  const { maxPayload, algs } = STATEMENTS.consignment;
  const { bytes, digest } =
    jws instanceof LargeJws
      ? await jws.payload(maxPayload)
      : await digested(readJws(jws, maxPayload, algs).payload);
  return { payload: await payloadBy(parse, bytes, 'consignment'), digest };
}

const digested = async (bytes: Uint8Array): Promise<DecodedPayload> => ({ bytes, digest: digestOf(bytes) });

/** A statement as JSON text, to be stored. */
export const textOfStatement = async (jws: unknown): Promise<LongText> =>
  jws instanceof LargeJws ? jws.text() : JSON.stringify(jws);

/** Reads a statement of a type that is not known yet. The type decides the allowed algorithms when it is verified. */
const readAny = (jws: unknown): ReadJws => readJws(jws, LIMITS.consignment, ALLOWED_ALGS.authority);

/** Parses a payload like `parseStrictBytes`, on any thread. */
type PayloadParser = (bytes: Uint8Array, bounds: JsonBounds) => Promise<unknown>;

const parseInPlace: PayloadParser = async (bytes, bounds) => parseStrictBytes(bytes, bounds);

async function payloadBy(
  parse: PayloadParser,
  bytes: Uint8Array,
  type: StatementType,
): Promise<Record<string, unknown>> {
  return objectOf(await parse(sized(bytes, type), STATEMENTS[type].bounds));
}

const payloadOf = (bytes: Uint8Array, type: StatementType): Record<string, unknown> =>
  objectOf(parseStrictBytes(sized(bytes, type), STATEMENTS[type].bounds));

function sized(bytes: Uint8Array, type: StatementType): Uint8Array {
  const { maxPayload } = STATEMENTS[type];
  if (bytes.length > maxPayload)
    throw new Refusal('too-large', `the payload is larger than ${maxPayload} bytes`);
  return bytes;
}

function objectOf(payload: unknown): Record<string, unknown> {
  if (!isObject(payload)) throw new Refusal('malformed-json', 'the payload is not a JSON object');
  return payload;
}
