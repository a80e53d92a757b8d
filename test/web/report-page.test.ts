/** The report as a page in one file: every section, nothing that runs or is fetched, and no markup out of a title. */
import { expect, test } from 'vitest';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { wordsFromFiles } from '../../src/entry/words-from-files.ts';
import type { Report } from '../../src/flow/figures/figures.ts';
import { reportPage } from '../../src/flow/figures/figures-page.ts';
import { reportHtml } from '../../src/web/report-page.ts';
import { quarter, quarterWithDrills } from '../support/reports.ts';

const words = wordsFromFiles();
const shown = async (report: Report, lang: string): Promise<string> =>
  String(await reportHtml(reportPage(report, lang, words)));

test.each(LANGUAGES)('in %s it says every section, and has a bar for what is shown', async (lang) => {
  const html = await shown(quarterWithDrills(), lang);
  expect(html).toContain(`<html lang="${lang}">`);
  for (const { heading } of reportPage(quarterWithDrills(), lang, words).sections)
    expect(html).toContain(`<h2>${heading}</h2>`);
  expect(html).not.toMatch(/<script|https?:|url\(|@import/);
  expect(html.match(/<rect/g)?.length).toBeGreaterThan(20);
  // Eight columns are wider than a phone: each table is moved by itself, and the page stays where it is.
  expect(html.match(/<div class="wide"[^>]*><table>/g)).toHaveLength(html.match(/<table>/g)?.length ?? 0);
});

test('an empty quarter says so in each section', async () => {
  const html = await shown(quarter([]), 'en');
  expect(html.match(/Nothing in this period\./g)).toHaveLength(7);
});

test('a title is text', async () => {
  const report = quarter();
  const html = await shown({ ...report, agreement: { ...report.agreement, title: '<b>&' } }, 'en');
  expect(html).toContain('&lt;b&gt;&amp;');
  expect(html).not.toContain('<b>');
});
