/** An agreement in plain words: who signs it reads what it says about time, and nothing it does not say. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { agreement } from '../../../src/domain/agreement.ts';
import { agreementWords } from '../../../src/entry/cli/statement-show.ts';

const example = JSON.parse(
  readFileSync(new URL('../../../docs/agreement.example.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const linesOf = (claims: unknown): string[] =>
  agreementWords(agreement.parse(claims)).map((line) => line.replaceAll(/\s+/g, ' ').trim());

test('shows working time, reminders and figures where the agreement states them', () => {
  expect(linesOf(example)).toEqual(
    expect.arrayContaining([
      'time of ID Asia/Jakarta, weekdays 1 2 3 4 5, 08:00 to 16:00, closed on 2026-12-25, quiet from 21:00 to 06:00; did:web:gateway.example.go.id:fp:putussibau in Asia/Pontianak',
      'time of KH Asia/Phnom_Penh, round the clock',
      'permission said within 3 days',
      'reminders 6 at most, together within 15 minutes',
      'reminded at 50 %, 100 %, 125 % (next endpoint), 150 % (deputy), 200 % (supervisors) of the clock',
      'figures counts below 5 are left out',
    ]),
  );
});

test('shows none of it where the agreement is silent', () => {
  const { permission, calendars, reminders, chase, suppress_under, ...silent } = example;
  expect([permission, calendars, reminders, chase, suppress_under]).not.toContain(undefined);
  const words = linesOf(silent).join('\n');
  expect(words).not.toMatch(/time of|permission said|reminders|reminded|figures/);
});
