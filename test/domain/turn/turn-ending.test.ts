/**
 * What ends a turn without its act: closing and recalling; what is not a case; and how long each side was waited for.
 */
import { describe, expect, test } from 'vitest';
import {
  ASK_MESSAGE,
  computeTurn,
  HOUR_SECONDS,
  IMMIGRATION_DID,
  linesOfTurn,
  makeAcceptance,
  makeRejection,
  makeTurnEvidence,
  makeTurnMessage,
  POLICE_DID,
  QUERY_MESSAGE,
  SHELTER_DID,
  type TurnCase,
} from '../../support/turns.ts';

describe('closing, recalling, drills', () => {
  const close = makeTurnMessage('close', 'closure', [SHELTER_DID, IMMIGRATION_DID], 8);
  const recall = makeTurnMessage('back', 'recall', [SHELTER_DID, IMMIGRATION_DID], 8, { about: 'ask' });
  const manifest = makeTurnMessage('list', 'handover', [SHELTER_DID, IMMIGRATION_DID], 2);
  test.each<TurnCase>([
    [
      'a closure ends all but its own acknowledgement',
      [ASK_MESSAGE, close],
      [makeAcceptance('ask', IMMIGRATION_DID, 1)],
      9,
      ['acknowledge close by desk, 8 to 10'],
    ],
    [
      'a declined closure is closed',
      [ASK_MESSAGE, close],
      [makeRejection('close', IMMIGRATION_DID, 9)],
      10,
      [],
    ],
    [
      'a closure ends nothing that comes after it',
      [ASK_MESSAGE, close, makeTurnMessage('more', 'request', [SHELTER_DID, IMMIGRATION_DID], 9)],
      [makeAcceptance('close', IMMIGRATION_DID, 9)],
      10,
      ['acknowledge more by desk, 9 to 11'],
    ],
    [
      'a closure by another side ends nothing',
      [ASK_MESSAGE, makeTurnMessage('close', 'closure', [IMMIGRATION_DID, SHELTER_DID], 8)],
      [makeAcceptance('ask', IMMIGRATION_DID, 1), makeAcceptance('close', SHELTER_DID, 9)],
      10,
      ['answer ask by desk, 1 to 72'],
    ],
    [
      'a recall asks for a purge',
      [ASK_MESSAGE, recall],
      [makeAcceptance('ask', IMMIGRATION_DID, 1)],
      9,
      ['purge back by desk, 8 to 10'],
    ],
    [
      'then for a word',
      [ASK_MESSAGE, recall],
      [makeTurnEvidence('ContentPurge', 'ask', IMMIGRATION_DID, 9)],
      10,
      ['acknowledge back by desk, 9 to 10'],
    ],
    [
      'and then nothing',
      [ASK_MESSAGE, recall],
      [
        makeTurnEvidence('ContentPurge', 'ask', IMMIGRATION_DID, 9),
        makeAcceptance('back', IMMIGRATION_DID, 10),
      ],
      11,
      [],
    ],
    [
      'a recall by somebody else takes nothing back',
      [ASK_MESSAGE, makeTurnMessage('back', 'recall', [POLICE_DID, IMMIGRATION_DID], 8, { about: 'ask' })],
      [makeAcceptance('ask', IMMIGRATION_DID, 1), makeAcceptance('back', IMMIGRATION_DID, 9)],
      10,
      ['answer ask by desk, 1 to 72'],
    ],
    [
      'a handover waits for its manifest',
      [ASK_MESSAGE, manifest],
      [makeAcceptance('ask', IMMIGRATION_DID, 1), makeAcceptance('list', IMMIGRATION_DID, 3)],
      4,
      ['answer ask by desk, 1 to 72', 'accept-manifest list by desk, 3 to 74'],
    ],
    [
      'until it is accepted',
      [manifest, makeTurnMessage('yes', 'acceptance', [IMMIGRATION_DID, SHELTER_DID], 5, { about: 'list' })],
      [makeAcceptance('list', IMMIGRATION_DID, 3), makeAcceptance('yes', SHELTER_DID, 6)],
      7,
      [],
    ],
  ])('%s', (_name, messages, evidence, now, expected) => {
    expect(linesOfTurn(computeTurn(now, messages, evidence))).toEqual(expected);
  });

  test('a permission request has its own clock if an agreement sets one', () => {
    const may = (terms: object) =>
      makeTurnMessage('may', 'permission-request', [SHELTER_DID, IMMIGRATION_DID], 0, {
        terms: { clocks: {}, ...terms },
      });
    expect(linesOfTurn(computeTurn(2, [may({})], [makeAcceptance('may', IMMIGRATION_DID, 1)]))).toEqual([
      'grant may by desk, 1 to 72',
    ]);
    expect(
      linesOfTurn(
        computeTurn(2, [may({ permission: 10 * HOUR_SECONDS })], [makeAcceptance('may', IMMIGRATION_DID, 1)]),
      ),
    ).toEqual(['grant may by desk, 1 to 10']);
  });

  test('a drill has its turn, marked, after every case and in no sum', () => {
    const drill = makeTurnMessage('drill', 'drill', [SHELTER_DID, IMMIGRATION_DID], 0, {
      urgency: 'immediate',
    });
    const mixed = computeTurn(1, [ASK_MESSAGE, { ...drill, acceptedAt: ASK_MESSAGE.acceptedAt }], []);
    expect(mixed.open.map((one) => [one.type, one.isDrill])).toEqual([
      ['drill', true],
      ['request', false],
    ]);
    expect(mixed.next?.type).toBe('request');
    const alone = computeTurn(1, [drill], []);
    expect(alone.next?.act).toBe('acknowledge');
    expect(alone.waiting.steps.map((one) => one.seconds)).toEqual([HOUR_SECONDS]);
    expect(alone.waiting.sides).toEqual([]);
  });

  test('an unknown thread is nobody’s turn', () => {
    expect(computeTurn(1, [], [])).toEqual({ open: [], waiting: { steps: [], sides: [], acts: [] } });
  });
});

test('waiting is given by side and by step, with what is overdue, closed or open', () => {
  const clear = makeTurnMessage('clear', 'reply', [SHELTER_DID, IMMIGRATION_DID], 20, { about: 'query' });
  const { waiting } = computeTurn(
    100,
    [ASK_MESSAGE, QUERY_MESSAGE, clear],
    [
      makeAcceptance('ask', IMMIGRATION_DID, 3),
      makeAcceptance('query', SHELTER_DID, 12),
      makeAcceptance('clear', IMMIGRATION_DID, 21),
    ],
  );
  expect(waiting.acts).toEqual([
    // The request until 3, the clarification's reply from 20 to 21.
    { country: 'ID', act: 'acknowledge', seconds: 4 * HOUR_SECONDS, overdue: HOUR_SECONDS },
    // From 3 to 10 and from 20 on; the deadline moved from 72 to 82.
    { country: 'ID', act: 'answer', seconds: 87 * HOUR_SECONDS, overdue: 18 * HOUR_SECONDS },
    { country: 'KH', act: 'acknowledge', seconds: 2 * HOUR_SECONDS, overdue: 0 },
    { country: 'KH', act: 'clarify', seconds: 8 * HOUR_SECONDS, overdue: 0 },
  ]);
  expect(waiting.sides).toEqual([
    { country: 'ID', seconds: 91 * HOUR_SECONDS, overdue: 19 * HOUR_SECONDS, elapsed: 90 * HOUR_SECONDS },
    { country: 'KH', seconds: 10 * HOUR_SECONDS, overdue: 0, elapsed: 10 * HOUR_SECONDS },
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
