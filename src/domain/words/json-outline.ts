/**
 * A JSON text without its long strings: what is left is small enough to be parsed before anybody is proven, and says
 * where the long ones stand.
 */
import { Refusal } from './error.ts';
import type { HeldBody } from './held-body.ts';
import { type JsonBounds, JsonCounter } from './json-count.ts';

/** Where a string stands in the text, without its quotes, in bytes. */
export interface StringRange {
  readonly from: number;
  readonly until: number;
}

export interface JsonOutline {
  /** The text, of each long string only its first {@link LONG_STRING} bytes. */
  readonly text: Uint8Array;
  /** The strings that were cut, in order. */
  readonly long: readonly StringRange[];
}

/** Bytes of a string that are kept: more than the payload of the largest small statement has. */
export const LONG_STRING = 96 * 1_024;

/** Bytes of an outline. */
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
  /** Bytes of the text before those that are being taken. */
  #offset = 0;
  /** Where the string began that is being read. */
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

  /** A part of a string, with its closing quote where it ends. */
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
      throw new Refusal('too-large', `what stands beside its payload is larger than ${MOST} bytes`);
    // A copy: the rest of the bytes that it came with must not be held by it.
    this.#kept.push(new Uint8Array(part));
  }
}
