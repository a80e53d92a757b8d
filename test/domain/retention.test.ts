/** When content goes: counted from the closure, else from the last expiry; never while it may be delivered. */
import { expect, test } from 'vitest';
import { contentEnds, type KeptMessage, leastKeepDays } from '../../src/domain/retention.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-11-01T00:00:00Z');
const day = (n: number): Date => new Date(START + n * DAY);

const TERMS = [
  { id: 'short', version: 1, keep_days: 10 },
  { id: 'long', version: 1, keep_days: 30 },
];

const kept = (id: string, at: number, over: Partial<KeptMessage> = {}): KeptMessage => ({
  id,
  type: 'report',
  from: 'shelter',
  acceptedAt: day(at),
  expiresAt: day(at + 7),
  hasContent: true,
  isWaiting: false,
  agreements: [{ id: 'short', version: 1 }],
  ...over,
});

const ends = (...thread: readonly KeptMessage[]) =>
  contentEnds(thread, TERMS).map(({ message, why, at, closure }) => [message, why, at, closure]);

test('a closed thread: from the closure on, what it closes and the closure itself', () => {
  const closure = kept('c', 2, { type: 'closure' });
  expect(ends(kept('a', 0), closure)).toEqual([
    ['a', 'closed', day(12), 'c'],
    ['c', 'closed', day(12), 'c'],
  ]);
});

test('what came after the closure is counted from the next one, or from the last expiry', () => {
  const closure = (id: string, at: number) => kept(id, at, { type: 'closure' });
  expect(ends(kept('a', 0), closure('c', 2), kept('b', 3))).toEqual([
    ['a', 'closed', day(12), 'c'],
    ['c', 'closed', day(12), 'c'],
    ['b', 'expired', day(20), undefined],
  ]);
  expect(ends(kept('a', 0), closure('c', 2), kept('b', 3), closure('d', 5)).at(2)).toEqual([
    ...['b', 'closed', day(15), 'd'],
  ]);
});

test('a closure by another than whoever began the thread closes nothing', () => {
  const closure = kept('c', 2, { type: 'closure', from: 'desk' });
  expect(ends(kept('a', 0), closure)[0]).toEqual(['a', 'expired', day(19), undefined]);
});

test('never closed: from when the last message of the thread expired', () => {
  expect(ends(kept('a', 0), kept('b', 5))[0]).toEqual(['a', 'expired', day(22), undefined]);
});

test('the longest of its agreements counts; one that is not known, as the schema’s own 90 days', () => {
  const both = [
    { id: 'short', version: 1 },
    { id: 'long', version: 1 },
  ];
  expect(ends(kept('a', 0, { agreements: both }))[0]?.[2]).toEqual(day(37));
  expect(ends(kept('a', 0, { agreements: [{ id: 'other', version: 1 }] }))[0]?.[2]).toEqual(day(97));
  expect(ends(kept('a', 0, { agreements: [] }))[0]?.[2]).toEqual(day(97));
});

test('what may yet be delivered is kept until it expires; what is gone is not told of again', () => {
  const closure = kept('c', 1, { type: 'closure', hasContent: false });
  const late = kept('a', 0, { isWaiting: true, expiresAt: day(60) });
  expect(ends(late, closure)).toEqual([['a', 'closed', day(60), 'c']]);
});

test('nothing goes sooner after it was accepted than the shortest of all agreements has it', () => {
  expect(leastKeepDays(TERMS)).toBe(10);
  expect(leastKeepDays([])).toBe(90);
  expect(leastKeepDays([{ keep_days: 3_650 }])).toBe(90);
  const thread = [kept('a', 0, { agreements: [] }), kept('c', 0, { type: 'closure' })];
  for (const { at } of contentEnds(thread, TERMS)) expect(at >= day(leastKeepDays(TERMS))).toBe(true);
});
