/** Text and names from outside: Unicode, nothing invisible, one spelling. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { did, keyId } from '../../../src/domain/party/designation.ts';
import type { GatewayDesignation } from '../../../src/domain/party/gateway-designation.ts';
import { checkStatementNames } from '../../../src/domain/terms/statement-names.ts';
import { isPlainName, name, plainText } from '../../../src/domain/words/text.ts';
import { catchRefusal } from '../../support/people.ts';
import { assertProperty } from '../../support/property.ts';

const read = (
  schema: { safeParse(value: unknown): { success: boolean; data?: unknown } },
  value: unknown,
) => {
  const { success, data } = schema.safeParse(value);
  return success ? data : undefined;
};

describe('a text that is too long', () => {
  const long = 4 * 1_024 * 1_024;
  test.each([
    ['a name of marks', name(120), `a${'\u0301\u0316'.repeat(200_000)}`],
    ['a name of spaces', name(120), `a${' '.repeat(long)}b`],
    ['a text of control characters', plainText(100), 'a\u0007'.repeat(long / 2)],
    ['a DID of many parts', did, `did:web:${'a:'.repeat(long)}`],
    ['a key id', keyId, `did:web:${'a'.repeat(long)}#`],
  ])('is not checked further: %s', (_name, schema, given) => {
    const { error } = schema.safeParse(given);
    expect(error?.issues.map((one) => one.code)).toEqual(['too_big']);
  });
});

describe('free text', () => {
  test.each([
    ['several lines', 'one\n\ttwo\r\nthree', 'one\n\ttwo\r\nthree'],
    ['space around it', '  one  ', 'one'],
    ['Khmer with zero-width spaces', 'ភ្នំពេញ\u200Bខ្ញុំ', 'ភ្នំពេញ\u200Bខ្ញុំ'],
    ['an emoji', 'ok 👍', 'ok 👍'],
  ])('accepts %s', (_name, given, taken) => {
    expect(read(plainText(100), given)).toBe(taken);
  });

  test.each([
    ['half a surrogate pair', 'a\ud800b'],
    ['the other half', 'a\udc00b'],
    ['NUL', 'a\0b'],
    ['ESC', 'a\u001B[2Jb'],
    ['CSI in one character', 'a\u009B2Jb'],
    ['nothing', '   '],
    ['nothing that is seen', '\u200B\u2060\u3164\u2800\uFE0F'],
    ['more than it may', 'x'.repeat(101)],
  ])('refuses %s', (_name, given) => {
    expect(read(plainText(100), given)).toBeUndefined();
  });
});

describe('names', () => {
  test.each(['Nguyễn Văn A', 'ស៊ុខ សុភា', 'မောင် မောင်', 'Dr. K. O’Invented-Wira, S.H. (2)', '王小明', 'أحمد'])(
    'keep %s unchanged',
    (given) => {
      expect(read(name(120), given)).toBe(given.normalize('NFC'));
    },
  );

  test('keep the glyph that a register has for a Han character', () => {
    expect(read(name(120), '\u845B\u{E0100}\u57CE')).toBe('\u845B\u{E0100}\u57CE');
  });

  test('are normalised to one spelling', () => {
    expect(read(name(120), `Siti${' '.repeat(60)}Invented\u00A0`)).toBe('Siti Invented');
    expect(read(name(120), 'Nguye\u0302\u0303n')).toBe('Nguyễn'.normalize('NFC'));
    expect(read(name(120), 'ស៊ុខ\u200Bសុភា')).toBe('ស៊ុខសុភា');
    expect(read(name(120), 'ක්\u200Dෂ')).toBe('ක්\u200Dෂ');
  });

  test.each([
    ['ESC', 'Wira\u001B[31m'],
    ['NUL', 'Wira\0'],
    ['a line break', 'Wira\nverdict  verifies'],
    ['a line separator', 'Wira\u2028verdict'],
    ['only no-break spaces', '\u00A0\u00A0'],
    ['a direction override', 'Wira\u202Egnp'],
    ['a direction mark', 'Wira\u200F'],
    ['an isolate', '\u2066Wira\u2069'],
    ['a joiner at the end', 'Wira\u200D'],
    ['a letter that shows nothing', '\u3164'],
    ['such a letter between others', 'Wira\u115FInvented'],
    ['a pattern of Braille without a dot', 'Wira\u2800Invented'],
    ['a choice of glyph where there is none', 'Wira\uFE0F'],
    ['a soft hyphen', 'Wi\u00ADra'],
    ['a tag character', 'Wira\u{E0041}'],
    ['a private character', 'Wira\uE000'],
    ['half a surrogate pair', 'Wira\ud800'],
    ['marks upon marks', `W${'\u0336\u0337'.repeat(8)}ira`],
    ['no letter at all', '– – –'],
    ['121 characters', 'x'.repeat(121)],
  ])('refuse %s', (_name, given) => {
    expect(read(name(120), given)).toBeUndefined();
  });

  test('accepted text shows everything it contains, whatever comes', () => {
    assertProperty(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (given) => {
        const taken = read(name(120), given);
        if (taken === undefined) return;
        expect(isPlainName(taken as string)).toBe(true);
        expect((taken as string).isWellFormed()).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('names in statements', () => {
  const gateway = { kind: 'gateway', name: 'Gateway Invented' } as GatewayDesignation;

  test('are normalised before anybody signs or stores them', async () => {
    checkStatementNames(gateway);
    for (const wrong of ['Gateway\u202E', ' Gateway', 'A  B', 'Nguye\u0302\u0303n'])
      expect(await catchRefusal(() => checkStatementNames({ ...gateway, name: wrong }))).toBe('invalid-body');
  });

  test('are named by their place and never repeated', () => {
    const officers = [{ id: 'o1', name: 'Wira\u001B' }];
    const focalPoint = { kind: 'designation', name: 'Desk', officers } as unknown as Parameters<
      typeof checkStatementNames
    >[0];
    expect(() => checkStatementNames(focalPoint)).toThrow(/officers\.0\.name: must be a name/);
    expect(() => checkStatementNames(focalPoint)).not.toThrow(/Wira/);
  });
});
