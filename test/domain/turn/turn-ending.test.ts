/** What ends a turn that nobody took: closing, recalling; what is no case; and how long each side was waited for. */
import { describe, expect, test } from 'vitest';
import {
  ask,
  type Case,
  DESK,
  declined,
  HOUR,
  lines,
  POLICE,
  query,
  SHELTER,
  sent,
  told,
  took,
  turnAt,
} from '../../support/turns.ts';

describe('closing, recalling, drilling', () => {
  const close = sent('close', 'closure', [SHELTER, DESK], 8);
  const recall = sent('back', 'recall', [SHELTER, DESK], 8, { about: 'ask' });
  const manifest = sent('list', 'handover', [SHELTER, DESK], 2);
  test.each<Case>([
    [
      'a closure ends all but its own acknowledgement',
      [ask, close],
      [took('ask', DESK, 1)],
      9,
      ['acknowledge close by desk, 8 to 10'],
    ],
    ['a declined closure is closed', [ask, close], [declined('close', DESK, 9)], 10, []],
    [
      'a closure ends nothing that comes after it',
      [ask, close, sent('more', 'request', [SHELTER, DESK], 9)],
      [took('close', DESK, 9)],
      10,
      ['acknowledge more by desk, 9 to 11'],
    ],
    [
      'a closure by another side ends nothing',
      [ask, sent('close', 'closure', [DESK, SHELTER], 8)],
      [took('ask', DESK, 1), took('close', SHELTER, 9)],
      10,
      ['answer ask by desk, 1 to 72'],
    ],
    ['a recall asks for a purge', [ask, recall], [took('ask', DESK, 1)], 9, ['purge back by desk, 8 to 10']],
    [
      'then for a word',
      [ask, recall],
      [told('ContentPurge', 'ask', DESK, 9)],
      10,
      ['acknowledge back by desk, 9 to 10'],
    ],
    [
      'and then nothing',
      [ask, recall],
      [told('ContentPurge', 'ask', DESK, 9), took('back', DESK, 10)],
      11,
      [],
    ],
    [
      'a recall by somebody else takes nothing back',
      [ask, sent('back', 'recall', [POLICE, DESK], 8, { about: 'ask' })],
      [took('ask', DESK, 1), took('back', DESK, 9)],
      10,
      ['answer ask by desk, 1 to 72'],
    ],
    [
      'a handover waits for its manifest',
      [ask, manifest],
      [took('ask', DESK, 1), took('list', DESK, 3)],
      4,
      ['answer ask by desk, 1 to 72', 'accept-manifest list by desk, 3 to 74'],
    ],
    [
      'until it is accepted',
      [manifest, sent('yes', 'acceptance', [DESK, SHELTER], 5, { about: 'list' })],
      [took('list', DESK, 3), took('yes', SHELTER, 6)],
      7,
      [],
    ],
  ])('%s', (_name, messages, evidence, now, expected) => {
    expect(lines(turnAt(now, messages, evidence))).toEqual(expected);
  });

  test('a permission request has a clock of its own where an agreement sets one', () => {
    const may = (terms: object) =>
      sent('may', 'permission-request', [SHELTER, DESK], 0, { terms: { clocks: {}, ...terms } });
    expect(lines(turnAt(2, [may({})], [took('may', DESK, 1)]))).toEqual(['grant may by desk, 1 to 72']);
    expect(lines(turnAt(2, [may({ permission: 10 * HOUR })], [took('may', DESK, 1)]))).toEqual([
      'grant may by desk, 1 to 10',
    ]);
  });

  test('a drill has its turn, marked, behind every case and in no sum', () => {
    const drill = sent('drill', 'drill', [SHELTER, DESK], 0, { urgency: 'immediate' });
    const mixed = turnAt(1, [ask, { ...drill, acceptedAt: ask.acceptedAt }], []);
    expect(mixed.open.map((one) => [one.type, one.isDrill])).toEqual([
      ['drill', true],
      ['request', false],
    ]);
    expect(mixed.next?.type).toBe('request');
    const alone = turnAt(1, [drill], []);
    expect(alone.next?.act).toBe('acknowledge');
    expect(alone.waiting.steps.map((one) => one.seconds)).toEqual([HOUR]);
    expect(alone.waiting.sides).toEqual([]);
  });

  test('nobody’s turn, and no thread', () => {
    expect(turnAt(1, [], [])).toEqual({ open: [], waiting: { steps: [], sides: [], acts: [] } });
  });
});

test('waiting is told by side and by step, with what is overdue, closed or open', () => {
  const clear = sent('clear', 'reply', [SHELTER, DESK], 20, { about: 'query' });
  const { waiting } = turnAt(
    100,
    [ask, query, clear],
    [took('ask', DESK, 3), took('query', SHELTER, 12), took('clear', DESK, 21)],
  );
  expect(waiting.acts).toEqual([
    // The request until 3, the clarification's reply from 20 to 21.
    { country: 'ID', act: 'acknowledge', seconds: 4 * HOUR, overdue: HOUR },
    // From 3 to 10 and from 20 on; the deadline moved from 72 to 82.
    { country: 'ID', act: 'answer', seconds: 87 * HOUR, overdue: 18 * HOUR },
    { country: 'KH', act: 'acknowledge', seconds: 2 * HOUR, overdue: 0 },
    { country: 'KH', act: 'clarify', seconds: 8 * HOUR, overdue: 0 },
  ]);
  expect(waiting.sides).toEqual([
    { country: 'ID', seconds: 91 * HOUR, overdue: 19 * HOUR, elapsed: 90 * HOUR },
    { country: 'KH', seconds: 10 * HOUR, overdue: 0, elapsed: 10 * HOUR },
  ]);
  const done = waiting.steps.map((one) => [one.type, one.act, one.isOpen, one.isDone]);
  expect(done).toEqual([
    ['request', 'acknowledge', false, true],
    ['request', 'answer', true, false],
    ['clarification', 'acknowledge', false, true],
    ['clarification', 'clarify', false, true],
    ['reply', 'acknowledge', false, true],
  ]);
});
