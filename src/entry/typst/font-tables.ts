/** The directory of a TrueType file (OpenType 1.9, "Organization of an OpenType font"). */

/** The bytes of one entry: tag, checksum, offset, length. */
const ENTRY = 16;

/** The offset of a table's entry in the directory. @throws Error if the font has no such table */
export function offsetOfTableEntry(font: Buffer, tag: string): number {
  const count = font.readUInt16BE(4);
  for (let n = 0; n < count; n++) {
    const at = 12 + n * ENTRY;
    if (font.toString('latin1', at, at + 4) === tag) return at;
  }
  throw new Error(`the font has no table ${tag}`);
}

/** The bytes of a table. @throws Error if the font has no such table */
export function bytesOfTable(font: Buffer, tag: string): Buffer {
  const entry = offsetOfTableEntry(font, tag);
  const start = font.readUInt32BE(entry + 8);
  return font.subarray(start, start + font.readUInt32BE(entry + 12));
}
