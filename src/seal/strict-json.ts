/**
 * JSON that every reader understands in the same way. `JSON.parse` accepts duplicate members and takes the last one;
 * other parsers take the first. A signature over such a text would prove nothing. So duplicates are refused, and the
 * size of the JSON is bounded before it is parsed.
 */
import { Refusal } from '../domain/words/error.ts';
import { type JsonBounds, JsonCounter } from '../domain/words/json-count.ts';
import { jsonPointerOf } from '../domain/words/schema-faults.ts';
import { findBadText } from '../domain/words/text.ts';

/**
 * Parses I-JSON text (RFC 7493 §2.3): no duplicate member in an object, and nothing beyond the bounds. Check the size
 * of the text before the call.
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

/** The JSON value in bytes from outside; undefined if they contain none. */
export function tryParseValue(bytes: Uint8Array | undefined, bounds: JsonBounds): unknown {
  if (bytes === undefined) return undefined;
  try {
    return parseStrictBytes(bytes, bounds);
  } catch {
    return undefined;
  }
}

/** The JSON object in bytes from outside; undefined if they contain none. Another server may answer with anything. */
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
    throw new Refusal('malformed-json', 'an object has the same member twice');
  checkUnicode(text, value);
  return value;
}

/** A surrogate can occur only as an escape, because the bytes are UTF-8. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * Refuses half a surrogate pair, which I-JSON forbids (RFC 7493 §2.1): other readers refuse such a text, or read
 * something else.
 */
function checkUnicode(text: string, value: unknown): void {
  const place = SURROGATE_ESCAPE.test(text) ? findBadText(value) : undefined;
  if (place !== undefined)
    throw new Refusal(
      'malformed-json',
      `${jsonPointerOf(place)}: not Unicode text, it holds half a surrogate pair`,
    );
}

/** Counts the members after parsing. It uses its own stack, so that deep nesting cannot overflow the call stack. */
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
