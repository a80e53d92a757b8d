/**
 * A JSON text without the ends of its long strings. The outline is small enough to parse before the sender is
 * authenticated, and records where the long strings stand.
 */
import { Refusal } from './error.ts';
import type { HeldBody } from './held-body.ts';
import { type JsonBounds, JsonCounter } from './json-count.ts';

/** The bytes from `from` up to `until` of a string in the text, without its quotes. */
export interface StringRange {
  readonly from: number;
  readonly until: number;
}

export interface JsonOutline {
  /** The text, with only the first {@link LONG_STRING} bytes of each long string. */
  readonly text: Uint8Array;
  /** The strings that were cut, in their order in the text. */
  readonly long: readonly StringRange[];
}

/** Bytes that are kept of a string: more than the payload of the largest small statement. */
export const LONG_STRING = 96 * 1_024;

/** The most bytes of an outline. */
const MOST = 256 * 1_024;

/** Makes the outline of a body. @throws Refusal `too-large`, `malformed-json` */
export async function outlineOfJson(
  body: Pick<HeldBody, 'pieces'>,
  bounds: JsonBounds,
): Promise<JsonOutline> {
  const outlining = new Outlining(bounds);
  for await (const piece of body.pieces()) outlining.take(piece);
  return outlining.end();
}

class Outlining {
  readonly #count: JsonCounter;
  readonly #kept: Uint8Array[] = [];
  #keptLength = 0;
  readonly #long: StringRange[] = [];
  /** Bytes of the text before the piece that is being read. */
  #offset = 0;
  /** Where the current string begins. */
  #from = 0;

  constructor(bounds: JsonBounds) {
    this.#count = new JsonCounter(bounds);
  }

  /** Takes the next bytes. @throws Refusal `too-large`, `malformed-json` */
  take(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const wasInText = this.#count.inText;
      const next = this.#count.step(bytes, at);
      if (wasInText) this.#text(bytes, at, next);
      else {
        this.#keep(bytes.subarray(at, next));
        this.#from = this.#offset + next;
      }
      at = next;
    }
    this.#offset += bytes.length;
  }

  /** @throws Refusal `too-large` */
  end(): JsonOutline {
    this.#count.end();
    const text = new Uint8Array(this.#keptLength);
    let at = 0;
    for (const part of this.#kept) {
      text.set(part, at);
      at += part.length;
    }
    return { text, long: this.#long };
  }

  /** Keeps a part of a string, and its closing quote if the string ends here. */
  #text(bytes: Uint8Array, at: number, next: number): void {
    const hasEnded = !this.#count.inText;
    const end = hasEnded ? next - 1 : next;
    const room = Math.max(0, this.#from + LONG_STRING - (this.#offset + at));
    this.#keep(bytes.subarray(at, Math.min(end, at + room)));
    if (!hasEnded) return;
    this.#keep(bytes.subarray(end, next));
    const until = this.#offset + end;
    if (until - this.#from > LONG_STRING) this.#long.push({ from: this.#from, until });
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#keptLength += part.length;
    if (this.#keptLength > MOST)
      throw new Refusal('too-large', `everything but the payload is larger than ${MOST} bytes`);
    // A copy, so that the rest of the piece can be freed.
    this.#kept.push(new Uint8Array(part));
  }
}
