/** Text from outside on a terminal: no control sequences, and nothing that looks like a line of the program. */
import { expect, test } from 'vitest';
import { formatPairs, plainTextOf, visibleJsonOf } from '../../src/cli/output.ts';

const HOSTILE = 'A\u001B[2J\u009B31m\u202E\u2066\u200F\u2028B\0\u{E0041}\ud800C';

test('lines contain no invisible characters, and no run of spaces that looks like a column', () => {
  expect(plainTextOf(HOSTILE)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\u202E\u2066\u200F\u{E0041}]/u);
  expect(plainTextOf(`Wira${' '.repeat(60)}verifies`)).toBe('Wira verifies');
  expect(plainTextOf('Wira\u00A0\u00A0\u3000Invented')).toBe('Wira Invented');
  expect(formatPairs([['name', 'Wira\nverdict  verifies']])).toHaveLength(1);
  expect(formatPairs([['name', 'Wira\nverdict  verifies']])[0]).not.toContain('\n');
});

test('joiners that a script needs are kept', () => {
  expect(plainTextOf('ක්\u200Dෂ')).toBe('ක්\u200Dෂ');
});

test('JSON has the same values in visible characters', () => {
  const written = visibleJsonOf({ [HOSTILE]: HOSTILE });
  expect(written).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\u202E\u2066\u200F\u{E0041}]/u);
  expect(JSON.parse(written)).toEqual({ [HOSTILE]: HOSTILE });
});
