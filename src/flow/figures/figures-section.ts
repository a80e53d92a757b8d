/** Sections of the report: each a table of what the figures say, with a bar where a number is shown. */

import { type FigureRow, UNREAD_DETAIL } from '../../domain/figures/figures.ts';
import { CHECKPOINT_MEASURES } from '../../domain/message/case-codes.ts';
import { MESSAGE_NAMES } from '../../domain/message/message.ts';
import { valueId } from '../../domain/message/outline-members.ts';
import type { PhraseValues } from '../../domain/words/phrases.ts';
import { writtenNumber } from '../../domain/words/written.ts';
import type { FiguresReport } from './figures.ts';

/** A number that was left out, and one that there is none of. */
export const LEFT_OUT = '…';
const NONE = '–';

/** One bar: `value` null where the number was left out; `reach` is a second, further mark. */
export interface PlotBar {
  readonly value: number | null;
  readonly reach?: number | undefined;
  /** Which of the legend's series it is of. */
  readonly series: number;
}

export interface PageRow {
  readonly cells: readonly string[];
  readonly isTotal: boolean;
  readonly bars: readonly PlotBar[];
}

export interface PageSection {
  readonly heading: string;
  /** What stands over columns that belong together, from the second on; as many to each, or none. */
  readonly groups: readonly string[];
  /** Of the columns the first is text, the others numbers. */
  readonly columns: readonly string[];
  readonly rows: readonly PageRow[];
  /** The value at which a bar is as long as it gets. */
  readonly scale: number;
  /** What the bars are, said over them. */
  readonly plot: string;
}

type Say = (id: string, values?: PhraseValues) => string;

/** What making a section takes. */
export interface SectionInput {
  readonly report: FiguresReport;
  readonly translate: Say;
  readonly lang: string;
}

export const makeTypeNamer =
  (say: Say) =>
  (type: string): string =>
    (MESSAGE_NAMES as readonly string[]).includes(type) ? say(`type-${type}`) : type;

const countText = (row: FigureRow | undefined, { lang }: Pick<SectionInput, 'lang'>): string =>
  row === undefined ? NONE : row.suppressed ? LEFT_OUT : writtenNumber(row.count ?? 0, lang);

const barOf = (row: FigureRow | undefined, series: number): readonly PlotBar[] =>
  row === undefined ? [] : [{ value: row.count, series }];

/** Types and measures in the order of their own lists, which is that of a case; channels as they come. */
const ORDER: readonly string[] = [...MESSAGE_NAMES, ...CHECKPOINT_MEASURES, UNREAD_DETAIL];

/** Names in a row's member, each once. */
const namesIn = (rows: readonly FigureRow[], member: 'type' | 'detail'): readonly string[] =>
  [...new Set(rows.flatMap((one) => one[member] ?? []))].sort(
    (one, other) => ORDER.indexOf(one) - ORDER.indexOf(other),
  );

const scaleOf = (rows: readonly PageRow[]): number =>
  Math.max(
    1,
    ...rows
      .filter((row) => !row.isTotal)
      .flatMap(({ bars }) => bars.map((one) => one.reach ?? one.value ?? 0)),
  );

/** A line for each type, a column for each side, and the totals. */
export function makeCountSection(
  making: SectionInput,
  figure: FigureRow['figure'],
  heading: string,
  nameOf: (type: string) => string,
): PageSection {
  const rows = making.report.rows.filter((one) => one.figure === figure && one.detail === null);
  const names = namesIn(rows, 'type').map((type) => ({ name: nameOf(type), type }));
  return counted(
    making,
    heading,
    names,
    (side, type) => rows.find((one) => one.side === side && one.type === type),
    rows.length === 0,
  );
}

/** What was done at the checkpoint, by the side that did it. */
export function makeMeasureSection(making: SectionInput): PageSection {
  const { translate: say, report } = making;
  const rows = report.rows.filter((one) => one.figure === 'messages' && one.type === 'indication');
  const names = namesIn(rows, 'detail').map((detail) => ({
    name: detail === UNREAD_DETAIL ? say('report-unread') : say(valueId(detail)),
    type: detail,
  }));
  return counted(
    making,
    say('report-measures'),
    names,
    (side, detail) => rows.find((one) => one.side === side && one.detail === detail),
    rows.length === 0,
  );
}

function counted(
  making: SectionInput,
  heading: string,
  names: readonly { readonly name: string; readonly type: string | null }[],
  find: (side: string, type: string | null) => FigureRow | undefined,
  isEmpty: boolean,
): PageSection {
  const { translate: say, report } = making;
  const { parties } = report.agreement;
  const total = { name: say('report-total'), type: null };
  const rows = (isEmpty ? [] : [...names, total]).map(({ name, type }): PageRow => {
    const found = parties.map((side) => find(side, type));
    return {
      cells: [name, ...found.map((row) => countText(row, making))],
      isTotal: type === null,
      bars: type === null ? [] : found.flatMap(barOf),
    };
  });
  return {
    heading,
    groups: [],
    columns: ['', ...parties.map((one) => say(`country-${one}`))],
    rows,
    scale: scaleOf(rows),
    plot: '',
  };
}

/** A line for each type; for each side how many there were, how many overdue, and how long they took. */
export function makeTimeSection(
  making: SectionInput,
  figure: FigureRow['figure'],
  heading: string,
): PageSection {
  const { report, translate: say } = making;
  const { parties } = report.agreement;
  const all = report.rows.filter((one) => one.figure === figure);
  const find = (side: string, type: string | null, detail: string | null): FigureRow | undefined =>
    all.find((one) => one.side === side && one.type === type && one.detail === detail);
  const types = [...namesIn(all, 'type').map((type) => [makeTypeNamer(say)(type), type] as const)];
  const lines = all.length === 0 ? [] : [...types, [say('report-total'), null] as const];
  const rows = lines.map(([name, type]): PageRow => {
    const found = parties.map((side) => find(side, type, null));
    return {
      cells: [
        name,
        ...parties.flatMap((side, n) =>
          timeCells(making, found[n], type === null ? '' : countText(find(side, type, 'overdue'), making)),
        ),
      ],
      isTotal: type === null,
      bars: type === null ? [] : found.flatMap(timeBar),
    };
  });
  const columns = ['report-count', 'report-overdue', 'report-median', 'report-p90'].map((id) => say(id));
  return {
    heading,
    groups: parties.map((one) => say(`country-${one}`)),
    columns: ['', ...parties.flatMap(() => columns)],
    rows,
    scale: scaleOf(rows),
    plot: say('report-plot-times'),
  };
}

function timeCells(making: SectionInput, row: FigureRow | undefined, overdue: string): readonly string[] {
  if (row === undefined) return [NONE, '', '', ''];
  const time = (seconds: number | null): string => (seconds === null ? NONE : durationText(making, seconds));
  return [countText(row, making), overdue, time(row.median), time(row.p90)];
}

const timeBar = (row: FigureRow | undefined, series: number): readonly PlotBar[] =>
  row === undefined || row.median === null
    ? []
    : [{ value: row.median, reach: row.p90 ?? row.median, series }];

/** Seconds as minutes, hours or days, to one decimal. */
function durationText({ lang, translate: say }: SectionInput, seconds: number): string {
  const [unit, size] =
    seconds < 7_200
      ? (['minutes', 60] as const)
      : seconds < 172_800
        ? (['hours', 3_600] as const)
        : (['days', 86_400] as const);
  return say(`report-${unit}`, { n: writtenNumber(seconds / size, lang, unit === 'minutes' ? 0 : 1) });
}
