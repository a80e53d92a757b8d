/**
 * Draws the letters of invented people and the figures of an invented quarter as pictures, to be looked at: `npm run pages` writes them to docs/pages/. What is
 * drawn are the glyphs and positions of the PDF itself.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { Resvg } from '@resvg/resvg-js';
import type { Letter } from '../../src/domain/message/letter.ts';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { createTypesetter } from '../../src/entry/typst/typst.ts';
import { composeReportPage } from '../../src/flow/figures/page.ts';
import { createLetterWriter } from '../../src/paper/letter.ts';
import { makeReportSheet } from '../../src/paper/report.ts';
import { makeLetter, makeManyScriptLetter, makeRareLetter } from './letters.ts';
import { makeQuarterWithDrills } from './reports.ts';

const FOLDER = new URL('../../docs/pages/', import.meta.url);
/** Of a page, in pixels. */
const WIDTH = 800;
/** A4 in points, as the drawing has it. */
const PAGE = { width: 595.2756, height: 841.8898 };

const translate = phrasesFromFiles();
const typeset = createTypesetter('svg');
const draw = createLetterWriter(translate, typeset);

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
  'letter-km-id': makeLetter(),
  'letter-many-scripts': makeManyScriptLetter(),
  'letter-rare-scripts': makeRareLetter(),
};

function write(name: string, bytes: Uint8Array): void {
  for (const [n, picture] of pictures(bytes).entries())
    writeFileSync(new URL(`${name}-${n + 1}.png`, FOLDER), picture);
}

mkdirSync(FOLDER, { recursive: true });
for (const [name, one] of Object.entries(LETTERS)) write(name, await draw(one));
const figures = makeQuarterWithDrills();
for (const lang of LANGUAGES) {
  const page = composeReportPage(figures, lang, translate);
  write(`report-${lang}`, await typeset(makeReportSheet(page, new Date(figures.made))));
}
