/**
 * Counting JSON while it is read, before anything is made of it. Bytes go in as they come; strings are stepped over at
 * native speed, so that a long attachment costs no more than finding its end. It counts what well-formed text holds;
 * whether the text is well formed is for the parser to say.
 */
import { Refusal } from './error.ts';

/** How much a JSON text may hold. */
export interface JsonBounds {
  /** Objects, arrays, strings, numbers and literals together. */
  readonly values: number;
  /** Members of all objects together. */
  readonly members: number;
  /** Levels of objects and arrays. */
  readonly depth: number;
  /** Bytes of one string, as written. */
  readonly string: number;
}

/** Bytes of the longest number that anybody writes, and of the longest name of a member. */
const MOST = { scalar: 128, name: 512 } as const;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** What a byte outside of strings is: part of a number or literal where it is nothing else. */
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
  /** Values begun, names of members among them. */
  #begun = 0;
  #members = 0;
  /** Bytes so far of the number or literal that is being read. */
  #scalar = 0;
  /** Bytes so far of the string that is being read, or was read last. */
  #text = 0;
  #inText = false;
  /** Whether an odd number of backslashes stands before the next byte of the string. */
  #escaping = false;

  constructor(bounds: JsonBounds) {
    this.#bounds = bounds;
  }

  /** Members of all objects together, names that stand twice counted twice. */
  get members(): number {
    return this.#members;
  }

  /** Values of all kinds, without the names of members. */
  get values(): number {
    return this.#begun - this.#members;
  }

  /** Whether the next byte belongs to a string. */
  get inText(): boolean {
    return this.#inText;
  }

  /**
   * Counts the next bytes of the text.
   * @throws Refusal `too-large` where it holds more than its bounds, `malformed-json` where it is nested too deep
   */
  take(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) at = this.step(bytes, at);
  }

  /** The same up to where a string begins or ends, or `bytes` do; gives where that is. */
  step(bytes: Uint8Array, from: number): number {
    const at = this.#inText ? this.#inside(bytes, from) : this.#outside(bytes, from);
    // A name counts as a value until its colon has come.
    if (this.values > this.#bounds.values + 1) throw over(this.#bounds.values, 'values');
    if (this.#members > this.#bounds.members) throw over(this.#bounds.members, 'members');
    return at;
  }

  /** @throws Refusal `too-large` */
  end(): void {
    if (this.values > this.#bounds.values) throw over(this.#bounds.values, 'values');
  }

  /** Up to and with the quote that begins a string. Looks up from its bytes often enough to stop soon. */
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
    if (this.#scalar > MOST.scalar) throw new Refusal('malformed-json', 'a number or literal does not end');
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

  /** Up to and with the quote that ends the string. */
  #inside(bytes: Uint8Array, from: number): number {
    let quote = quoteFrom(bytes, from);
    while (quote !== -1 && this.#isEscaped(bytes, from, quote)) quote = quoteFrom(bytes, quote + 1);
    const end = quote === -1 ? bytes.length : quote;
    this.#text += end - from;
    if (this.#text > this.#bounds.string)
      throw new Refusal('too-large', `a text in it is longer than ${this.#bounds.string} bytes`);
    if (quote === -1) this.#escaping = this.#isEscaped(bytes, from, end);
    else this.#inText = false;
    return quote === -1 ? end : quote + 1;
  }

  /** Whether an odd number of backslashes stands right before a place in the string. */
  #isEscaped(bytes: Uint8Array, from: number, place: number): boolean {
    let first = place;
    while (first > from && bytes[first - 1] === BACKSLASH) first -= 1;
    const isOdd = (place - first) % 2 === 1;
    return first === from && this.#escaping ? !isOdd : isOdd;
  }
}

/** Where the next quote is, or -1. Near ones are looked for here: a call costs more than a few bytes do. */
function quoteFrom(bytes: Uint8Array, from: number): number {
  const near = Math.min(bytes.length, from + 32);
  for (let at = from; at < near; at += 1) if (bytes[at] === QUOTE) return at;
  return bytes.indexOf(QUOTE, near);
}

const over = (bound: number, what: string): Refusal =>
  new Refusal('too-large', `it holds more than ${bound} ${what}`);
