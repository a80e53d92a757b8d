/**
 * Links tables that count the same messages, so that a count hidden in one cannot be computed from another. Cases
 * are a part of the messages. Messages that ask for an answer are a part of those to be acknowledged, and a message
 * to one recipient is acknowledged once. So a count that is hidden in a table with totals is hidden in all of them.
 * The smaller tables show a total only if nothing under it is hidden, because the difference of two totals would
 * reveal it.
 */
import { cellsOfTable, partsOfTable, type ShownCell } from './figure-suppression.ts';

const LINKED = ['cases', 'messages', 'acknowledge', 'answer'] as const;
type Linked = (typeof LINKED)[number];

export const isLinkedFigure = (figure: string): figure is Linked => LINKED.some((one) => one === figure);

type Paths = readonly (readonly string[])[];

/** All cells of the four tables. Their paths begin with side and type. */
export function cellsOfLinkedTables(
  tables: Readonly<Record<Linked, Paths>>,
  threshold: number,
): Readonly<Record<Linked, readonly ShownCell[]>> {
  const across = acrossFrom(LINKED.flatMap((one) => tables[one].map(([side = '']) => side)));
  const same = (side: string): string => side;
  const messages = cellsOfTable(tables.messages, threshold);
  const acknowledge = cellsOfTable(tables.acknowledge, threshold);
  const forced = new Set([...hiddenIn(messages, same), ...hiddenIn(acknowledge, across)]);
  const isForced =
    (senderOf: (side: string) => string) =>
    (side: string, type: string): boolean =>
      forced.has(keyOf(senderOf(side), type));
  return {
    cases: partsOfTable(tables.cases, threshold, isForced(same)),
    messages: alsoHidden(messages, isForced(same)),
    acknowledge: alsoHidden(acknowledge, isForced(across)),
    answer: partsOfTable(tables.answer, threshold, isForced(across)),
  };
}

const keyOf = (sender: string, type: string): string => JSON.stringify([sender, type]);

/**
 * Maps the acting side to the sender's side: with two sides, the one who acts is not the sender; with more sides,
 * each is counted under its own.
 */
function acrossFrom(all: readonly string[]): (side: string) => string {
  const sides = [...new Set(all)];
  return (side) => (sides.length === 2 ? (sides.find((one) => one !== side) ?? side) : side);
}

const hiddenIn = (cells: readonly ShownCell[], senderOf: (side: string) => string): readonly string[] =>
  cells
    .filter(({ path, hidden }) => hidden && path.length === 2)
    .map(({ path: [side = '', type = ''] }) => keyOf(senderOf(side), type));

/**
 * Hides further cells. A cell that is hidden because of another table has no second hidden cell beside it, so the
 * totals above it are hidden too.
 */
function alsoHidden(
  cells: readonly ShownCell[],
  isForced: (side: string, type: string) => boolean,
): readonly ShownCell[] {
  const more = cells.filter(
    ({ path: [side = '', type = ''], hidden, path }) => path.length === 2 && !hidden && isForced(side, type),
  );
  const isUnder = (path: readonly string[]): boolean =>
    more.some((one) => path.every((name, n) => n >= 2 || one.path[n] === name));
  return more.length === 0 ? cells : cells.map((one) => (isUnder(one.path) ? { ...one, hidden: true } : one));
}
