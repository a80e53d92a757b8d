/** Figures for the bilateral meeting: counts and times over many threads, without anything about a person. */

import type { WaitingStep } from '../turn/waiting.ts';
import { present } from '../words/present.ts';
import { cellsOfLinkedTables, isLinkedFigure } from './figure-linking.ts';
import { cellsOfTable, type FigureCell, type ShownCell } from './figure-suppression.ts';

/** A thread, with the members that are counted. */
export interface FigureThread {
  readonly messages: readonly {
    readonly id: string;
    readonly type: string;
    /** Country of the sender. */
    readonly side: string;
    /** It is the first message of the thread. */
    readonly opens: boolean;
    readonly isDrill: boolean;
    /** The measure that an indication reports, if this gateway can read it. */
    readonly measure?: string | undefined;
  }[];
  /** From the waiting of the thread. */
  readonly steps: readonly WaitingStep[];
  /** Evidence of failed deliveries. */
  readonly failures: readonly {
    readonly id: string;
    /** Country of the recipient. */
    readonly side: string;
    readonly channel: string;
    readonly isDrill: boolean;
  }[];
}

/** Rows named `drill-…` count only drills; the others count none. */
const FIGURE_NAMES = [
  'cases',
  'messages',
  'acknowledge',
  'answer',
  'failures',
  'drill-messages',
  'drill-acknowledge',
] as const;

/** One row. A feature of null is a sum over all its values; a count of null is suppressed. */
export interface FigureRow {
  readonly figure: (typeof FIGURE_NAMES)[number];
  /** Country: of the sender for `cases` and `messages`, else of the side that had to act or to be reached. */
  readonly side: string | null;
  /** Message type, of the first message for `cases`; channel for `failures`. */
  readonly type: string | null;
  /** The measure for `messages` of a type that has any; `in-time` or `overdue` for what was to be done. */
  readonly detail: string | null;
  readonly count: number | null;
  /** Seconds until the act was done. Null if fewer acts than the threshold are done, or if the type is suppressed. */
  readonly median: number | null;
  readonly p90: number | null;
  readonly suppressed: boolean;
}

/** One counted thing, and the seconds it took if it is done. */
interface Entry {
  readonly path: readonly string[];
  readonly seconds?: number;
}

/** The measure of a message that is sealed to somebody else, so this gateway cannot read it. */
export const UNREAD_DETAIL = 'unread';

/**
 * The rows of all figures, totals first. Counts below `threshold` are suppressed, with those that would reveal
 * them; counts of drills are not.
 */
export function figureRowsOf(threads: readonly FigureThread[], threshold: number): readonly FigureRow[] {
  const messages = threads.flatMap((one) => one.messages);
  const steps = threads.flatMap((one) => one.steps);
  const failures = threads.flatMap((one) => one.failures);
  const measured = new Set(messages.filter((one) => one.measure !== undefined).map((one) => one.type));
  const sent = (isDrill: boolean): readonly Entry[] =>
    messages
      .filter((one) => one.isDrill === isDrill)
      .map(({ side, type, measure = UNREAD_DETAIL }) => ({
        path: measured.has(type) ? [side, type, measure] : [side, type],
      }));
  const opened = messages.filter((one) => one.opens && !one.isDrill);
  const tables: Readonly<Record<FigureRow['figure'], readonly Entry[]>> = {
    cases: opened.map(({ side, type }) => ({ path: [side, type] })),
    messages: sent(false),
    acknowledge: acknowledged(steps, false),
    answer: answered(steps),
    failures: failures.filter((one) => !one.isDrill).map(({ side, channel }) => ({ path: [side, channel] })),
    'drill-messages': sent(true),
    'drill-acknowledge': acknowledged(steps, true),
  };
  // A drill is about no person, and even one in a quarter must be visible.
  const least = (figure: FigureRow['figure']): number => (figure.startsWith('drill-') ? 1 : threshold);
  const paths = (figure: FigureRow['figure']) => tables[figure].map((one) => one.path);
  const linked = cellsOfLinkedTables(
    {
      cases: paths('cases'),
      messages: paths('messages'),
      acknowledge: paths('acknowledge'),
      answer: paths('answer'),
    },
    threshold,
  );
  return FIGURE_NAMES.flatMap((figure) => {
    const cells = isLinkedFigure(figure) ? linked[figure] : cellsOfTable(paths(figure), least(figure));
    return rowsOf(figure, tables[figure], cells, least(figure));
  });
}

const acknowledged = (steps: readonly WaitingStep[], isDrill: boolean): readonly Entry[] =>
  steps
    .filter((one) => one.act === 'acknowledge' && one.isDrill === isDrill)
    .map((one) => entryOf(one, one.seconds));

const ANSWERS: readonly WaitingStep['act'][] = ['answer', 'clarify', 'accept-manifest', 'grant'];

/** The answer clock runs from acceptance, so the time to acknowledge is part of the time to answer. */
function answered(steps: readonly WaitingStep[]): readonly Entry[] {
  const real = steps.filter((one) => !one.isDrill);
  const part = (one: WaitingStep): string => `${one.message} ${one.recipient}`;
  const before = new Map(
    real.filter((one) => one.act === 'acknowledge').map((one) => [part(one), one.seconds]),
  );
  return real
    .filter((one) => ANSWERS.includes(one.act))
    .map((one) => entryOf(one, one.seconds + (before.get(part(one)) ?? 0)));
}

const entryOf = (one: WaitingStep, seconds: number): Entry => ({
  path: [one.country, one.type, one.overdue > 0 ? 'overdue' : 'in-time'],
  ...present({ seconds: one.isDone ? seconds : undefined }),
});

function rowsOf(
  figure: FigureRow['figure'],
  entries: readonly Entry[],
  cells: readonly ShownCell[],
  threshold: number,
): readonly FigureRow[] {
  if (entries.length === 0) return [];
  return cells.map(({ path, count, hidden }) => {
    const [side = null, type = null, detail = null] = path;
    // Times of a side or of all are shown if there are enough of them, even if the count is hidden.
    const times = (hidden && type !== null) || detail !== null ? [] : timesOf(entries, path);
    const isEnough = times.length >= threshold && times.length > 0;
    return {
      figure,
      side,
      type,
      detail,
      count: hidden ? null : count,
      median: isEnough ? middle(times) : null,
      p90: isEnough ? ranked(times, 0.9) : null,
      suppressed: hidden,
    };
  });
}

const timesOf = (entries: readonly Entry[], path: FigureCell['path']): readonly number[] =>
  entries
    .filter((one) => path.every((name, n) => one.path[n] === name))
    .flatMap((one) => one.seconds ?? [])
    .sort((one, other) => one - other);

/** The value that a share of all values do not exceed (nearest rank). */
const ranked = (rising: readonly number[], share: number): number =>
  rising[Math.max(0, Math.ceil(rising.length * share) - 1)] ?? 0;

/** The median, in whole seconds; for an even number the mean of the two middle values. */
function middle(rising: readonly number[]): number {
  const half = rising.length / 2;
  return Math.round(((rising[Math.ceil(half) - 1] ?? 0) + (rising[Math.floor(half)] ?? 0)) / 2);
}
