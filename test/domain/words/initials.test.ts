/** Initials distinguish colleagues and reveal no more than necessary. */
import { expect, test } from 'vitest';
import { initialsOf } from '../../../src/domain/words/initials.ts';

test.each([
  [
    ['Siti Rahma', 'Budi Santoso'],
    ['S. R.', 'B. S.'],
  ],
  // A name of one word, spaces around it, and a word that is one character.
  [
    ['Suharto', '  Ali   B Karim '],
    ['S.', 'A. B K.'],
  ],
  // Khmer and combining characters are counted as people count them.
  [
    ['សុខ ដារា', 'E\u0301lodie D'],
    ['សុ. ដា.', 'É. D'],
  ],
  // Only those who would be taken for each other are told more of.
  [
    ['Siti Rahma', 'Sari Rustam', 'Budi Santoso'],
    ['Si. Ra.', 'Sa. Ru.', 'B. S.'],
  ],
  [
    ['Siti Rahma', 'Siti Rahmi'],
    ['Siti Rahma', 'Siti Rahmi'],
  ],
  [
    ['Dara', 'Dara', 'Dara K'],
    ['Dara (1)', 'Dara (2)', 'D. K'],
  ],
  [[], []],
])('%j: %j', (names, initials) => {
  expect(initialsOf(names)).toEqual(initials);
});
