/**
 * Text that may be large. As bytes it goes from one thread to another without being copied, and as long as nobody asks what it
 * says it need never become a string.
 */

/** A string, or the bytes of one in UTF-8. */
export type LongText = string | Uint8Array;

/** The text as a string. */
export const textOf = (text: LongText): string =>
  typeof text === 'string' ? text : new TextDecoder('utf-8', { ignoreBOM: true }).decode(text);

/** The text as bytes. */
export const bytesOfText = (text: LongText): Uint8Array =>
  typeof text === 'string' ? new TextEncoder().encode(text) : text;

/** A text in pieces of at most so many bytes, or UTF-16 units of a string; none ends within a character. `size` is 4 or more. */
export function* piecesOfText(text: LongText, size: number): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const until = Math.min(text.length, at + size);
    const cut = until < text.length ? placeBetween(text, until) : until;
    yield typeof text === 'string' ? text.slice(at, cut) : textOf(text.subarray(at, cut));
    at = cut;
  }
}

/** The last place up to this one at which no character is cut. */
function placeBetween(text: LongText, place: number): number {
  let at = place;
  if (typeof text === 'string') return isTrail(text.charCodeAt(at)) ? at - 1 : at;
  while (at > place - 4 && ((text[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

/** The second half of a surrogate pair. */
const isTrail = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
