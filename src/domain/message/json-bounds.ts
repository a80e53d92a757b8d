/**
 * The most that each kind of JSON document may contain, far more than any honest one has. These bounds are checked
 * before parsing. The bounds in bytes are in `message.ts`, beside the schemas.
 */
import type { JsonBounds } from '../words/json-count.ts';
import { LIMITS } from './message.ts';

const KIB = 1_024;
const MIB = 1_024 * KIB;

const bounds = (values: number, depth: number, string: number): JsonBounds => ({
  values,
  members: values,
  depth,
  string,
});

export const JSON_BOUNDS = {
  /** A JOSE header: ten members. */
  header: bounds(64, 4, 4 * KIB),
  /** A JWK, or a few of them. */
  keys: bounds(2_000, 8, 4 * KIB),
  /** A JWS in General JSON: four signatures are 23 values. Its payload is one string. */
  jws: bounds(50, 6, 2 * LIMITS.consignment),
  /** A JWE in General JSON: eight recipients are 37 values. Its content is one string. */
  jwe: bounds(60, 6, 2 * LIMITS.sealedMessage),
  /** Two JWS in one object, as one gateway posts them to another. */
  relay: bounds(101, 7, 2 * LIMITS.consignment),
  /** The payload of a signed consignment: twenty sealed messages to eight keys each are 1,000 values. */
  consignment: bounds(4_000, 12, 2 * LIMITS.sealedMessage),
  /** A message or a partner's post: a case of many persons, and twenty files. */
  message: bounds(20_000, 32, LIMITS.assistedPost),
  /** Evidence, a withdrawal, a gateway's designation, or a small post. */
  small: bounds(4_000, 32, LIMITS.smallPost),
  /** A designation with its officers and keys. */
  designation: bounds(40_000, 32, LIMITS.smallPost),
  /** An agreement with its rules, groups and calendars; and the files that a command is given. */
  agreement: bounds(100_000, 32, LIMITS.smallPost),
  /** The closing of a case file: the digest of every part. */
  closing: bounds(400_000, 32, LIMITS.smallPost),
  /** A case file with its contents. */
  caseFile: bounds(1_000_000, 32, 2 * LIMITS.consignment),
  /** A post or an answer of the Telegram Bot API: a message and the one it replies to. */
  update: bounds(20_000, 32, 256 * KIB),
  /** The largest answer of a gateway to our own client programs. */
  answer: bounds(20_000, 32, 8 * MIB),
} as const satisfies Record<string, JsonBounds>;
