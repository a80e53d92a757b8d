/**
 * Tables compared with each other: a count that is hidden in one is shown in no other, and cannot be computed from two
 * totals.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellsOfLinkedTables } from '../../../src/domain/figures/figure-linking.ts';
import { assertProperty } from '../../support/property.ts';

type Path = readonly [side: string, type: string];

const times = (n: number, path: Path): readonly Path[] => Array.from({ length: n }, () => path);
const other = (side: string): string => (side === 'ID' ? 'KH' : 'ID');

/** What was sent, each to one recipient; cases are those that may begin one, answers those that ask for one. */
function tablesOf(sent: readonly Path[], threshold = 5) {
  const reached = sent.map(([side, type]): Path => [other(side), type]);
  const tables = {
    cases: sent.filter(([, type]) => type !== 'handover'),
    messages: sent,
    acknowledge: reached,
    answer: reached.filter(([, type]) => type === 'request' || type === 'handover'),
  };
  return cellsOfLinkedTables(tables, threshold);
}

type Cells = ReturnType<typeof tablesOf>;

const shown = (cells: Cells, table: keyof Cells) =>
  Object.fromEntries(
    cells[table].map(({ path, count, hidden }) => [path.join('/') || 'all', hidden ? '?' : count]),
  );

describe('a message type with a small count', () => {
  const cells = tablesOf([
    ...times(21, ['ID', 'report']),
    ...times(12, ['ID', 'request']),
    ...times(9, ['ID', 'notice']),
    ...times(3, ['ID', 'handover']),
    ...times(30, ['KH', 'report']),
  ]);

  test('is hidden with another one if totals are shown', () => {
    expect(shown(cells, 'messages')).toEqual({
      all: 75,
      ID: 45,
      KH: 30,
      'KH/report': 30,
      'ID/report': 21,
      'ID/request': 12,
      'ID/notice': '?',
      'ID/handover': '?',
    });
    expect(shown(cells, 'acknowledge')).toMatchObject({ KH: 45, 'KH/notice': '?', 'KH/handover': '?' });
  });

  test('cannot be computed from answers and requests', () => {
    expect(shown(cells, 'answer')).toEqual({ all: '?', KH: '?', 'KH/handover': '?', 'KH/request': 12 });
  });

  test('cannot be computed from messages and cases', () => {
    expect(shown(cells, 'cases')).toEqual({
      all: '?',
      ID: '?',
      KH: 30,
      'KH/report': 30,
      'ID/report': 21,
      'ID/request': 12,
      'ID/notice': '?',
    });
  });
});

test('if nothing is small every total is shown', () => {
  const cells = tablesOf([...times(6, ['ID', 'request']), ...times(7, ['KH', 'report'])]);
  for (const table of ['cases', 'messages', 'acknowledge', 'answer'] as const)
    expect(cells[table].filter((one) => one.hidden)).toEqual([]);
});

test('a message count that is hidden is hidden everywhere, and no small count is shown anywhere', () => {
  const path: fc.Arbitrary<Path> = fc.tuple(
    fc.constantFrom('ID', 'KH'),
    fc.constantFrom('report', 'request', 'notice', 'handover'),
  );
  const sent = fc
    .array(fc.tuple(path, fc.nat(12)), { maxLength: 10 })
    .map((list) => list.flatMap(([one, n]) => times(n, one)));
  assertProperty(
    fc.property(sent, fc.integer({ min: 1, max: 6 }), (list, threshold) => {
      const cells = tablesOf(list, threshold);
      const hidden = (table: keyof Cells, side: string, type: string): boolean =>
        cells[table].find((one) => one.path[0] === side && one.path[1] === type)?.hidden ?? true;
      for (const { path: at, hidden: isHidden } of cells.messages) {
        const [side = '', type = ''] = at;
        if (at.length !== 2 || !isHidden) continue;
        expect(hidden('cases', side, type)).toBe(true);
        for (const table of ['acknowledge', 'answer'] as const)
          expect(hidden(table, other(side), type)).toBe(true);
      }
      for (const table of Object.values(cells))
        expect(table.filter((one) => one.count < threshold && !one.hidden)).toEqual([]);
      for (const table of [cells.cases, cells.answer])
        for (const { path: at } of table.filter((one) => one.hidden))
          expect(table.find((one) => one.path.length === 0)?.hidden, at.join('/')).toBe(true);
    }),
  );
});
