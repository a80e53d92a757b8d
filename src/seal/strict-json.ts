/**
 * JSON that every reader understands alike. `JSON.parse` lets a member stand twice and takes the last, other parsers
 * take the first: a signature over such a text proves nothing. So duplicates are refused, and what a text may hold is
 * bounded before it is parsed.
 */
import { Refusal } from '../domain/words/error.ts';
import { type JsonBounds, JsonCounter } from '../domain/words/json-count.ts';
import { jsonPointerOf } from '../domain/words/schema-faults.ts';
import { findBadText } from '../domain/words/text.ts';

/**
 * Parses JSON text as I-JSON has it (RFC 7493 §2.3): no member twice in one object, and no more than the bounds say.
 * Bound the text's size before the call.
 * @throws Refusal `malformed-json`, `too-large`
 */
export const parseStrict = (text: string, bounds: JsonBounds): unknown =>
  parsed(text, new TextEncoder().encode(text), bounds);

/**
 * Parses bytes that must be UTF-8 (RFC 8259 §8.1), without a byte order mark.
 * @throws Refusal `malformed-json`, `too-large`
 */
export function parseStrictBytes(bytes: Uint8Array, bounds: JsonBounds): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal('malformed-json', 'the text is not UTF-8');
  }
  return parsed(text, bytes, bounds);
}

/** The detail for a text that no JSON parser accepts. */
export const NOT_JSON_TEXT = 'the text is not JSON';

/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The JSON value that bytes from somebody else hold, or undefined where they hold none. */
export function tryParseValue(bytes: Uint8Array | undefined, bounds: JsonBounds): unknown {
  if (bytes === undefined) return undefined;
  try {
    return parseStrictBytes(bytes, bounds);
  } catch {
    return undefined;
  }
}

/** The object that bytes from somebody else hold, or undefined where they hold none: an answer may be anything. */
export function tryParseObject(
  bytes: Uint8Array | undefined,
  bounds: JsonBounds,
): Record<string, unknown> | undefined {
  const value = tryParseValue(bytes, bounds);
  return isObject(value) ? value : undefined;
}

function parsed(text: string, bytes: Uint8Array, bounds: JsonBounds): unknown {
  const count = new JsonCounter(bounds);
  count.take(bytes);
  count.end();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('malformed-json', NOT_JSON_TEXT);
  }
  if (count.members !== membersKept(value))
    throw new Refusal('malformed-json', 'an object names a member twice');
  checkUnicode(text, value);
  return value;
}

/** A surrogate can occur only as an escape, because the bytes are UTF-8. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** I-JSON texts hold no half of a surrogate pair (RFC 7493 §2.1): other readers refuse them, or read something else. */
function checkUnicode(text: string, value: unknown): void {
  const place = SURROGATE_ESCAPE.test(text) ? findBadText(value) : undefined;
  if (place !== undefined)
    throw new Refusal(
      'malformed-json',
      `${jsonPointerOf(place)}: not Unicode text, it holds half a surrogate pair`,
    );
}

/** Counts the members that parsing kept, on a stack of our own so that depth cannot exhaust the runtime's. */
function membersKept(value: unknown): number {
  let count = 0;
  const waiting: unknown[] = [value];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    const children = Object.values(one);
    if (!Array.isArray(one)) count += children.length;
    for (const child of children) waiting.push(child);
  }
  return count;
}
