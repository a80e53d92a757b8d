/** Large texts are sent to the database in pieces, which only the last statement joins. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesOfText, type LongText, piecesOfText, textOf } from '../../src/domain/words/long-text.ts';
import { isLargeText, selectStagedText, sendLargeTexts, stageInRow } from '../../src/store/large-texts.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';

const MIB = 1_024 * 1_024;

let database: TestDatabase;
beforeAll(async () => {
  database = await makeTestDatabase();
});
afterAll(() => database?.close());

describe('pieces', () => {
  // One, two, three and four bytes each.
  const text = 'aéខ𐐷'.repeat(1_000);

  test.each([4, 5, 6, 7, 64, 1_001, 100_000])(
    'of %i are within the limit, end with a character and give the text',
    (size) => {
      for (const given of [text, bytesOfText(text)]) {
        const pieces = [...piecesOfText(given, size)];
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) {
          expect(piece.isWellFormed()).toBe(true);
          expect(typeof given === 'string' ? piece.length : bytesOfText(piece).length).toBeLessThanOrEqual(
            size,
          );
        }
      }
      expect([...piecesOfText('', size)]).toEqual([]);
    },
  );
});

describe('a large text', () => {
  const long = 'aéខ𐐷"\\'.repeat(400_000);

  test.each<[string, LongText]>([
    ['a string', long],
    ['bytes', bytesOfText(long)],
  ])(
    'as %s is sent first, in pieces of at most one MiB, which end with the transaction',
    async (_as, text) => {
      const { sql } = database;
      const names = await sql.begin(async (tx) => {
        const staged = (await sendLargeTexts(tx, [text, 'short']))(text);
        expect(staged.text).toBeNull();
        const pieces = staged.pieces ?? [];
        expect(pieces.length).toBe(Math.ceil(text.length / MIB));
        for (const name of pieces) {
          const [{ length } = { length: 0 }] = await tx`select length(current_setting(${name})) as length`;
          expect(length).toBeLessThanOrEqual(MIB);
        }
        const row = tx.typed([staged] as never, 114);
        const [found] = await tx`
        select ${selectStagedText(tx)} as whole from json_to_recordset(${row}) as n(text text, pieces json)`;
        expect(found?.['whole'] === textOf(text)).toBe(true);
        return pieces;
      });
      for (const name of names) {
        const [left] = await sql`select current_setting(${name}, true) as left`;
        expect(left?.['left'] ?? '').toBe('');
      }
    },
  );

  test('is distinguished from a small one', async () => {
    expect([isLargeText(long), isLargeText('short')]).toEqual([true, false]);
    expect(stageInRow('short')).toEqual({ text: 'short', pieces: null });
    const kept = await database.sql.begin(async (tx) => (await sendLargeTexts(tx, ['short']))('short'));
    expect(kept).toEqual(stageInRow('short'));
  });
});
