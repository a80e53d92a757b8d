import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonBounds, JsonCounter } from '../../../src/domain/words/json-count.ts';
import { catchRefusal } from '../../support/people.ts';
import { assertProperty } from '../../support/property.ts';

const WIDE: JsonBounds = { values: 1e9, members: 1e9, depth: 1e9, string: 1e9 };

/** What JSON.parse makes of a text, counted. */
function counted(value: unknown): { values: number; members: number } {
  if (typeof value !== 'object' || value === null) return { values: 1, members: 0 };
  const children = Object.values(value).map(counted);
  return {
    values: children.reduce((sum, one) => sum + one.values, 1),
    members: children.reduce((sum, one) => sum + one.members, Array.isArray(value) ? 0 : children.length),
  };
}

/** Counts a text that comes in pieces of so many bytes. */
function count(text: string, piece = text.length + 1, bounds = WIDE): JsonCounter {
  const bytes = new TextEncoder().encode(text);
  const counter = new JsonCounter(bounds);
  for (let at = 0; at < bytes.length; at += piece) counter.take(bytes.subarray(at, at + piece));
  counter.end();
  return counter;
}

/** Texts that are hard on a counter: quotes, backslashes, structure inside of strings, long strings, other scripts. */
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', '\\', ':', ',', '{', '[', 'a', '\n', 'ខ', '😀') }),
  fc.string({ unit: 'grapheme' }),
);
const hard = fc.oneof(
  name,
  fc.nat(3_000).map((length) => 'x'.repeat(length)),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      hard,
    ),
    fc.array(tie('value')),
    fc.dictionary(name, tie('value')),
  ),
})).value;

describe('counting JSON', () => {
  it('counts what JSON.parse makes, however the bytes are split', () => {
    assertProperty(
      fc.property(
        json,
        fc.constantFrom(0, 2, '\t'),
        fc.integer({ min: 1, max: 40 }),
        (value, space, piece) => {
          const text = JSON.stringify(value, null, space).toWellFormed();
          const { values, members } = count(text, piece);
          expect({ values, members }).toEqual(counted(JSON.parse(text)));
        },
      ),
    );
  });

  it('accepts exactly as much as its bounds allow', () => {
    assertProperty(
      fc.property(json, fc.integer({ min: 1, max: 40 }), (value, piece) => {
        const text = JSON.stringify(value).toWellFormed();
        const { values, members } = counted(JSON.parse(text));
        expect(count(text, piece, { ...WIDE, values, members }).values).toBe(values);
        expect(() => count(text, piece, { ...WIDE, values: values - 1 })).toThrow('too-large');
        if (members > 0)
          expect(() => count(text, piece, { ...WIDE, members: members - 1 })).toThrow('too-large');
      }),
    );
  });

  it('throws only refusals, whatever the bytes are', () => {
    assertProperty(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (pieces) => {
        const counter = new JsonCounter({ values: 20, members: 10, depth: 3, string: 50 });
        try {
          for (const piece of pieces) counter.take(piece);
          counter.end();
        } catch (error) {
          expect(String(error)).toMatch(/too-large|malformed-json/);
        }
      }),
    );
  });

  it.each([
    ['[[[[]]]]', { depth: 3 }, 'malformed-json'],
    ['["aaaa"]', { string: 3 }, 'too-large'],
    ['["a\\"aa"]', { string: 4 }, 'too-large'],
    [`[1${'0'.repeat(200)}]`, {}, 'malformed-json'],
    [`{"${'n'.repeat(600)}":1}`, {}, 'malformed-json'],
  ])('refuses %s under %o', async (text, bound, code) => {
    expect(await catchRefusal(() => count(text, 3, { ...WIDE, ...bound }))).toBe(code);
    expect(await catchRefusal(() => count(text, 1e6, { ...WIDE, ...bound }))).toBe(code);
  });

  it('stops soon after the bound, not at the end of the text', async () => {
    const counter = new JsonCounter({ ...WIDE, values: 50 });
    const bytes = new TextEncoder().encode('[],'.repeat(30_000));
    expect(await catchRefusal(() => counter.take(bytes))).toBe('too-large');
    expect(counter.values).toBeLessThan(5_000);
  });
});
