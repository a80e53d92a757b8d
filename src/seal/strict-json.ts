/**
 * JSON that every reader understands alike. `JSON.parse` lets a member stand twice and takes the last, other parsers
 * take the first: a signature over such a text proves nothing. So duplicates are refused, and nesting is bounded.
 */
import { Refusal } from '../domain/error.ts';

/** Levels of nesting that no honest message comes near, and no recursion downstream fails on. */
const MAX_DEPTH = 32;

/**
 * Parses JSON text as I-JSON has it (RFC 7493 §2.3): no member twice in one object, at most 32 levels deep. Bound the
 * text's size before the call.
 * @throws Refusal `malformed-json`
 */
export function parseStrict(text: string): unknown {
  const value = parsed(text);
  if (membersWritten(text) !== membersRead(value))
    throw new Refusal('malformed-json', 'an object names a member twice');
  return value;
}

/**
 * Parses bytes that must be UTF-8 (RFC 8259 §8.1), without a byte order mark.
 * @throws Refusal `malformed-json`
 */
export function parseStrictBytes(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal('malformed-json', 'the text is not UTF-8');
  }
  return parseStrict(text);
}

/** True for what JSON calls an object. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('malformed-json', 'the text is not JSON');
  }
}

/** Counts `"name":` in a text that is known to be JSON. `indexOf` steps over long attachments at native speed. */
function membersWritten(text: string): number {
  let count = 0;
  let start = text.indexOf('"');
  while (start !== -1) {
    const end = closingQuote(text, start);
    if (text.charCodeAt(afterSpace(text, end + 1)) === 0x3a) count += 1;
    start = text.indexOf('"', end + 1);
  }
  return count;
}

function closingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text.charCodeAt(first - 1) === 0x5c) first -= 1;
  return (quote - first) % 2 === 1;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  return at;
}

/** Counts the members that parsing kept, on a stack of our own so that depth cannot exhaust the runtime's. */
function membersRead(value: unknown): number {
  let count = 0;
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: one, depth } = next;
    if (typeof one !== 'object' || one === null) continue;
    if (depth > MAX_DEPTH) throw new Refusal('malformed-json', `nested more than ${MAX_DEPTH} levels deep`);
    const children = Object.values(one);
    if (!Array.isArray(one)) count += children.length;
    for (const child of children) waiting.push({ value: child, depth: depth + 1 });
  }
  return count;
}
