/** `amanat report`: makes the figures for the bilateral meeting, on the screen and as CSV, JSON, HTML and PDF. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { LANGUAGES, type Language } from '../domain/words/vocabulary.ts';
import { startOfDate } from '../domain/words/zone.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { phrasesFromFiles } from '../entry/phrases-from-files.ts';
import { createTypesetter } from '../entry/typst/typst.ts';
import { csvOfReport } from '../flow/figures/csv.ts';
import { compileReport, type FiguresReport } from '../flow/figures/figures.ts';
import { composeReportPage } from '../flow/figures/page.ts';
import { makeReportSheet } from '../paper/report.ts';
import { renderReport } from '../web/report-page.ts';
import { checkOutputs, writeOutput } from './files.ts';
import { completeFlags, makeFlag } from './flags.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatPairs, formatTable, printAnswer } from './output.ts';
import { type Terminal, terminalOf } from './terminal.ts';

interface Flags {
  readonly agreement: string;
  readonly from: Date;
  readonly to: Date;
  readonly asOf?: Date;
  readonly lang: Language;
  readonly csv?: string;
  readonly html?: string;
  readonly pdf?: string;
}

const DAY = 86_400_000;

/** Makes a parser of a day (UTC) or an instant; with `end`, a day gives the first instant after it. */
function moment(end: boolean): (text: string) => Date {
  return (text) => {
    const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
    const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z$/.test(text);
    const time = isDay || isInstant ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(time) || startOfDate(text.slice(0, 10)) === undefined)
      throw new InvalidArgumentError(
        'must be a date such as 2026-11-30, or an instant such as 2026-11-30T12:00:00Z',
      );
    return new Date(isDay && end ? time + DAY : time);
  };
}

export function addReport(program: Command): void {
  program
    .command('report')
    .description(
      'Report figures on the messages between two countries under an agreement, for their next meeting',
    )
    .option('--agreement <id>', 'id of the agreement')
    .addOption(makeFlag('--from <date>', 'first day, UTC', moment(false)))
    .addOption(makeFlag('--to <date>', 'last day, UTC', moment(true)))
    .addOption(
      makeFlag('--as-of <date>', 'ignore everything that happened later (default: now)', moment(true)),
    )
    .option('--csv <file>', 'write the figures as one CSV table to a new file; - for standard output only')
    .option('--html <file>', 'write the report as an HTML page with charts')
    .option('--pdf <file>', 'write the report as a PDF of two pages')
    .addOption(
      new Option('--lang <lang>', 'language of the HTML page and the PDF').choices(LANGUAGES).default('en'),
    )
    .addHelpText(
      'after',
      '\nBoth gateways get the same figures for the same --from, --to and --as-of. docs/report.md describes the document of --json.',
    )
    .action((_flags, command) => report(command));
}

async function report(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<Flags>(command, terminal, [
    { name: 'agreement', message: 'Id of the agreement' },
    { name: 'from', message: 'First day', placeholder: '2026-10-01' },
    { name: 'to', message: 'Last day', placeholder: '2026-12-31' },
  ]);
  if (flags.from >= flags.to) throw makeUsageFailure('--to: must be after --from');
  const { agreement, from, to, asOf, csv, html, pdf } = flags;
  checkOutputs(terminal, { '--csv': csv, '--html': html, '--pdf': pdf });
  const made = await withOpenedHome(terminal, ({ gateway }) => {
    // The end of today is in the future, and nothing after now is known.
    const asked = asOf !== undefined && asOf < gateway.now() ? { asOf } : {};
    return compileReport(gateway, { agreement, from, to, ...asked });
  });
  await write(made, flags);
  if (![csv, html, pdf].includes('-')) show(terminal, made);
}

/** Writes private files: only the operator decides who gets the figures. */
async function write(made: FiguresReport, { csv, html, pdf, lang }: Flags): Promise<void> {
  if (csv !== undefined) await writeOutput('--csv', csv, csvOfReport(made), true);
  if (html === undefined && pdf === undefined) return;
  const page = composeReportPage(made, lang, phrasesFromFiles());
  if (html !== undefined) await writeOutput('--html', html, String(await renderReport(page)), true);
  if (pdf !== undefined) {
    const sheet = makeReportSheet(page, new Date(made.made));
    await writeOutput('--pdf', pdf, await createTypesetter()(sheet), true);
  }
}

const number = (one: number | null): string => (one === null ? '' : String(one));

const show = (terminal: Terminal, made: FiguresReport): void =>
  printAnswer(terminal, made, () => [
    ...formatPairs([
      ['agreement', `${made.agreement.id}, version ${made.agreement.version}`],
      ['period', `${made.from} to ${made.to}, as of ${made.as_of}`],
      ['left out', `counts below ${made.suppress_under}, and counts from which they could be computed: …`],
      [
        'not readable',
        made.unreadable === 0 ? 'none' : `${made.unreadable} threads with a record that cannot be read`,
      ],
    ]),
    '',
    ...formatTable(
      ['FIGURE', 'SIDE', 'TYPE', 'DETAIL', 'COUNT', 'MEDIAN s', 'P90 s'],
      made.rows.map((row) => [
        row.figure,
        row.side ?? 'all',
        row.type ?? 'all',
        row.detail ?? 'all',
        row.suppressed ? '…' : number(row.count),
        number(row.median),
        number(row.p90),
      ]),
    ),
  ]);
