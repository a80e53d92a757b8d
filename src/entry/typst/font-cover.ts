/** Which characters a TrueType font has a glyph for (OpenType 1.9, `cmap` table, formats 4 and 12). */
import { bytesOfTable } from './font-tables.ts';

/** First and last code point of a run of characters that have a glyph. */
type Run = readonly [first: number, last: number];

/** Whether a font has a glyph for a code point. */
export type GlyphTest = (point: number) => boolean;

/** Reads the characters that a font covers. @throws Error if it has no readable `cmap` for Unicode */
export function readGlyphs(font: Buffer): GlyphTest {
  const runs = runsOf(bytesOfTable(font, 'cmap'));
  return (point) => {
    let [low, high] = [0, runs.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [first = 0, last = 0] = runs[middle] ?? [];
      if (point < first) high = middle - 1;
      else if (point > last) low = middle + 1;
      else return true;
    }
    return false;
  };
}

function runsOf(cmap: Buffer): readonly Run[] {
  const tables = Array.from({ length: cmap.readUInt16BE(2) }, (_, n) =>
    cmap.subarray(cmap.readUInt32BE(4 + n * 8 + 4)),
  );
  // Format 12 covers all planes. A font that has it repeats the first plane there, so format 4 is not needed.
  const long = tables.find((one) => one.readUInt16BE(0) === 12);
  if (long !== undefined) return groupsIn(long);
  const short = tables.find((one) => one.readUInt16BE(0) === 4);
  if (short !== undefined) return segmentsIn(short);
  throw new Error('the font has no table of characters that can be read');
}

const groupsIn = (table: Buffer): readonly Run[] =>
  Array.from({ length: table.readUInt32BE(12) }, (_, n): Run => {
    const at = 16 + n * 12;
    return [table.readUInt32BE(at), table.readUInt32BE(at + 4)];
  });

function segmentsIn(table: Buffer): readonly Run[] {
  const size = table.readUInt16BE(6);
  const [ends, starts, deltas, offsets] = [14, 16 + size, 16 + size * 2, 16 + size * 3];
  return Array.from({ length: size / 2 }, (_, n) => n * 2).flatMap((n): Run[] => {
    const [first, last] = [table.readUInt16BE(starts + n), table.readUInt16BE(ends + n)];
    const offset = table.readUInt16BE(offsets + n);
    if (first === 0xffff) return [];
    if (offset === 0) return [[first, last]];
    const delta = table.readUInt16BE(deltas + n);
    return Array.from({ length: last - first + 1 }, (_, k) => k)
      .filter((k) => {
        const glyph = table.readUInt16BE(offsets + n + offset + k * 2);
        return glyph !== 0 && ((glyph + delta) & 0xffff) !== 0;
      })
      .map((k): Run => [first + k, first + k]);
  });
}
