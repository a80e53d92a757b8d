/** Sections of the report: a table of figures each, with a bar for each number that is shown. */

import { type FigureRow, UNREAD_DETAIL } from '../../domain/figures/figures.ts';
import { CHECKPOINT_MEASURES } from '../../domain/message/case-codes.ts';
import { MESSAGE_NAMES } from '../../domain/message/message.ts';
import { valueId } from '../../domain/message/outline-members.ts';
import type { PhraseValues } from '../../domain/words/phrases.ts';
import { writtenNumber } from '../../domain/words/written.ts';
import type { FiguresReport } from './figures.ts';

/** Marks of a suppressed number, and of a number that does not exist. */
export const LEFT_OUT = '…';
const NONE = '–';

/** One bar. `value` is null if the number was suppressed. `reach` is a second mark further out. */
interface PlotBar {
  readonly value: number | null;
  readonly reach?: number | undefined;
  /** Index of its series in the legend. */
  readonly series: number;
}

export interface PageRow {
  readonly cells: readonly string[];
  readonly isTotal: boolean;
  readonly bars: readonly PlotBar[];
}

export interface PageSection {
  readonly heading: string;
  /**
   * Headings over groups of columns, from the second column on. Each spans the same number of columns. Empty
   * if there are none.
   */
  readonly groups: readonly string[];
  /** The first column is text, the others are numbers. */
  readonly columns: readonly string[];
  readonly rows: readonly PageRow[];
  /** The value of a bar of full length. */
  readonly scale: number;
  /** The caption of the bars. */
  readonly plot: string;
}

type Say = (id: string, values?: PhraseValues) => string;

/** What a section is made from. */
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

/**
 * Types and measures in the order of their own lists, which is the order of a case. Channels keep their
 * order.
 */
const ORDER: readonly string[] = [...MESSAGE_NAMES, ...CHECKPOINT_MEASURES, UNREAD_DETAIL];

/** Values of a row's member, each once. */
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

/** A line for each type, a column for each country, and the totals. */
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
    rows.length === 0
      ? undefined
      : (side, type) => rows.find((one) => one.side === side && one.type === type),
  );
}

/** The measures taken at the checkpoint, by the country that took them. */
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
    rows.length === 0
      ? undefined
      : (side, detail) => rows.find((one) => one.side === side && one.detail === detail),
  );
}

/** @param find the row of a side and a type; undefined if there are no rows at all */
function counted(
  making: SectionInput,
  heading: string,
  names: readonly { readonly name: string; readonly type: string | null }[],
  find: ((side: string, type: string | null) => FigureRow | undefined) | undefined,
): PageSection {
  const { translate: say, report } = making;
  const { parties } = report.agreement;
  const total = { name: say('report-total'), type: null };
  const rows = (find === undefined ? [] : [...names, total]).map(({ name, type }): PageRow => {
    const found = parties.map((side) => find?.(side, type));
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

/**
 * A line for each type. For each country: how many there were, how many were overdue, and how long they took.
 */
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

/** Seconds as minutes, hours or days, with one decimal. */
function durationText({ lang, translate: say }: SectionInput, seconds: number): string {
  const [unit, size] =
    seconds < 7_200
      ? (['minutes', 60] as const)
      : seconds < 172_800
        ? (['hours', 3_600] as const)
        : (['days', 86_400] as const);
  return say(`report-${unit}`, { n: writtenNumber(seconds / size, lang, unit === 'minutes' ? 0 : 1) });
}
