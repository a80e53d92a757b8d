/** Request bodies: bounded while they are read, checked for their content type, and only then parsed. */
import { readBounded } from '../domain/bounded.ts';
import { Refusal } from '../domain/error.ts';
import type { JsonBounds } from '../domain/json-count.ts';
import { parseStrictBytes } from '../seal/strict-json.ts';

/** The media type of a request without its parameters, in lower case. */
export const contentType = (request: Request): string =>
  (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/**
 * Reads a JSON body of at most `limit` bytes, without duplicate members, that holds no more than the bounds say.
 * @throws Refusal `wrong-content-type`, `too-large`, `malformed-json`
 */
export async function boundedJson(
  request: Request,
  types: readonly string[],
  limit: number,
  bounds: JsonBounds,
): Promise<unknown> {
  if (!types.includes(contentType(request)))
    throw new Refusal('wrong-content-type', `content-type must be ${types.join(' or ')}`);
  const tooLarge = () => new Refusal('too-large', `the body is larger than ${limit} bytes`);
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
  const bytes = await readBounded(request.body, limit).catch(() => {
    throw new Refusal('malformed-json', 'the body broke off');
  });
  if (bytes === undefined) throw tooLarge();
  return parseStrictBytes(bytes, bounds);
}
