import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONG_STRING, outlineOfJson } from '../../../src/domain/words/json-outline.ts';
import { catchRefusal } from '../../support/people.ts';
import { assertProperty } from '../../support/property.ts';

const WIDE = { values: 1e6, members: 1e6, depth: 32, string: 1e9 };

/** A body that comes in pieces of so many bytes. */
const body = (text: string, piece: number) => ({
  async *pieces() {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  },
});

const parsed = (text: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(text));

describe('an outline', () => {
  it('is the text itself where no string is long', async () => {
    await assertProperty(
      fc.asyncProperty(fc.jsonValue(), fc.integer({ min: 1, max: 50 }), async (value, piece) => {
        const text = JSON.stringify(value).toWellFormed();
        const outline = await outlineOfJson(body(text, piece), WIDE);
        expect(new TextDecoder().decode(outline.text)).toBe(text);
        expect(outline.long).toEqual([]);
      }),
    );
  });

  it('cuts long strings, and records their place', async () => {
    await assertProperty(
      fc.asyncProperty(
        fc.array(fc.nat(3), { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 1_000, max: 70_000 }),
        async (more, piece) => {
          const long = more.map((n) => 'abc-'.repeat(LONG_STRING / 4) + 'z'.repeat(n));
          const text = JSON.stringify({ short: 'it', long, end: { a: 1 } });
          const outline = await outlineOfJson(body(text, piece), WIDE);
          expect(parsed(outline.text)).toEqual({
            short: 'it',
            long: long.map((one) => one.slice(0, LONG_STRING)),
            end: { a: 1 },
          });
          const cut = long.filter((one) => one.length > LONG_STRING);
          expect(outline.long.map(({ from, until }) => text.slice(from, until))).toEqual(cut);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('refuses to become large itself', async () => {
    const spaces = `[${' '.repeat(300_000)}]`;
    expect(await catchRefusal(() => outlineOfJson(body(spaces, 10_000), WIDE))).toBe('too-large');
  });
});
