/** A quarter's figures, invented: enough of each kind that some are shown and some are left out. */
import { type FigureThread, figureRowsOf } from '../../src/domain/figures/figures.ts';
import type { MessageName } from '../../src/domain/message/message.ts';
import type { FiguresReport } from '../../src/flow/figures/figures.ts';

type Side = 'ID' | 'KH';

/** How many of a type each side began a case with, and what became of them. */
const BEGUN: readonly (readonly [type: MessageName, ID: number, KH: number])[] = [
  ['report', 21, 34],
  ['indication', 16, 6],
  ['request', 12, 27],
  ['notice', 9, 2],
  ['handover', 3, 8],
];
const MEASURED = ['departure-postponed', 'departure-postponed', 'passport-refused', undefined, 'referred'];
const CHANNELS = ['email', 'telegram', 'relay'];

/** The n-th case of a type that a side began: slower the later, every fifth too late. */
function threadOf(type: MessageName, side: Side, n: number): FigureThread {
  const other = side === 'ID' ? 'KH' : 'ID';
  const isDrill = type === 'drill';
  const message = `${side} ${type} ${n}`;
  const step = (act: 'acknowledge' | 'answer', seconds: number) => ({
    message,
    type,
    recipient: other,
    act,
    owner: other,
    country: other,
    isDrill,
    urgency: 'urgent' as const,
    since: new Date(0),
    until: new Date(0),
    ended: new Date(0),
    isOpen: false,
    isDone: n % 7 !== 6,
    seconds,
    overdue: n % 5 === 4 ? 60 : 0,
  });
  const asks = type === 'request' || type === 'handover';
  return {
    messages: [
      {
        id: message,
        type,
        side,
        opens: true,
        isDrill,
        measure: type === 'indication' ? MEASURED[n % MEASURED.length] : undefined,
      },
    ],
    steps: [step('acknowledge', 900 * (n + 1)), ...(asks ? [step('answer', 30_000 * (n + 1))] : [])],
    failures:
      n % 6 === 5
        ? [{ id: `f ${message}`, side: other, channel: CHANNELS[n % CHANNELS.length] ?? '', isDrill }]
        : [],
  };
}

const threadsOf = (type: MessageName, side: Side, count: number): readonly FigureThread[] =>
  Array.from({ length: count }, (_, n) => threadOf(type, side, n));

/** @param begun pairs of counts by type; an empty quarter where empty */
export const makeQuarter = (begun = BEGUN): FiguresReport => ({
  kind: 'amanat-report',
  version: 1,
  by: 'did:web:gateway.id.example',
  made: '2027-01-11T02:10:00.000Z',
  agreement: {
    id: 'id-kh-2026',
    version: 2,
    title: 'Invented arrangement on stranded and trafficked persons',
    parties: ['ID', 'KH'],
  },
  from: '2026-10-01T00:00:00.000Z',
  to: '2027-01-01T00:00:00.000Z',
  as_of: '2027-01-11T02:10:00.000Z',
  suppress_under: 5,
  unreadable: 0,
  rows: figureRowsOf(
    begun.flatMap(([type, ID, KH]) => [...threadsOf(type, 'ID', ID), ...threadsOf(type, 'KH', KH)]),
    5,
  ),
});

/** The same with two drills each way. */
export const makeQuarterWithDrills = (): FiguresReport => makeQuarter([...BEGUN, ['drill', 2, 2]]);
