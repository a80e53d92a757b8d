/** Text that may be large. As bytes it moves between threads without a copy, and it is decoded only when it is read. */

/** A string, or its bytes in UTF-8. */
export type LongText = string | Uint8Array;

/** The text as a string. */
export const textOf = (text: LongText): string =>
  typeof text === 'string' ? text : new TextDecoder('utf-8', { ignoreBOM: true }).decode(text);

/** The text as bytes. */
export const bytesOfText = (text: LongText): Uint8Array =>
  typeof text === 'string' ? new TextEncoder().encode(text) : text;

/**
 * Splits a text into pieces of at most `size` bytes (UTF-16 units for a string), never within a character. `size`
 * is at least 4.
 */
export function* piecesOfText(text: LongText, size: number): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const until = Math.min(text.length, at + size);
    const cut = until < text.length ? boundaryBefore(text, until) : until;
    yield typeof text === 'string' ? text.slice(at, cut) : textOf(text.subarray(at, cut));
    at = cut;
  }
}

/** The last place up to this one that is not within a character. */
function boundaryBefore(text: LongText, place: number): number {
  let at = place;
  if (typeof text === 'string') return isTrail(text.charCodeAt(at)) ? at - 1 : at;
  while (at > place - 4 && ((text[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

/** The second half of a surrogate pair. */
const isTrail = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
