/**
 * Whose turn it is, rule by rule. Messages are urgent unless stated otherwise: acknowledge within 2 hours, answer
 * within 72.
 */
import { describe, expect, test } from 'vitest';
import { calendarSchema } from '../../../src/domain/terms/calendar.ts';
import {
  ASK_MESSAGE,
  BORDER_POST_DID,
  computeTurn,
  HOUR_SECONDS,
  hexIdOf,
  hoursFromStart,
  IMMIGRATION_DID,
  linesOfTurn,
  makeAcceptance,
  makeRejection,
  makeReplyMessage,
  makeTurnEvidence,
  makeTurnMessage,
  POLICE_DID,
  QUERY_MESSAGE,
  SHELTER_DID,
  type TurnCase,
} from '../../support/turns.ts';

describe('a request', () => {
  test.each<TurnCase>([
    ['is the recipient’s to acknowledge', [ASK_MESSAGE], [], 1, ['acknowledge ask by desk, 0 to 2']],
    ['still is when it is overdue', [ASK_MESSAGE], [], 50, ['acknowledge ask by desk, 0 to 2']],
    [
      'then to answer',
      [ASK_MESSAGE],
      [makeAcceptance('ask', IMMIGRATION_DID, 1)],
      5,
      ['answer ask by desk, 1 to 72'],
    ],
    [
      'before the word, at an hour before it',
      [ASK_MESSAGE],
      [makeAcceptance('ask', IMMIGRATION_DID, 1)],
      0.5,
      ['acknowledge ask by desk, 0 to 2'],
    ],
    [
      'is done when answered',
      [ASK_MESSAGE, makeReplyMessage(5)],
      [makeAcceptance('ask', IMMIGRATION_DID, 1)],
      6,
      ['acknowledge reply by shelter, 5 to 7'],
    ],
    [
      'needs no tap where an answer came',
      [ASK_MESSAGE, makeReplyMessage(5)],
      [makeAcceptance('reply', SHELTER_DID, 6)],
      7,
      [],
    ],
    [
      'is not answered by somebody who was not asked',
      [ASK_MESSAGE, makeTurnMessage('reply', 'reply', [BORDER_POST_DID, SHELTER_DID], 5, { about: 'ask' })],
      [makeAcceptance('ask', IMMIGRATION_DID, 1), makeAcceptance('reply', SHELTER_DID, 6)],
      7,
      ['answer ask by desk, 1 to 72'],
    ],
    [
      'nor by an answer that goes to somebody else',
      [ASK_MESSAGE, makeTurnMessage('reply', 'reply', [IMMIGRATION_DID, POLICE_DID], 5, { about: 'ask' })],
      [makeAcceptance('ask', IMMIGRATION_DID, 1), makeAcceptance('reply', POLICE_DID, 6)],
      7,
      ['answer ask by desk, 1 to 72'],
    ],
    [
      'nor by a correction',
      [
        ASK_MESSAGE,
        makeTurnMessage('fix', 'correction', [SHELTER_DID, IMMIGRATION_DID], 5, { about: 'ask' }),
      ],
      [makeAcceptance('ask', IMMIGRATION_DID, 1), makeAcceptance('fix', IMMIGRATION_DID, 6)],
      7,
      ['answer ask by desk, 1 to 72'],
    ],
    [
      'is open again when the answer is taken back',
      [
        ASK_MESSAGE,
        makeReplyMessage(5),
        makeTurnMessage('back', 'recall', [IMMIGRATION_DID, SHELTER_DID], 8, { about: 'reply' }),
      ],
      [makeAcceptance('ask', IMMIGRATION_DID, 1), makeAcceptance('reply', SHELTER_DID, 6)],
      9,
      ['purge back by shelter, 8 to 10', 'answer ask by desk, 8 to 72'],
    ],
  ])('%s', (_name, messages, evidence, now, expected) => {
    expect(linesOfTurn(computeTurn(now, messages, evidence))).toEqual(expected);
  });

  test('to several recipients must be answered by each of them', () => {
    const both = makeTurnMessage('ask', 'request', [SHELTER_DID, IMMIGRATION_DID, BORDER_POST_DID], 0);
    const turn = computeTurn(
      5,
      [both, makeReplyMessage(3)],
      [makeAcceptance('ask', BORDER_POST_DID, 1), makeAcceptance('reply', SHELTER_DID, 4)],
    );
    expect(linesOfTurn(turn)).toEqual(['answer ask by post, 1 to 72']);
    expect(turn.next?.country).toBe('ID');
  });
});

describe('acts that return to the sender', () => {
  const failed = (at: number, delivery: string) =>
    makeTurnEvidence('ContentConsignmentFailure', 'ask', IMMIGRATION_DID, at, {
      delivery: hexIdOf(delivery),
    });
  const delayed = (at: number, delivery: string) =>
    makeTurnEvidence('DeliveryDelayed', 'ask', IMMIGRATION_DID, at, { delivery: hexIdOf(delivery) });
  const elsewhere = makeTurnMessage('again', 'request', [SHELTER_DID, BORDER_POST_DID], 4);
  const reminder = {
    act: 'acknowledge',
    rung: 'half',
    until: hoursFromStart(2).toISOString(),
    desk: IMMIGRATION_DID,
  } as const;
  const vain = (at: number) =>
    makeTurnEvidence('ConsignmentNotificationFailure', 'ask', IMMIGRATION_DID, at, { reminder });
  test.each<TurnCase>([
    [
      'but not what waits for a way, because a reminder of it reached nobody',
      [ASK_MESSAGE],
      [delayed(0.5, 'a'), vain(1)],
      5,
      ['acknowledge ask by desk, 0 to 2, no way'],
    ],
    [
      'nor what nothing was said of yet but that',
      [ASK_MESSAGE],
      [vain(1)],
      5,
      ['acknowledge ask by desk, 0 to 2'],
    ],
    [
      'what is declined',
      [ASK_MESSAGE],
      [makeRejection('ask', IMMIGRATION_DID, 1)],
      5,
      ['reassign ask by shelter, 1 to 3'],
    ],
    [
      'though another was asked before',
      [makeTurnMessage('before', 'request', [SHELTER_DID, BORDER_POST_DID], 0), ASK_MESSAGE],
      [makeAcceptance('before', BORDER_POST_DID, 0), makeRejection('ask', IMMIGRATION_DID, 1)],
      5,
      ['reassign ask by shelter, 1 to 3', 'answer before by post, 0 to 72'],
    ],
    [
      'until it is sent elsewhere',
      [ASK_MESSAGE, elsewhere],
      [makeRejection('ask', IMMIGRATION_DID, 1), makeAcceptance('again', BORDER_POST_DID, 5)],
      6,
      ['answer again by post, 5 to 76'],
    ],
    [
      'what no way brought',
      [ASK_MESSAGE],
      [failed(1, 'a'), failed(2, 'b')],
      5,
      ['reassign ask by shelter, 1 to 3'],
    ],
    [
      'also once somebody was reminded to send it elsewhere',
      [ASK_MESSAGE],
      [
        failed(1, 'a'),
        makeTurnEvidence('ConsignmentNotification', 'ask', IMMIGRATION_DID, 4, {
          reminder: { ...reminder, act: 'reassign' },
        }),
      ],
      5,
      ['reassign ask by shelter, 1 to 3'],
    ],
    [
      'but not while one way brought it',
      [ASK_MESSAGE],
      [
        failed(1, 'a'),
        makeTurnEvidence('ConsignmentNotification', 'ask', IMMIGRATION_DID, 2, { delivery: hexIdOf('b') }),
      ],
      5,
      ['acknowledge ask by desk, 2 to 2'],
    ],
    [
      'what waits for a way, though others failed before',
      [ASK_MESSAGE],
      [failed(1, 'a'), delayed(2, 'b')],
      5,
      ['acknowledge ask by desk, 2 to 2, no way'],
    ],
    [
      'until one has brought it',
      [ASK_MESSAGE],
      [
        delayed(1, 'a'),
        makeTurnEvidence('ContentConsignment', 'ask', IMMIGRATION_DID, 2, { delivery: hexIdOf('b') }),
      ],
      5,
      ['acknowledge ask by desk, 0 to 2'],
    ],
    [
      'or it has failed',
      [ASK_MESSAGE],
      [delayed(1, 'a'), failed(2, 'a')],
      5,
      ['reassign ask by shelter, 2 to 4'],
    ],
    [
      'or an officer has it',
      [ASK_MESSAGE],
      [delayed(1, 'a'), makeAcceptance('ask', IMMIGRATION_DID, 3)],
      5,
      ['answer ask by desk, 3 to 72'],
    ],
    [
      'mail that was taken and came back',
      [ASK_MESSAGE],
      [
        makeTurnEvidence('RelayToNonERDS', 'ask', IMMIGRATION_DID, 1, { delivery: hexIdOf('a') }),
        makeTurnEvidence('RelayToNonERDSFailure', 'ask', IMMIGRATION_DID, 2, { delivery: hexIdOf('a') }),
      ],
      5,
      ['reassign ask by shelter, 2 to 4'],
    ],
    [
      'what was not relayed',
      [ASK_MESSAGE],
      [makeTurnEvidence('RelayFailure', 'ask', IMMIGRATION_DID, 1)],
      5,
      ['reassign ask by shelter, 1 to 3'],
    ],
    [
      'but not where it was relayed all the same',
      [ASK_MESSAGE],
      [
        makeTurnEvidence('RelayFailure', 'ask', IMMIGRATION_DID, 1),
        makeTurnEvidence('ContentConsignment', 'ask', IMMIGRATION_DID, 3),
      ],
      2,
      ['reassign ask by shelter, 1 to 3'],
    ],
    [
      'unless an officer has it',
      [ASK_MESSAGE],
      [failed(1, 'a'), makeAcceptance('ask', IMMIGRATION_DID, 3)],
      5,
      ['answer ask by desk, 3 to 72'],
    ],
  ])('%s', (_name, messages, evidence, now, expected) => {
    expect(linesOfTurn(computeTurn(now, messages, evidence))).toEqual(expected);
  });

  test('a failed relay has no effect once the other side shows that it has the message', () => {
    const { waiting } = computeTurn(
      4,
      [ASK_MESSAGE],
      [
        makeTurnEvidence('RelayFailure', 'ask', IMMIGRATION_DID, 1),
        makeTurnEvidence('ContentConsignment', 'ask', IMMIGRATION_DID, 3),
      ],
    );
    expect(waiting.sides).toEqual([
      { country: 'ID', seconds: 4 * HOUR_SECONDS, overdue: 2 * HOUR_SECONDS, elapsed: 4 * HOUR_SECONDS },
    ]);
  });

  test('with contradicting acknowledgements the one in effect decides, from when it is in effect', () => {
    const first = makeAcceptance('ask', IMMIGRATION_DID, 1);
    const other = makeRejection('ask', IMMIGRATION_DID, 2, { contradicts: first.id });
    const settling = makeRejection('ask', IMMIGRATION_DID, 4, { settles: [first.id, other.id] });
    expect(linesOfTurn(computeTurn(3, [ASK_MESSAGE], [first, other]))).toEqual([
      'answer ask by desk, 1 to 72',
    ]);
    expect(linesOfTurn(computeTurn(5, [ASK_MESSAGE], [first, other, settling]))).toEqual([
      'reassign ask by shelter, 4 to 6',
    ]);
  });
});

describe('a clarification', () => {
  const taken = makeAcceptance('ask', IMMIGRATION_DID, 1);
  const clear = makeTurnMessage('clear', 'reply', [SHELTER_DID, IMMIGRATION_DID], 20, { about: 'query' });
  test.each<TurnCase>([
    [
      'turns to who asked',
      [ASK_MESSAGE, QUERY_MESSAGE],
      [taken],
      11,
      ['acknowledge query by shelter, 10 to 12'],
    ],
    [
      'to clarify',
      [ASK_MESSAGE, QUERY_MESSAGE],
      [taken, makeAcceptance('query', SHELTER_DID, 12)],
      15,
      ['clarify query by shelter, 12 to 82'],
    ],
    [
      'and back, with the clock moved by the time it took',
      [ASK_MESSAGE, QUERY_MESSAGE, clear],
      [taken, makeAcceptance('query', SHELTER_DID, 12), makeAcceptance('clear', IMMIGRATION_DID, 21)],
      22,
      ['answer ask by desk, 20 to 82'],
    ],
    [
      'stands for the word about what it asks',
      [ASK_MESSAGE, QUERY_MESSAGE],
      [],
      11,
      ['acknowledge query by shelter, 10 to 12'],
    ],
    [
      'that is declined gives the act back',
      [ASK_MESSAGE, QUERY_MESSAGE],
      [taken, makeRejection('query', SHELTER_DID, 14)],
      15,
      ['answer ask by desk, 14 to 76'],
    ],
    [
      'is idle once the answer came without it',
      [ASK_MESSAGE, QUERY_MESSAGE, makeReplyMessage(15)],
      [taken, makeAcceptance('reply', SHELTER_DID, 16)],
      17,
      [],
    ],
    [
      'that fails is its sender’s to send again, beside the answer',
      [ASK_MESSAGE, QUERY_MESSAGE],
      [taken, makeTurnEvidence('ContentConsignmentFailure', 'query', SHELTER_DID, 14)],
      15,
      ['reassign query by desk, 14 to 16', 'answer ask by desk, 14 to 76'],
    ],
  ])('%s', (_name, messages, evidence, now, expected) => {
    expect(linesOfTurn(computeTurn(now, messages, evidence))).toEqual(expected);
  });

  test('stops the clock for working time only', () => {
    const hours = { days: [1, 2, 3, 4, 5], from: '08:00', to: '16:00', holidays: [] };
    const terms = { clocks: {}, calendars: { ID: calendarSchema.parse({ zone: 'Asia/Jakarta', hours }) } };
    // Asked from Friday 15:00 to Monday 09:00: two working hours of the desk.
    const working = makeTurnMessage('ask', 'request', [SHELTER_DID, IMMIGRATION_DID], 0, { terms });
    const asked = makeTurnMessage('query', 'clarification', [IMMIGRATION_DID, SHELTER_DID], 7, {
      about: 'ask',
    });
    const cleared = makeTurnMessage('clear', 'reply', [SHELTER_DID, IMMIGRATION_DID], 73, { about: 'query' });
    const before = computeTurn(6, [working], [makeAcceptance('ask', IMMIGRATION_DID, 1)]).open[0]?.until;
    const after = computeTurn(
      74,
      [working, asked, cleared],
      [makeAcceptance('ask', IMMIGRATION_DID, 1), makeAcceptance('clear', IMMIGRATION_DID, 73.5)],
    ).open[0];
    // 72 working hours are nine days: Wednesday 9 December, end of day; two hours more are Thursday 10:00.
    expect(before?.toISOString()).toBe('2026-12-09T09:00:00.000Z');
    expect(after?.until.toISOString()).toBe('2026-12-10T03:00:00.000Z');
  });
});
