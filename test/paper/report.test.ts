/** The report as PDF: two pages in every language whatever its content, and nothing that is hidden. */
import { expect, test } from 'vitest';
import { MESSAGE_NAMES } from '../../src/domain/message/message.ts';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { createTypesetter } from '../../src/entry/typst/typst.ts';
import type { FiguresReport } from '../../src/flow/figures/figures.ts';
import { composeReportPage } from '../../src/flow/figures/page.ts';
import { makeReportSheet } from '../../src/paper/report.ts';
import { eachOf } from '../support/each-of.ts';
import { readPdfMeta, readPdfPlaces, readPdfText } from '../support/letters.ts';
import { makeQuarter, makeQuarterWithDrills } from '../support/reports.ts';

const translate = phrasesFromFiles();
const typeset = createTypesetter();
const written = (report: FiguresReport, lang: string): Promise<Uint8Array> =>
  typeset(makeReportSheet(composeReportPage(report, lang, translate), new Date(report.made)));
const read = async (report: FiguresReport, lang: string): Promise<string> =>
  (await readPdfText(await written(report, lang))).replaceAll(/\s+/g, ' ');

/** As many types on both sides as there are. */
const everything = (): FiguresReport => makeQuarter(MESSAGE_NAMES.map((name, n) => [name, 5 + n, 40 - n]));

test.each(LANGUAGES)('in %s it has two pages, however much it contains', async (lang) => {
  for (const report of [makeQuarterWithDrills(), everything(), makeQuarter([])]) {
    const text = await read(report, lang);
    expect(text).toContain('2 / 2');
    expect(text).toContain('id-kh-2026');
  }
});

test.each(['en', 'id', 'ms'] as const)('in %s every section has its heading and its names', async (lang) => {
  const text = await read(makeQuarterWithDrills(), lang);
  const page = composeReportPage(makeQuarterWithDrills(), lang, translate);
  for (const { heading } of eachOf(page.sections)) expect(text).toContain(heading);
  for (const id of ['type-report', 'value-departure-postponed', 'report-unread', 'country-KH'])
    expect(text).toContain(translate(lang, id));
});

test('a hidden count gives neither a number nor a bar', () => {
  const page = composeReportPage(makeQuarter(), 'en', translate);
  const [cases] = page.sections;
  const handover = cases?.rows.find((row) => row.cells[0] === 'Handover');
  expect(handover?.cells).toEqual(['Handover', '…', '8']);
  expect(handover?.bars).toEqual([
    { value: null, series: 0 },
    { value: 8, series: 1 },
  ]);
});

test('equal figures give equal bytes, and the document’s metadata has only the title', async () => {
  const [one, again] = await Promise.all([written(makeQuarter(), 'en'), written(makeQuarter(), 'en')]);
  expect(Buffer.from(one).equals(Buffer.from(again))).toBe(true);
  const { info } = await readPdfMeta(one);
  expect(info).toMatchObject({ Title: 'Figures for the bilateral meeting' });
  expect(JSON.stringify(info)).not.toContain('gateway');
});

test('a title or name without spaces stays on the page', async () => {
  const long = { title: 'Arrangement-Invented-'.repeat(9), id: 'a'.repeat(64) };
  const report = { ...makeQuarter(), agreement: { ...makeQuarter().agreement, ...long } };
  const pdf = await written({ ...report, by: `did:web:${'gateway'.repeat(30)}.example` }, 'en');
  expect((await readPdfText(pdf)).replaceAll(/\s+/g, '')).toContain(long.title);
  const beyond = (await readPdfPlaces(pdf)).filter(({ right, width }) => right > width);
  expect(beyond.map(({ text }) => text)).toEqual([]);
});
