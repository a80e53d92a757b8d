/** Pages are set only in the program's own fonts: the fonts of the system change no byte. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readGlyphs } from '../../../src/entry/typst/font-cover.ts';
import { readFonts } from '../../../src/entry/typst/fonts.ts';
import { FONT_FAMILIES, fontFamiliesFor } from '../../../src/paper/scripts.ts';
import { eachOf } from '../../support/each-of.ts';
import { canHide, commandHiding } from '../../support/hidden.ts';

test('every family is there in two weights, as TrueType under our own name', async () => {
  const fonts = await readFonts(FONT_FAMILIES);
  expect(fonts).toHaveLength(FONT_FAMILIES.length * 2);
  for (const { family, bytes } of fonts) {
    expect(bytes.readUInt32BE(0)).toBe(0x00010000);
    // No reader of fonts finds the first name in it, in whichever of its records it looks.
    expect(bytes.includes(Buffer.from(family, 'utf16le').swap16())).toBe(true);
    expect(namesOf(bytes)).not.toContain('Noto Sans');
  }
});

/** Names by which a font is called: family and full name, as text. */
function namesOf(font: Buffer): string {
  const tables = font.readUInt16BE(4);
  const entry = Array.from({ length: tables }, (_, n) => 12 + n * 16).find(
    (at) => font.toString('latin1', at, at + 4) === 'name',
  );
  const start = font.readUInt32BE((entry ?? 0) + 8);
  const names = font.subarray(start, start + font.readUInt32BE((entry ?? 0) + 12));
  const storage = names.readUInt16BE(4);
  return Array.from({ length: names.readUInt16BE(2) }, (_, n) => 6 + n * 12)
    .filter((at) => [1, 4, 6, 16].includes(names.readUInt16BE(at + 6)))
    .map((at) => {
      const from = storage + names.readUInt16BE(at + 10);
      return Buffer.from(names.subarray(from, from + names.readUInt16BE(at + 8)))
        .swap16()
        .toString('utf16le');
    })
    .join('\n');
}

test.each([
  ['Amanat Sans', 'aẾ€Жñ'],
  ['Amanat Khmer', 'កន្តោ'],
  ['Amanat Thai', 'ด่าน'],
  ['Amanat Lao', 'ສົມ'],
  ['Amanat Burmese', 'အောင်'],
  ['Amanat Tamil', 'செல்வி'],
  ['Amanat Arabic', 'عبد'],
  ['Amanat Simplified Chinese', '汉'],
  ['Amanat Traditional Chinese', '臺'],
] as const)('%s has the letters of its script, and not those of another', async (family, letters) => {
  for (const { bytes } of await readFonts([family])) {
    const covers = readGlyphs(bytes);
    for (const one of eachOf(letters)) expect([one, covers(one.codePointAt(0) ?? 0)]).toEqual([one, true]);
    expect(covers(0x13000)).toBe(false);
  }
});

test('large families are loaded only for a text that needs them, and Chinese ones by most of the characters', () => {
  const rare = (text: string) => fontFamiliesFor(text).slice(5);
  expect(rare('Nguyễn សុខ အောင် 2026')).toEqual([]);
  expect(rare('செல்வி')).toEqual(['Amanat Tamil']);
  expect(rare('عبد الله')).toEqual(['Amanat Arabic']);
  expect(rare('王小明')).toEqual(['Amanat Simplified Chinese', 'Amanat Traditional Chinese']);
  expect(rare('护照')).toEqual(['Amanat Simplified Chinese', 'Amanat Traditional Chinese']);
  expect(rare('護照')).toEqual(['Amanat Traditional Chinese', 'Amanat Simplified Chinese']);
});

const SCRIPT = fileURLToPath(new URL('../../support/letter-digest.ts', import.meta.url));
const SYSTEM_FONTS = ['/usr/share/fonts', '/usr/local/share/fonts'];

const digests = (words: readonly string[]): string => {
  const [command = '', ...rest] = [...words, process.execPath, SCRIPT];
  const env = { ...process.env, HOME: '/nonexistent', XDG_DATA_HOME: '/nonexistent' };
  const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8', env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
};

test.skipIf(!canHide())('a letter has the same bytes with the system’s fonts and without', () => {
  const withThem = digests(['env']);
  expect(withThem.trim().split('\n')).toHaveLength(3);
  expect(digests(commandHiding(SYSTEM_FONTS))).toBe(withThem);
});
