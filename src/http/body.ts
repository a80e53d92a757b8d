/** Request bodies: the content type is checked, the body is received within its route's limit, and only then parsed. */

import {
  type BodyLimit,
  checkBodyEncoding,
  receiveBody,
  receiveSmallBody,
} from '../domain/message/receive-body.ts';
import { Refusal } from '../domain/words/error.ts';
import type { HeldBody } from '../domain/words/held-body.ts';
import type { JsonBounds } from '../domain/words/json-count.ts';
import { outlineOfJson } from '../domain/words/json-outline.ts';
import type { Admitting } from '../gateway-parts.ts';
import { readOutlineValue } from '../seal/large-jws.ts';
import { parseStrictBytes } from '../seal/strict-json.ts';

/** The media type of a request without its parameters, in lower case. */
export const contentTypeOf = (request: Request): string =>
  (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** @throws Refusal `wrong-content-type` */
export function checkContentType(request: Request, types: readonly string[]): void {
  if (!types.includes(contentTypeOf(request)))
    throw new Refusal('wrong-content-type', `content-type must be ${types.join(' or ')}`);
  checkBodyEncoding(request);
}

/**
 * Reads a small JSON body without duplicate members.
 * @throws Refusal `wrong-content-type`, and as `receive` and `parseStrictBytes`
 */
export async function readBoundedJson(
  { bodies }: Admitting,
  request: Request,
  asked: { readonly types: readonly string[]; readonly door: BodyLimit; readonly bounds: JsonBounds },
): Promise<unknown> {
  checkContentType(request, asked.types);
  return parseStrictBytes(await receiveSmallBody(request, asked.door, bodies), asked.bounds);
}

/**
 * Receives a body and keeps it until the work on it is done. Only a few large bodies are worked on at once; others wait.
 * @throws Refusal as `receive`, and what the work throws
 */
export async function holdBody<T>(
  { bodies }: Admitting,
  request: Request,
  door: BodyLimit,
  work: (body: HeldBody) => Promise<T>,
): Promise<T> {
  const body = await receiveBody(request, door, bodies);
  try {
    return await bodies.inTurn(body, () => work(body));
  } finally {
    body.release();
  }
}

/**
 * Parses a body in which one JWS may be large: the body itself, or a member. A large JWS stays where it was received.
 * @throws Refusal `malformed-json`, `too-large`
 */
export const readHeldBody = async (body: HeldBody, bounds: JsonBounds, member?: string): Promise<unknown> =>
  readOutlineValue(body, await outlineOfJson(body, bounds), bounds, member);
