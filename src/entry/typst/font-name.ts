/**
 * Gives a TrueType font another family name (OpenType 1.9, `name` table), so that no font of the system can be used in
 * its place.
 */
import { bytesOfTable, offsetOfTableEntry } from './font-tables.ts';

/** The name ids that identify a font: family, unique id, full name, PostScript name, and their variants. */
const CALLED: readonly number[] = [1, 3, 4, 6, 16, 17, 18, 20, 21, 22, 25];
/** Windows, Unicode BMP, English (United States): the entry that every font reader uses. */
const [PLATFORM, ENCODING, ENGLISH] = [3, 1, 0x0409];
const SUBFAMILY = 2;

interface Name {
  readonly id: number;
  readonly text: Buffer;
}

/**
 * Returns the same font under another family name. Licence, copyright and trademark stay in it, as the SIL Open Font
 * License requires. The checksum over the whole file is not recomputed: only the typesetter reads the result, from
 * memory.
 * @throws Error if the bytes are not a TrueType font with a `name` table
 */
export function renameFont(font: Buffer, family: string): Buffer {
  const kept = namesIn(bytesOfTable(font, 'name'));
  const style = kept.find(({ id }) => id === SUBFAMILY)?.text ?? utf16('Regular');
  const styleName = style.toString('latin1').replaceAll('\0', '');
  const names = [
    ...kept.filter(({ id }) => !CALLED.includes(id)),
    { id: 1, text: utf16(family) },
    { id: 4, text: utf16(`${family} ${styleName}`) },
    { id: 6, text: utf16(`${family.replaceAll(' ', '')}-${styleName.replaceAll(' ', '')}`) },
  ].toSorted((a, b) => a.id - b.id);
  const made = nameTable(names);
  // The new table is appended, so that no other table moves.
  const start = Math.ceil(font.length / 4) * 4;
  const whole = Buffer.concat([font, Buffer.alloc(start - font.length), made]);
  const entry = offsetOfTableEntry(font, 'name');
  whole.writeUInt32BE(checksum(made), entry + 4);
  whole.writeUInt32BE(start, entry + 8);
  whole.writeUInt32BE(made.length, entry + 12);
  return whole;
}

function namesIn(table: Buffer): readonly Name[] {
  const storage = table.readUInt16BE(4);
  return Array.from({ length: table.readUInt16BE(2) }, (_, n) => 6 + n * 12)
    .filter(
      (at) =>
        table.readUInt16BE(at) === PLATFORM &&
        table.readUInt16BE(at + 2) === ENCODING &&
        table.readUInt16BE(at + 4) === ENGLISH,
    )
    .map((at) => {
      const start = storage + table.readUInt16BE(at + 10);
      return {
        id: table.readUInt16BE(at + 6),
        text: table.subarray(start, start + table.readUInt16BE(at + 8)),
      };
    });
}

/** Makes a `name` table, padded to a multiple of four bytes. */
function nameTable(names: readonly Name[]): Buffer {
  const head = Buffer.alloc(6 + names.length * 12);
  head.writeUInt16BE(names.length, 2);
  head.writeUInt16BE(head.length, 4);
  let offset = 0;
  for (const [n, { id, text }] of names.entries()) {
    const fields = [PLATFORM, ENCODING, ENGLISH, id, text.length, offset];
    for (const [f, value] of fields.entries()) head.writeUInt16BE(value, 6 + n * 12 + f * 2);
    offset += text.length;
  }
  const filling = Buffer.alloc((4 - ((head.length + offset) % 4)) % 4);
  return Buffer.concat([head, ...names.map(({ text }) => text), filling]);
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

function checksum(table: Buffer): number {
  let sum = 0;
  for (let at = 0; at < table.length; at += 4) sum = (sum + table.readUInt32BE(at)) >>> 0;
  return sum;
}
