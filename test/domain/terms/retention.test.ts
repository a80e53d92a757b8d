/**
 * When content is deleted: counted from the last closure, else from the last expiry, and never while it may be
 * delivered.
 */
import { expect, test } from 'vitest';
import {
  contentEndsOf,
  leastKeepDaysOf,
  openReasonOf,
  type RetainedMessage,
} from '../../../src/domain/terms/retention.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-11-01T00:00:00Z');
const day = (n: number): Date => new Date(START + n * DAY);

const TERMS = [
  { id: 'short', version: 1, keep_days: 10 },
  { id: 'long', version: 1, keep_days: 30 },
];

const kept = (id: string, at: number, over: Partial<RetainedMessage> = {}): RetainedMessage => ({
  id,
  type: 'report',
  from: 'shelter',
  about: null,
  acceptedAt: day(at),
  expiresAt: day(at + 7),
  hasContent: true,
  isWaiting: false,
  agreements: [{ id: 'short', version: 1 }],
  ...over,
});

const ends = (...thread: readonly RetainedMessage[]) =>
  contentEndsOf(thread, TERMS).map(({ message, why, at, closure }) => [message, why, at, closure]);

test('a closed thread: its messages and the closure itself, counted from the closure', () => {
  const closure = kept('c', 2, { type: 'closure' });
  expect(ends(kept('a', 0), closure)).toEqual([
    ['a', 'closed', day(12), 'c'],
    ['c', 'closed', day(12), 'c'],
  ]);
});

test('closed twice: everything is counted from the last closure', () => {
  const closure = (id: string, at: number) => kept(id, at, { type: 'closure' });
  expect(ends(kept('a', 0), closure('c', 2), kept('b', 3), closure('d', 5))).toEqual(
    ['a', 'c', 'b', 'd'].map((id) => [id, 'closed', day(15), 'd']),
  );
});

test('a thread is open while an act is owed in it, but not for the acknowledgement of its closure', () => {
  const closure = kept('c', 2, { type: 'closure' });
  expect(openReasonOf([kept('a', 0)], [])).toBeUndefined();
  expect(openReasonOf([kept('a', 0)], [{ message: 'a' }])).toBe('owed');
  expect(openReasonOf([kept('a', 0), closure], [{ message: 'c' }])).toBeUndefined();
});

test('a thread is open again after a message that came after its last closure', () => {
  const closure = (id: string, at: number) => kept(id, at, { type: 'closure' });
  const thread = [kept('a', 0), closure('c', 2), kept('b', 3, { from: 'desk' })];
  expect(openReasonOf(thread, [])).toBe('reopened');
  expect(openReasonOf([...thread, kept('e', 4, { type: 'closure', from: 'desk' })], [])).toBe('reopened');
  expect(openReasonOf([...thread, closure('d', 5)], [])).toBeUndefined();
});

test('a recall after the closure does not open it, unless it recalls the closure', () => {
  const closed = [kept('a', 0), kept('c', 2, { type: 'closure' })];
  const recall = (about: string) => kept('r', 4, { type: 'recall', about });
  expect(openReasonOf([...closed, recall('a')], [])).toBeUndefined();
  expect(openReasonOf([...closed, recall('a')], [{ message: 'r' }])).toBe('owed');
  expect(openReasonOf([...closed, recall('c')], [])).toBe('reopened');
  expect(ends(...closed, recall('a'))).toEqual([
    ['a', 'closed', day(12), 'c'],
    ['c', 'closed', day(12), 'c'],
    ['r', 'closed', day(14), 'c'],
  ]);
});

test('a closure by somebody other than the originator closes nothing', () => {
  const closure = kept('c', 2, { type: 'closure', from: 'desk' });
  expect(ends(kept('a', 0), closure)[0]).toEqual(['a', 'expired', day(19), undefined]);
});

test('never closed: counted from the expiry of the last message of the thread', () => {
  expect(ends(kept('a', 0), kept('b', 5))[0]).toEqual(['a', 'expired', day(22), undefined]);
});

test('the longest retention of its agreements applies; for an unknown one the schema’s 90 days', () => {
  const both = [
    { id: 'short', version: 1 },
    { id: 'long', version: 1 },
  ];
  expect(ends(kept('a', 0, { agreements: both }))[0]?.[2]).toEqual(day(37));
  expect(ends(kept('a', 0, { agreements: [{ id: 'other', version: 1 }] }))[0]?.[2]).toEqual(day(97));
  expect(ends(kept('a', 0, { agreements: [] }))[0]?.[2]).toEqual(day(97));
});

test('a message that can still be delivered is kept until it expires; deleted content is not reported again', () => {
  const closure = kept('c', 1, { type: 'closure', hasContent: false });
  const late = kept('a', 0, { isWaiting: true, expiresAt: day(60) });
  expect(ends(late, closure)).toEqual([['a', 'closed', day(60), 'c']]);
});

test('no content is deleted sooner after its acceptance than the shortest retention of all agreements', () => {
  expect(leastKeepDaysOf(TERMS)).toBe(10);
  expect(leastKeepDaysOf([])).toBe(90);
  expect(leastKeepDaysOf([{ keep_days: 3_650 }])).toBe(90);
  const thread = [kept('a', 0, { agreements: [] }), kept('c', 0, { type: 'closure' })];
  for (const { at } of contentEndsOf(thread, TERMS)) expect(at >= day(leastKeepDaysOf(TERMS))).toBe(true);
});
