/** The report as a page in one file: every section, nothing that runs or is fetched, and no markup from a title. */
import { expect, test } from 'vitest';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import type { FiguresReport } from '../../src/flow/figures/figures.ts';
import { composeReportPage } from '../../src/flow/figures/page.ts';
import { renderReport } from '../../src/web/report-page.ts';
import { makeQuarter, makeQuarterWithDrills } from '../support/reports.ts';

const translate = phrasesFromFiles();
const shown = async (report: FiguresReport, lang: string): Promise<string> =>
  String(await renderReport(composeReportPage(report, lang, translate)));

test.each(LANGUAGES)('in %s it has every section, and a bar for each shown number', async (lang) => {
  const html = await shown(makeQuarterWithDrills(), lang);
  expect(html).toContain(`<html lang="${lang}">`);
  for (const { heading } of composeReportPage(makeQuarterWithDrills(), lang, translate).sections)
    expect(html).toContain(`<h2>${heading}</h2>`);
  expect(html).not.toMatch(/<script|https?:|url\(|@import/);
  expect(html.match(/<rect/g)?.length).toBeGreaterThan(20);
  // Eight columns are wider than a phone: each table is moved by itself, and the page stays where it is.
  expect(html.match(/<div class="wide"[^>]*><table>/g)).toHaveLength(html.match(/<table>/g)?.length ?? 0);
});

test('an empty quarter says so in each section', async () => {
  const html = await shown(makeQuarter([]), 'en');
  expect(html.match(/Nothing in this period\./g)).toHaveLength(7);
});

test('a title is shown as text', async () => {
  const report = makeQuarter();
  const html = await shown({ ...report, agreement: { ...report.agreement, title: '<b>&' } }, 'en');
  expect(html).toContain('&lt;b&gt;&amp;');
  expect(html).not.toContain('<b>');
});
