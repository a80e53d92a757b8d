/**
 * Sends large texts to the database. The client builds each statement whole and copies it several times,
 * while the event loop waits. So large texts are sent first, in pieces, each in its own statement, into
 * settings that end with the transaction. The statement that keeps them joins them there. Nothing is written
 * to disk twice.
 */
import type { PendingQuery, Row, Sql, TransactionSql } from 'postgres';
import { type LongText, piecesOfText, textOf } from '../domain/words/long-text.ts';

/** Bytes above which a text is large, and bytes of one piece. */
export const LARGE_TEXT_BYTES = 256 * 1_024;
const PIECE = 1_024 * 1_024;

/** A text as a row has it: the text itself, or the names of its pieces. */
interface StagedText {
  readonly text: string | null;
  readonly pieces: readonly string[] | null;
}

/** Returns what a row has for a text. */
export type TextStager = (text: LongText) => StagedText;

/** Whether a text is sent separately. */
export const isLargeText = (text: LongText): boolean => text.length > LARGE_TEXT_BYTES;

/** For rows without large texts. */
export const stageInRow: TextStager = (text) => ({ text: textOf(text), pieces: null });

/** Sends the large ones of these texts first, within a transaction. */
export async function sendLargeTexts(tx: TransactionSql, texts: readonly LongText[]): Promise<TextStager> {
  const staged = new Map<LongText, readonly string[]>();
  let count = 0;
  for (const text of texts) {
    if (!isLargeText(text) || staged.has(text)) continue;
    const names: string[] = [];
    staged.set(text, names);
    for (const piece of piecesOfText(text, PIECE)) {
      const name = `amanat.piece_${count}`;
      count += 1;
      names.push(name);
      await tx`select length(set_config(${name}, ${piece}, true))`;
    }
  }
  return (text) => {
    const pieces = staged.get(text);
    return pieces === undefined ? stageInRow(text) : { text: null, pieces };
  };
}

/**
 * SQL for the text of a row `n` that has a {@link StagedText} in these two columns. `pieces` is of type
 * `json`.
 */
export const selectStagedText = (sql: Sql | TransactionSql): PendingQuery<Row[]> => sql`
  coalesce(n.text, (
    select string_agg(current_setting(piece.name), '' order by piece.place)
    from json_array_elements_text(n.pieces) with ordinality as piece(name, place)))`;
