import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrict, parseStrictBytes } from '../../src/seal/strict-json.ts';
import { refusalOf } from '../support/people.ts';

describe('strict JSON', () => {
  it('reads every JSON value as JSON.parse does, pretty or not', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(0, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(parseStrict(text)).toEqual(JSON.parse(text));
        expect(parseStrictBytes(new TextEncoder().encode(text.toWellFormed()))).toEqual(
          JSON.parse(text.toWellFormed()),
        );
      }),
    );
  });

  it.each([
    ['{"a":1,"a":2}', 'a member twice'],
    ['{"a":1,"\\u0061":2}', 'a member twice, once escaped'],
    ['{"x":[{"a":{"b":1},"c":0,"a" \n:2}]}', 'a member twice, deep inside'],
    ['{"__proto__":1,"__proto__":2}', 'the prototype twice'],
    ['[1,]', 'a trailing comma'],
    ['', 'nothing'],
    [`${'['.repeat(40)}${']'.repeat(40)}`, 'deep nesting'],
    [`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 'nesting that exhausts a stack'],
  ])('refuses %#: %s', async (text) => {
    expect(await refusalOf(() => parseStrict(text))).toBe('malformed-json');
  });

  it('does not take quotes and colons inside text for members', () => {
    const value = { a: '":"', b: '\\', c: '\\":', 'd":': ['":', { e: '{"a":1,"a":2}' }] };
    expect(parseStrict(JSON.stringify(value))).toEqual(value);
  });

  it('refuses bytes that are not UTF-8, and a byte order mark', async () => {
    expect(await refusalOf(() => parseStrictBytes(Uint8Array.of(0x22, 0xff, 0x22)))).toBe('malformed-json');
    expect(await refusalOf(() => parseStrictBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31)))).toBe(
      'malformed-json',
    );
  });
});
