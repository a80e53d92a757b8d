/**
 * Counts the values and members of a JSON text while it is received, before it is parsed. Strings are skipped at
 * native speed, so a long attachment costs only the search for its end. The counts are right for well-formed text;
 * the parser checks whether it is well formed.
 */
import { Refusal } from './error.ts';

/** The most that a JSON text may contain. */
export interface JsonBounds {
  /** Objects, arrays, strings, numbers and literals together. */
  readonly values: number;
  /** Members of all objects together. */
  readonly members: number;
  /** Levels of objects and arrays. */
  readonly depth: number;
  /** Bytes of one string, as it is escaped in the text. */
  readonly string: number;
}

/** The most bytes of a number or literal, and of a member's name: no sender needs more. */
const MOST = { scalar: 128, name: 512 } as const;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** The kinds of bytes outside of strings. Any other byte is part of a number or literal. */
const [SCALAR, SPACE, OPEN, CLOSE, COMMA, NAMED, TEXT] = [0, 1, 2, 3, 4, 5, 6];
const KIND = new Uint8Array(256);
for (const [characters, kind] of [
  [' \t\r\n', SPACE],
  ['{[', OPEN],
  ['}]', CLOSE],
  [',', COMMA],
  [':', NAMED],
  ['"', TEXT],
] as const)
  for (const character of characters) KIND[character.charCodeAt(0)] = kind ?? SCALAR;

export class JsonCounter {
  readonly #bounds: JsonBounds;
  #depth = 0;
  /** Values begun so far. Member names are included, and {@link values} subtracts them. */
  #begun = 0;
  #members = 0;
  /** Bytes of the current number or literal. */
  #scalar = 0;
  /** Bytes of the current or the last string. */
  #text = 0;
  #inText = false;
  /** Whether an odd number of backslashes stands right before the next byte of the string. */
  #escaping = false;

  constructor(bounds: JsonBounds) {
    this.#bounds = bounds;
  }

  /** Members of all objects together. A repeated name counts each time. */
  get members(): number {
    return this.#members;
  }

  /** Values of all kinds, without member names. */
  get values(): number {
    return this.#begun - this.#members;
  }

  /** Whether the next byte belongs to a string. */
  get inText(): boolean {
    return this.#inText;
  }

  /**
   * Counts the next bytes of the text.
   * @throws Refusal `too-large` if it contains more than the bounds, `malformed-json` if it is nested too deep
   */
  take(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) at = this.step(bytes, at);
  }

  /** Counts up to the next begin or end of a string, or to the end of `bytes`. Returns the place it has reached. */
  step(bytes: Uint8Array, from: number): number {
    const at = this.#inText ? this.#inside(bytes, from) : this.#outside(bytes, from);
    // A member name counts as a value until its colon is read; so one value more is allowed here.
    if (this.values > this.#bounds.values + 1) throw over(this.#bounds.values, 'values');
    if (this.#members > this.#bounds.members) throw over(this.#bounds.members, 'members');
    return at;
  }

  /** @throws Refusal `too-large` */
  end(): void {
    if (this.values > this.#bounds.values) throw over(this.#bounds.values, 'values');
  }

  /**
   * Reads up to and including the quote that begins a string, but at most 4096 bytes, so that the bounds are
   * checked often.
   */
  #outside(bytes: Uint8Array, from: number): number {
    const until = Math.min(bytes.length, from + 4_096);
    for (let at = from; at < until; at += 1) {
      const kind = KIND[bytes[at] ?? 0];
      if (kind === SCALAR) this.#number();
      else {
        this.#scalar = 0;
        if (kind === TEXT) {
          this.#begin();
          return at + 1;
        }
        this.#mark(kind);
      }
    }
    return until;
  }

  #number(): void {
    if (this.#scalar === 0) this.#begun += 1;
    this.#scalar += 1;
    if (this.#scalar > MOST.scalar) throw new Refusal('malformed-json', 'a number or literal is too long');
  }

  #begin(): void {
    this.#begun += 1;
    this.#text = 0;
    this.#inText = true;
    this.#escaping = false;
  }

  #mark(kind: number | undefined): void {
    if (kind === OPEN) {
      this.#begun += 1;
      this.#depth += 1;
      const { depth } = this.#bounds;
      if (this.#depth > depth) throw new Refusal('malformed-json', `nested more than ${depth} levels deep`);
    } else if (kind === CLOSE) this.#depth -= 1;
    else if (kind === NAMED) {
      this.#members += 1;
      if (this.#text > MOST.name)
        throw new Refusal('malformed-json', `the name of a member is longer than ${MOST.name} bytes`);
    }
  }

  /** Reads up to and including the quote that ends the string. */
  #inside(bytes: Uint8Array, from: number): number {
    let quote = quoteFrom(bytes, from);
    while (quote !== -1 && this.#isEscaped(bytes, from, quote)) quote = quoteFrom(bytes, quote + 1);
    const end = quote === -1 ? bytes.length : quote;
    this.#text += end - from;
    if (this.#text > this.#bounds.string)
      throw new Refusal('too-large', `a string is longer than ${this.#bounds.string} bytes`);
    if (quote === -1) this.#escaping = this.#isEscaped(bytes, from, end);
    else this.#inText = false;
    return quote === -1 ? end : quote + 1;
  }

  /** Whether an odd number of backslashes stands right before this place in the string. */
  #isEscaped(bytes: Uint8Array, from: number, place: number): boolean {
    let first = place;
    while (first > from && bytes[first - 1] === BACKSLASH) first -= 1;
    const isOdd = (place - first) % 2 === 1;
    return first === from && this.#escaping ? !isOdd : isOdd;
  }
}

/** The place of the next quote, or -1. The first bytes are compared here because a native call costs more than that. */
function quoteFrom(bytes: Uint8Array, from: number): number {
  const near = Math.min(bytes.length, from + 32);
  for (let at = from; at < near; at += 1) if (bytes[at] === QUOTE) return at;
  return bytes.indexOf(QUOTE, near);
}

const over = (bound: number, what: string): Refusal =>
  new Refusal('too-large', `it contains more than ${bound} ${what}`);
