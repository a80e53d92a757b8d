/**
 * The report for readers, in one language: headings, tables and bars, for screen or paper. Nothing is
 * computed here beyond the figures: a suppressed number stays out of every sum and bar.
 */
import type { Phrases } from '../../domain/words/phrases.ts';
import { writtenDate } from '../../domain/words/written.ts';
import type { FiguresReport } from './figures.ts';
import {
  LEFT_OUT,
  makeCountSection,
  makeMeasureSection,
  makeTimeSection,
  makeTypeNamer,
  type PageSection,
  type SectionInput,
} from './section.ts';

export interface ReportPage {
  readonly lang: string;
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** Names of the countries, in the order of the agreement. */
  readonly legend: readonly string[];
  readonly sections: readonly PageSection[];
  readonly nothing: string;
  readonly notes: readonly string[];
}

/**
 * Composes a report in a reader's language. Its times are UTC, because it covers two countries and counts
 * days of UTC.
 */
export function composeReportPage(report: FiguresReport, lang: string, translate: Phrases): ReportPage {
  const making: SectionInput = {
    report,
    lang,
    translate: (id, values) => translate({ lang, zone: 'UTC' }, id, values),
  };
  const { translate: say } = making;
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
      makeCountSection(making, 'cases', say('report-cases'), makeTypeNamer(say)),
      makeCountSection(making, 'messages', say('report-messages'), makeTypeNamer(say)),
      makeMeasureSection(making),
      makeTimeSection(making, 'acknowledge', say('report-acknowledge')),
      makeTimeSection(making, 'answer', say('report-answer')),
      makeCountSection(making, 'failures', say('report-failures'), (one) => say(`report-channel-${one}`)),
      makeTimeSection(making, 'drill-acknowledge', say('report-drills')),
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

/** The days of the period. It names the last day, although `to` is the first instant after it. */
function periodText({ report, lang, translate: say }: SectionInput): string {
  const [from, to] = [new Date(report.from), new Date(report.to)];
  const isDays = [from, to].every((one) => one.getTime() % 86_400_000 === 0);
  if (!isDays)
    return say('report-period-value', { from: say('moment', { at: from }), to: say('moment', { at: to }) });
  const last = new Date(to.getTime() - 86_400_000);
  const period = { from: writtenDate(from, lang, 'UTC'), to: writtenDate(last, lang, 'UTC') };
  return `${say('report-period-value', period)} (UTC)`;
}
