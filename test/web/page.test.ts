/** The colours of every page: readable by day and by night, also with weak eyes (WCAG 2.2, 1.4.3 and 1.4.11). */
import { expect, test } from 'vitest';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { composeReportPage } from '../../src/flow/figures/page.ts';
import { renderReport } from '../../src/web/report-page.ts';
import { makeQuarter } from '../support/reports.ts';

type Colours = Readonly<Record<string, string>>;

/** The variables of each `:root` block whose words before it fit, later ones over earlier ones. */
const variables = (blocks: readonly string[]): Colours =>
  Object.fromEntries(
    blocks.flatMap((block) =>
      [...block.matchAll(/--([\w-]+): (#[0-9a-f]{3,6})\b/g)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    ),
  );

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const digits = colour.slice(1);
  const full = digits.length === 3 ? [...digits].map((one) => one + one).join('') : digits;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const html = String(await renderReport(composeReportPage(makeQuarter(), 'en', phrasesFromFiles())));
const NIGHT = /@media \(prefers-color-scheme: dark\) \{ (:root \{[^}]*\})/g;
const night = [...html.matchAll(NIGHT)].map(([, block = '']) => block);
const day = [...html.replaceAll(NIGHT, '').matchAll(/:root \{[^}]*\}/g)].map(([block]) => block);

/** What stands on what, and how much of a contrast it needs. */
const PAIRS = [
  ['ink', 'paper', 4.5],
  ['soft', 'paper', 4.5],
  ['soft', 'ground', 4.5],
  ['stop', 'paper', 4.5],
  ['edge', 'paper', 3],
  ['side-0', 'paper', 3],
  ['side-1', 'paper', 3],
  ['side-0', 'side-1', 2],
] as const;

test.each([
  ['by day', variables(day)],
  ['by night', variables([...day, ...night])],
])('%s texts and borders have enough contrast', (_, colours) => {
  for (const [one, other, least] of PAIRS)
    expect(contrast(colours[one] ?? '', colours[other] ?? ''), `${one} on ${other}`).toBeGreaterThan(least);
  expect(contrast('#fff', colours['go'] ?? ''), 'the words of a button').toBeGreaterThan(4.5);
});
