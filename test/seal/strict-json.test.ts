import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonBounds } from '../../src/domain/words/json-count.ts';
import * as strict from '../../src/seal/strict-json.ts';
import { catchRefusal } from '../support/people.ts';
import { assertProperty } from '../support/property.ts';

const bounds: JsonBounds = { values: 1_000, members: 1_000, depth: 32, string: 10_000 };
const parseStrict = (text: string) => strict.parseStrict(text, bounds);
const parseStrictBytes = (bytes: Uint8Array) => strict.parseStrictBytes(bytes, bounds);

describe('strict JSON', () => {
  it('reads every JSON value as JSON.parse does, pretty or not', () => {
    assertProperty(
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
    expect(await catchRefusal(() => parseStrict(text))).toBe('malformed-json');
  });

  it.each([
    ['{"body":{"text":"a\\ud800b"}}', '/body/text'],
    ['{"list":[{"name":"\\uDFFF"}]}', '/list/0/name'],
    ['{"a\\ud800":1}', '/a member’s name'],
    ['"\\udc00\\ud800"', 'the whole'],
  ])('refuses half a surrogate pair and gives its place: %s', (text, place) => {
    expect(() => parseStrict(text)).toThrow(new RegExp(`malformed-json: ${place}: not Unicode`));
  });

  it('accepts a pair, escaped or not', () => {
    expect(parseStrict('["\\ud83d\\udc4d", "👍", "\\\\ud800"]')).toEqual(['👍', '👍', '\\ud800']);
  });

  it('does not read quotes and colons inside text as members', () => {
    const value = { a: '":"', b: '\\', c: '\\":', 'd":': ['":', { e: '{"a":1,"a":2}' }] };
    expect(parseStrict(JSON.stringify(value))).toEqual(value);
  });

  it('refuses bytes that are not UTF-8, and a byte order mark', async () => {
    expect(await catchRefusal(() => parseStrictBytes(Uint8Array.of(0x22, 0xff, 0x22)))).toBe(
      'malformed-json',
    );
    expect(await catchRefusal(() => parseStrictBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31)))).toBe(
      'malformed-json',
    );
  });

  it.each([
    ['values', `[${'[],'.repeat(1_000)}[]]`],
    ['members', `{${Array.from({ length: 1_001 }, (_, n) => `"${n}":0`).join()}}`],
    ['text', JSON.stringify('x'.repeat(10_001))],
  ])('refuses more %s than its bounds say', async (_what, text) => {
    expect(await catchRefusal(() => parseStrict(text))).toBe('too-large');
  });

  it('finds a duplicate member among a million in linear time', async () => {
    const most = { values: 2_000_000, members: 2_000_000, depth: 2, string: 10 };
    const text = `{"a":0,${'"b":0,'.repeat(1_000_000)}"b":0}`;
    expect(await catchRefusal(() => strict.parseStrict(text, most))).toBe('malformed-json');
  });

  it('returns the object in an answer, and nothing for anything else', () => {
    const read = (text: string) => strict.tryParseObject(new TextEncoder().encode(text), bounds);
    expect(read('{"a":1}')).toEqual({ a: 1 });
    expect([read('[]'), read('null'), read('<html>'), read('{"a":1,"a":1}')]).toEqual(
      Array(4).fill(undefined),
    );
    expect(strict.tryParseObject(undefined, bounds)).toBeUndefined();
  });
});
