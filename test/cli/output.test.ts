/** What a terminal is given of text from outside: nothing that it obeys, and nothing that looks like a line of ours. */
import { expect, test } from 'vitest';
import { pairs, plain, visibleJson } from '../../src/cli/output.ts';

const HOSTILE = 'A\u001B[2J\u009B31m\u202E\u2066\u200F\u2028B\0\u{E0041}\ud800C';

test('lines hold no invisible characters, and no run of spaces that looks like a column', () => {
  expect(plain(HOSTILE)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\u202E\u2066\u200F\u{E0041}]/u);
  expect(plain(`Wira${' '.repeat(60)}verifies`)).toBe('Wira verifies');
  expect(plain('Wira\u00A0\u00A0\u3000Invented')).toBe('Wira Invented');
  expect(pairs([['name', 'Wira\nverdict  verifies']])).toHaveLength(1);
  expect(pairs([['name', 'Wira\nverdict  verifies']])[0]).not.toContain('\n');
});

test('joiners that a script needs stay', () => {
  expect(plain('ක්\u200Dෂ')).toBe('ක්\u200Dෂ');
});

test('JSON holds the same values in visible characters', () => {
  const written = visibleJson({ [HOSTILE]: HOSTILE });
  expect(written).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\u202E\u2066\u200F\u{E0041}]/u);
  expect(JSON.parse(written)).toEqual({ [HOSTILE]: HOSTILE });
});
