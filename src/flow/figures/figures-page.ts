/**
 * The report as people read it, in one language: headings, tables and bars, ready to be set on a screen or on paper.
 * Nothing is computed here that the figures do not say: a number that was left out stays out of every sum and bar.
 */
import type { Words } from '../../domain/words/words.ts';
import { writtenDate } from '../../domain/words/written.ts';
import type { Report } from './figures.ts';
import {
  countSection,
  LEFT_OUT,
  type Making,
  measureSection,
  type PageSection,
  timeSection,
  typeWord,
} from './figures-section.ts';

export interface ReportPage {
  readonly lang: string;
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** Names of the sides, in the order of the agreement. */
  readonly legend: readonly string[];
  readonly sections: readonly PageSection[];
  readonly nothing: string;
  readonly notes: readonly string[];
}

/** Puts a report into a reader's language. Its times are UTC: it is of two countries, and counts days of UTC. */
export function reportPage(report: Report, lang: string, words: Words): ReportPage {
  const making: Making = { report, lang, say: (id, values) => words({ lang, zone: 'UTC' }, id, values) };
  const { say } = making;
  const { id, version, title, parties } = report.agreement;
  const countries = parties.map((one) => say(`country-${one}`));
  const under = report.suppress_under;
  return {
    lang,
    title: say('report-title'),
    facts: [
      [say('report-agreement'), say('report-agreement-value', { title, agreement: id, version })],
      [say('report-parties'), countries.join(', ')],
      [say('report-period'), periodText(making)],
      [say('report-as-of'), say('moment', { at: new Date(report.as_of) })],
      [say('report-by'), report.by.replace(/^did:web:/, '')],
    ],
    legend: countries,
    sections: [
      countSection(making, 'cases', say('report-cases'), typeWord(say)),
      countSection(making, 'messages', say('report-messages'), typeWord(say)),
      measureSection(making),
      timeSection(making, 'acknowledge', say('report-acknowledge')),
      timeSection(making, 'answer', say('report-answer')),
      countSection(making, 'failures', say('report-failures'), (one) => say(`report-channel-${one}`)),
      timeSection(making, 'drill-acknowledge', say('report-drills')),
    ],
    nothing: say('report-nothing'),
    notes: [
      say('report-note-left-out', { mark: LEFT_OUT, under }),
      say('report-note-between'),
      say('report-note-times', { under }),
      say('report-note-measures'),
    ],
  };
}

/** The days of the period; the last one is named, although `to` is the first instant after it. */
function periodText({ report, lang, say }: Making): string {
  const [from, to] = [new Date(report.from), new Date(report.to)];
  const isDays = [from, to].every((one) => one.getTime() % 86_400_000 === 0);
  const text = (at: Date): string =>
    isDays ? `${writtenDate(at, lang, 'UTC')} (UTC)` : say('moment', { at });
  return say('report-period-value', {
    from: text(from),
    to: text(isDays ? new Date(to.getTime() - 86_400_000) : to),
  });
}
