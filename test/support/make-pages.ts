/**
 * Draws the letters of invented people and the figures of an invented quarter as pictures, to be looked at: `npm run pages` writes them to docs/pages/. What is
 * drawn are the glyphs and positions of the PDF itself.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { Resvg } from '@resvg/resvg-js';
import type { Letter } from '../../src/domain/message/letter.ts';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { typesetter } from '../../src/entry/typst/typst.ts';
import { wordsFromFiles } from '../../src/entry/words-from-files.ts';
import { reportPage } from '../../src/flow/figures/figures-page.ts';
import { letterWriter } from '../../src/paper/letter.ts';
import { reportSheet } from '../../src/paper/report.ts';
import { letter, manyScripts, rareScripts } from './letters.ts';
import { quarterWithDrills } from './reports.ts';

const FOLDER = new URL('../../docs/pages/', import.meta.url);
/** Of a page, in pixels. */
const WIDTH = 800;
/** A4 in points, as the drawing has it. */
const PAGE = { width: 595.2756, height: 841.8898 };

const words = wordsFromFiles();
const typeset = typesetter('svg');
const draw = letterWriter(words, typeset);

/** One picture a page. The drawing's own white grounds are left out: they all lie on the first page. */
function pictures(bytes: Uint8Array): readonly Uint8Array[] {
  const drawn = new TextDecoder().decode(bytes);
  const svg = drawn.replaceAll(/<path class="typst-shape" fill="#ffffff"[^>]*\/>/g, '');
  const height = Number(/viewBox="0 0 [\d.]+ ([\d.]+)"/.exec(svg)?.[1]);
  return Array.from({ length: Math.round(height / PAGE.height) }, (_, n) => {
    const frame = `viewBox="0 ${n * PAGE.height} ${PAGE.width} ${PAGE.height}" width="${PAGE.width}pt" height="${PAGE.height}pt"`;
    const page = svg.replace(/viewBox="[^"]*" width="[^"]*" height="[^"]*"/, frame);
    const fitTo = { mode: 'width', value: WIDTH } as const;
    return new Resvg(page, { fitTo, background: 'white', font: { loadSystemFonts: false } }).render().asPng();
  });
}

const LETTERS: Readonly<Record<string, Letter>> = {
  'letter-km-id': letter(),
  'letter-many-scripts': manyScripts(),
  'letter-rare-scripts': rareScripts(),
};

function write(name: string, bytes: Uint8Array): void {
  for (const [n, picture] of pictures(bytes).entries())
    writeFileSync(new URL(`${name}-${n + 1}.png`, FOLDER), picture);
}

mkdirSync(FOLDER, { recursive: true });
for (const [name, one] of Object.entries(LETTERS)) write(name, await draw(one));
const figures = quarterWithDrills();
for (const lang of LANGUAGES) {
  const page = reportPage(figures, lang, words);
  write(`report-${lang}`, await typeset(reportSheet(page, new Date(figures.made))));
}
