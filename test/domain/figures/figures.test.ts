/** Figures: counts, durations, and that no small count can be computed from the others. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellsOfTable } from '../../../src/domain/figures/figure-suppression.ts';
import { type FigureRow, type FigureThread, figureRowsOf } from '../../../src/domain/figures/figures.ts';
import { assertProperty } from '../../support/property.ts';
import {
  computeTurn,
  HOUR_SECONDS,
  IMMIGRATION_DID,
  makeAcceptance,
  makeTurnEvidence,
  makeTurnMessage,
  SHELTER_DID,
} from '../../support/turns.ts';

type Counted = FigureThread['messages'][number];
const messages = (n: number, over: Partial<Counted>): readonly Counted[] =>
  Array.from({ length: n }, (_, i) => ({
    id: `${JSON.stringify(over)} ${i}`,
    type: 'request',
    side: 'KH',
    opens: false,
    isDrill: false,
    ...over,
  }));
const thread = (over: Partial<FigureThread>): FigureThread => ({
  messages: [],
  steps: [],
  failures: [],
  ...over,
});

const line = (one: FigureRow): string =>
  [
    one.figure,
    one.side ?? '*',
    one.type ?? '*',
    one.detail ?? '*',
    one.count ?? '?',
    one.median ?? '-',
    one.p90 ?? '-',
  ].join(' ');
const linesOf = (threads: readonly FigureThread[], threshold = 1) =>
  figureRowsOf(threads, threshold).map(line);

/** A request acknowledged after so many hours, asked to be answered by the third day, and answered or not. */
function asked(n: number, acknowledged: number, answered?: number): FigureThread {
  const ask = makeTurnMessage(`ask${n}`, 'request', [SHELTER_DID, IMMIGRATION_DID], 0);
  const reply =
    answered === undefined
      ? []
      : [makeTurnMessage(`re${n}`, 'reply', [IMMIGRATION_DID, SHELTER_DID], answered, { about: `ask${n}` })];
  const { waiting } = computeTurn(
    100,
    [ask, ...reply],
    [makeAcceptance(`ask${n}`, IMMIGRATION_DID, acknowledged)],
  );
  return thread({ steps: waiting.steps.filter((one) => one.type === 'request') });
}

describe('figures', () => {
  test('count messages by side, type and measure, totals first', () => {
    const postponed = { type: 'indication', side: 'ID', measure: 'departure-postponed' };
    const list = [
      ...messages(2, {}),
      ...messages(3, postponed),
      ...messages(1, { ...postponed, measure: 'passport-refused' }),
      ...messages(1, { type: 'indication', side: 'ID' }),
    ];
    expect(linesOf([thread({ messages: list })])).toEqual([
      'messages * * * 7 - -',
      'messages ID * * 5 - -',
      'messages ID indication * 5 - -',
      'messages ID indication departure-postponed 3 - -',
      'messages ID indication passport-refused 1 - -',
      'messages ID indication unread 1 - -',
      'messages KH * * 2 - -',
      'messages KH request * 2 - -',
    ]);
  });

  test('count as cases the threads that a message began, under that message', () => {
    const list = [
      ...messages(2, { opens: true }),
      ...messages(3, {}),
      ...messages(1, { type: 'drill', opens: true, isDrill: true }),
    ];
    const cases = linesOf([thread({ messages: list })]).filter((one) => one.startsWith('cases'));
    expect(cases).toEqual(['cases * * * 2 - -', 'cases KH * * 2 - -', 'cases KH request * 2 - -']);
  });

  test('show how long it took to acknowledge and to answer, and what is overdue', () => {
    const threads = [asked(1, 1, 10), asked(2, 1, 20), asked(3, 3, 30), asked(4, 2)];
    const rows = figureRowsOf(threads, 1);
    const row = (figure: string, detail: string | null) =>
      rows.find((one) => one.figure === figure && one.type === 'request' && one.detail === detail);
    expect(row('acknowledge', null)).toMatchObject({
      count: 4,
      median: 1.5 * HOUR_SECONDS,
      p90: 3 * HOUR_SECONDS,
    });
    expect(row('acknowledge', 'overdue')).toMatchObject({ side: 'ID', count: 1, median: null });
    expect(row('answer', null)).toMatchObject({
      count: 4,
      median: 20 * HOUR_SECONDS,
      p90: 30 * HOUR_SECONDS,
    });
    expect(row('answer', 'overdue')).toMatchObject({ count: 1 });
    expect(row('answer', 'in-time')).toMatchObject({ count: 3 });
  });

  test('show no times for fewer answers than the threshold', () => {
    const rows = figureRowsOf([asked(1, 1, 10), asked(2, 1, 20), asked(3, 1, 30), asked(4, 1)], 4);
    expect(rows.find((one) => one.figure === 'acknowledge')).toMatchObject({
      count: 4,
      median: HOUR_SECONDS,
    });
    expect(rows.find((one) => one.figure === 'answer')).toMatchObject({ count: 4, median: null, p90: null });
  });

  test('give no time for a message that a closure or a failure ended', () => {
    const ask = makeTurnMessage('ask', 'request', [SHELTER_DID, IMMIGRATION_DID], 0);
    const { waiting } = computeTurn(
      9,
      [ask, makeTurnMessage('close', 'closure', [SHELTER_DID, IMMIGRATION_DID], 1)],
      [],
    );
    const failed = computeTurn(
      9,
      [ask],
      [makeTurnEvidence('ContentConsignmentFailure', 'ask', IMMIGRATION_DID, 1)],
    ).waiting;
    for (const { steps } of [waiting, failed]) {
      const rows = figureRowsOf([thread({ steps: steps.filter((one) => one.type === 'request') })], 1);
      expect(rows[0]).toMatchObject({ figure: 'acknowledge', count: 1, median: null });
    }
  });

  test('count failures by channel, and drills separately', () => {
    const failures = [
      { id: 'a', side: 'ID', channel: 'email', isDrill: false },
      { id: 'b', side: 'ID', channel: 'email', isDrill: true },
    ];
    const drill = makeTurnMessage('drill', 'drill', [SHELTER_DID, IMMIGRATION_DID], 0);
    const { steps } = computeTurn(2, [drill], [makeAcceptance('drill', IMMIGRATION_DID, 1)]).waiting;
    expect(
      linesOf([thread({ failures, steps, messages: messages(1, { type: 'drill', isDrill: true }) })]),
    ).toEqual([
      'failures * * * 1 - -',
      'failures ID * * 1 - -',
      'failures ID email * 1 - -',
      'drill-messages * * * 1 - -',
      'drill-messages KH * * 1 - -',
      'drill-messages KH drill * 1 - -',
      `drill-acknowledge * * * 1 ${HOUR_SECONDS} ${HOUR_SECONDS}`,
      `drill-acknowledge ID * * 1 ${HOUR_SECONDS} ${HOUR_SECONDS}`,
      `drill-acknowledge ID drill * 1 ${HOUR_SECONDS} ${HOUR_SECONDS}`,
      'drill-acknowledge ID drill in-time 1 - -',
    ]);
  });

  test('leave no drill out, however few there are', () => {
    const drills = messages(2, { type: 'drill', isDrill: true });
    const rows = figureRowsOf([thread({ messages: [...drills, ...messages(2, {})] })], 5);
    expect(rows.find((one) => one.figure === 'drill-messages')).toMatchObject({
      count: 2,
      suppressed: false,
    });
    expect(rows.find((one) => one.figure === 'messages')).toMatchObject({ count: null, suppressed: true });
  });

  test('do not depend on the order of threads, or of their contents', () => {
    const threads = [
      ...[1, 2, 3, 4, 5, 6].map((n) => asked(n, n, n * 7)),
      ...['ID', 'KH', 'MY'].flatMap((side, n) => [
        thread({ messages: messages(n * 3 + 1, { side }) }),
        thread({ messages: messages(4 - n, { side, type: 'report' }) }),
      ]),
    ];
    const expected = figureRowsOf(threads, 3);
    const shuffled = fc.shuffledSubarray(threads, { minLength: threads.length });
    assertProperty(
      fc.property(shuffled, (list) => {
        expect(figureRowsOf(list, 3)).toEqual(expected);
      }),
    );
  });
});

describe('suppression', () => {
  const shown = (counts: Readonly<Record<string, number>>, threshold = 5) =>
    Object.fromEntries(
      cellsOfTable(
        Object.entries(counts).flatMap(([path, n]) => Array.from({ length: n }, () => path.split('/'))),
        threshold,
      ).map(({ path, count, hidden }) => [path.join('/') || 'all', hidden ? '?' : count]),
    );
  test.each<[string, Record<string, number>, Record<string, number | '?'>]>([
    ['hides nothing that is large', { a: 5, b: 9 }, { all: 14, a: 5, b: 9 }],
    ['hides with a small count the next', { a: 3, b: 9, c: 20 }, { all: 32, a: '?', b: '?', c: 20 }],
    [
      'hides as many as come to the threshold',
      { a: 1, b: 2, c: 6, d: 9 },
      { all: 18, a: '?', b: '?', c: '?', d: 9 },
    ],
    ['hides two that come to it', { a: 2, b: 3, c: 9 }, { all: 14, a: '?', b: '?', c: 9 }],
    ['hides a total that is small', { a: 2, b: 1 }, { all: '?', a: '?', b: '?' }],
    [
      'hides in the part that was hidden for another’s sake',
      { 'a/x': 2, 'b/x': 5, 'b/y': 9, 'c/x': 40 },
      { all: 56, a: '?', 'a/x': '?', b: '?', 'b/x': '?', 'b/y': 9, c: 40, 'c/x': 40 },
    ],
    ['of nothing', {}, { all: '?' }],
  ])('%s', (_name, counts, expected) => {
    expect(shown(counts)).toEqual(expected);
  });

  /** Hidden cells that the sums of the table fix: those whose unit vector its equations span (Gauss–Jordan). */
  function foundOut(cells: ReturnType<typeof cellsOfTable>): readonly string[] {
    const key = (path: readonly string[]) => path.join('/');
    const unknown = cells.filter((one) => one.hidden).map((one) => key(one.path));
    const rows = cells
      .map((total) => [
        total,
        ...cells.filter(
          (one) =>
            one.path.length === total.path.length + 1 && total.path.every((name, n) => one.path[n] === name),
        ),
      ])
      .filter((sum) => sum.length > 1)
      .map((sum) =>
        unknown.map((name) =>
          sum.reduce((x, one, n) => (key(one.path) === name ? x + (n === 0 ? -1 : 1) : x), 0),
        ),
      );
    let pivots = 0;
    for (const [column] of unknown.entries()) {
      const pivot = rows.findIndex((row, n) => n >= pivots && Math.abs(row[column] ?? 0) > 1e-9);
      const row = rows[pivot];
      if (row === undefined) continue;
      rows.splice(pivot, 1);
      const scaled = row.map((x) => x / (row[column] ?? 1));
      for (const [n, other] of rows.entries())
        rows[n] = other.map((x, i) => x - (other[column] ?? 0) * (scaled[i] ?? 0));
      rows.splice(pivots, 0, scaled);
      pivots += 1;
    }
    return rows
      .map((row) => row.flatMap((x, n) => (Math.abs(x) > 1e-9 ? [unknown[n] ?? ''] : [])))
      .flatMap((names) => (names.length === 1 ? names : []));
  }

  test('no hidden count can be computed from the shown ones', () => {
    const path = fc.tuple(
      fc.constantFrom('ID', 'KH'),
      fc.constantFrom('a', 'b', 'c'),
      fc.constantFrom('x', 'y', 'z'),
    );
    const counts = fc.array(fc.tuple(path, fc.nat(12)), { maxLength: 12 });
    assertProperty(
      fc.property(counts, fc.integer({ min: 1, max: 6 }), (list, threshold) => {
        const cells = cellsOfTable(
          list.flatMap(([one, n]) => Array.from({ length: n }, () => one)),
          threshold,
        );
        expect(foundOut(cells)).toEqual([]);
        expect(cells.filter((one) => one.count < threshold && !one.hidden)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
