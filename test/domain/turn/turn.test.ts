/** Whose turn it is, rule by rule. Urgent unless said otherwise: acknowledge within 2 hours, answer within 72. */
import { describe, expect, test } from 'vitest';
import { calendar } from '../../../src/domain/terms/calendar.ts';
import {
  ask,
  type Case,
  DESK,
  declined,
  HOUR,
  hex,
  hour,
  lines,
  POLICE,
  POST,
  query,
  reply,
  SHELTER,
  sent,
  told,
  took,
  turnAt,
} from '../../support/turns.ts';

describe('a request', () => {
  test.each<Case>([
    ['is the recipient’s to acknowledge', [ask], [], 1, ['acknowledge ask by desk, 0 to 2']],
    ['still is when it is overdue', [ask], [], 50, ['acknowledge ask by desk, 0 to 2']],
    ['then to answer', [ask], [took('ask', DESK, 1)], 5, ['answer ask by desk, 1 to 72']],
    [
      'before the word, at an hour before it',
      [ask],
      [took('ask', DESK, 1)],
      0.5,
      ['acknowledge ask by desk, 0 to 2'],
    ],
    [
      'is done when answered',
      [ask, reply(5)],
      [took('ask', DESK, 1)],
      6,
      ['acknowledge reply by shelter, 5 to 7'],
    ],
    ['needs no tap where an answer came', [ask, reply(5)], [took('reply', SHELTER, 6)], 7, []],
    [
      'is not answered by somebody who was not asked',
      [ask, sent('reply', 'reply', [POST, SHELTER], 5, { about: 'ask' })],
      [took('ask', DESK, 1), took('reply', SHELTER, 6)],
      7,
      ['answer ask by desk, 1 to 72'],
    ],
    [
      'nor by an answer that goes to somebody else',
      [ask, sent('reply', 'reply', [DESK, POLICE], 5, { about: 'ask' })],
      [took('ask', DESK, 1), took('reply', POLICE, 6)],
      7,
      ['answer ask by desk, 1 to 72'],
    ],
    [
      'nor by a correction',
      [ask, sent('fix', 'correction', [SHELTER, DESK], 5, { about: 'ask' })],
      [took('ask', DESK, 1), took('fix', DESK, 6)],
      7,
      ['answer ask by desk, 1 to 72'],
    ],
    [
      'is open again when the answer is taken back',
      [ask, reply(5), sent('back', 'recall', [DESK, SHELTER], 8, { about: 'reply' })],
      [took('ask', DESK, 1), took('reply', SHELTER, 6)],
      9,
      ['purge back by shelter, 8 to 10', 'answer ask by desk, 8 to 72'],
    ],
  ])('%s', (_name, messages, evidence, now, expected) => {
    expect(lines(turnAt(now, messages, evidence))).toEqual(expected);
  });

  test('to several is each one’s own to answer', () => {
    const both = sent('ask', 'request', [SHELTER, DESK, POST], 0);
    const turn = turnAt(5, [both, reply(3)], [took('ask', POST, 1), took('reply', SHELTER, 4)]);
    expect(lines(turn)).toEqual(['answer ask by post, 1 to 72']);
    expect(turn.next?.country).toBe('ID');
  });
});

describe('what comes back to the sender', () => {
  const failed = (at: number, delivery: string) =>
    told('ContentConsignmentFailure', 'ask', DESK, at, { delivery: hex(delivery) });
  const delayed = (at: number, delivery: string) =>
    told('DeliveryDelayed', 'ask', DESK, at, { delivery: hex(delivery) });
  const elsewhere = sent('again', 'request', [SHELTER, POST], 4);
  const reminder = { act: 'acknowledge', rung: 'half', until: hour(2).toISOString(), desk: DESK } as const;
  const vain = (at: number) => told('ConsignmentNotificationFailure', 'ask', DESK, at, { reminder });
  test.each<Case>([
    [
      'but not what waits for a way, because a reminder of it reached nobody',
      [ask],
      [delayed(0.5, 'a'), vain(1)],
      5,
      ['acknowledge ask by desk, 0 to 2, no way'],
    ],
    ['nor what nothing was said of yet but that', [ask], [vain(1)], 5, ['acknowledge ask by desk, 0 to 2']],
    ['what is declined', [ask], [declined('ask', DESK, 1)], 5, ['reassign ask by shelter, 1 to 3']],
    [
      'though another was asked before',
      [sent('before', 'request', [SHELTER, POST], 0), ask],
      [took('before', POST, 0), declined('ask', DESK, 1)],
      5,
      ['reassign ask by shelter, 1 to 3', 'answer before by post, 0 to 72'],
    ],
    [
      'until it is sent elsewhere',
      [ask, elsewhere],
      [declined('ask', DESK, 1), took('again', POST, 5)],
      6,
      ['answer again by post, 5 to 76'],
    ],
    ['what no way brought', [ask], [failed(1, 'a'), failed(2, 'b')], 5, ['reassign ask by shelter, 1 to 3']],
    [
      'also once somebody was reminded to send it elsewhere',
      [ask],
      [
        failed(1, 'a'),
        told('ConsignmentNotification', 'ask', DESK, 4, { reminder: { ...reminder, act: 'reassign' } }),
      ],
      5,
      ['reassign ask by shelter, 1 to 3'],
    ],
    [
      'but not while one way brought it',
      [ask],
      [failed(1, 'a'), told('ConsignmentNotification', 'ask', DESK, 2, { delivery: hex('b') })],
      5,
      ['acknowledge ask by desk, 2 to 2'],
    ],
    [
      'what waits for a way, though others failed before',
      [ask],
      [failed(1, 'a'), delayed(2, 'b')],
      5,
      ['acknowledge ask by desk, 2 to 2, no way'],
    ],
    [
      'until one has brought it',
      [ask],
      [delayed(1, 'a'), told('ContentConsignment', 'ask', DESK, 2, { delivery: hex('b') })],
      5,
      ['acknowledge ask by desk, 0 to 2'],
    ],
    ['or it has failed', [ask], [delayed(1, 'a'), failed(2, 'a')], 5, ['reassign ask by shelter, 2 to 4']],
    [
      'or an officer has it',
      [ask],
      [delayed(1, 'a'), took('ask', DESK, 3)],
      5,
      ['answer ask by desk, 3 to 72'],
    ],
    [
      'mail that was taken and came back',
      [ask],
      [
        told('RelayToNonERDS', 'ask', DESK, 1, { delivery: hex('a') }),
        told('RelayToNonERDSFailure', 'ask', DESK, 2, { delivery: hex('a') }),
      ],
      5,
      ['reassign ask by shelter, 2 to 4'],
    ],
    [
      'what was not relayed',
      [ask],
      [told('RelayFailure', 'ask', DESK, 1)],
      5,
      ['reassign ask by shelter, 1 to 3'],
    ],
    [
      'but not where it was relayed all the same',
      [ask],
      [told('RelayFailure', 'ask', DESK, 1), told('ContentConsignment', 'ask', DESK, 3)],
      2,
      ['reassign ask by shelter, 1 to 3'],
    ],
    [
      'unless an officer has it',
      [ask],
      [failed(1, 'a'), took('ask', DESK, 3)],
      5,
      ['answer ask by desk, 3 to 72'],
    ],
  ])('%s', (_name, messages, evidence, now, expected) => {
    expect(lines(turnAt(now, messages, evidence))).toEqual(expected);
  });

  test('a failed relay never counted once the other side shows that it has it', () => {
    const { waiting } = turnAt(
      4,
      [ask],
      [told('RelayFailure', 'ask', DESK, 1), told('ContentConsignment', 'ask', DESK, 3)],
    );
    expect(waiting.sides).toEqual([
      { country: 'ID', seconds: 4 * HOUR, overdue: 2 * HOUR, elapsed: 4 * HOUR },
    ]);
  });

  test('of contradicting words the standing one counts, from when it stands', () => {
    const first = took('ask', DESK, 1);
    const other = declined('ask', DESK, 2, { contradicts: first.id });
    const settling = declined('ask', DESK, 4, { settles: [first.id, other.id] });
    expect(lines(turnAt(3, [ask], [first, other]))).toEqual(['answer ask by desk, 1 to 72']);
    expect(lines(turnAt(5, [ask], [first, other, settling]))).toEqual(['reassign ask by shelter, 4 to 6']);
  });
});

describe('a clarification', () => {
  const taken = took('ask', DESK, 1);
  const clear = sent('clear', 'reply', [SHELTER, DESK], 20, { about: 'query' });
  test.each<Case>([
    ['turns to who asked', [ask, query], [taken], 11, ['acknowledge query by shelter, 10 to 12']],
    [
      'to clarify',
      [ask, query],
      [taken, took('query', SHELTER, 12)],
      15,
      ['clarify query by shelter, 12 to 82'],
    ],
    [
      'and back, with the clock moved by the time it took',
      [ask, query, clear],
      [taken, took('query', SHELTER, 12), took('clear', DESK, 21)],
      22,
      ['answer ask by desk, 20 to 82'],
    ],
    [
      'stands for the word about what it asks',
      [ask, query],
      [],
      11,
      ['acknowledge query by shelter, 10 to 12'],
    ],
    [
      'that is declined gives the act back',
      [ask, query],
      [taken, declined('query', SHELTER, 14)],
      15,
      ['answer ask by desk, 14 to 76'],
    ],
    [
      'is idle once the answer came without it',
      [ask, query, reply(15)],
      [taken, took('reply', SHELTER, 16)],
      17,
      [],
    ],
    [
      'that fails is its sender’s to send again, beside the answer',
      [ask, query],
      [taken, told('ContentConsignmentFailure', 'query', SHELTER, 14)],
      15,
      ['reassign query by desk, 14 to 16', 'answer ask by desk, 14 to 76'],
    ],
  ])('%s', (_name, messages, evidence, now, expected) => {
    expect(lines(turnAt(now, messages, evidence))).toEqual(expected);
  });

  test('rests the clock by working time only', () => {
    const hours = { days: [1, 2, 3, 4, 5], from: '08:00', to: '16:00', holidays: [] };
    const terms = { clocks: {}, calendars: { ID: calendar.parse({ zone: 'Asia/Jakarta', hours }) } };
    // Asked from Friday 15:00 to Monday 09:00: two working hours of the desk.
    const working = sent('ask', 'request', [SHELTER, DESK], 0, { terms });
    const asked = sent('query', 'clarification', [DESK, SHELTER], 7, { about: 'ask' });
    const cleared = sent('clear', 'reply', [SHELTER, DESK], 73, { about: 'query' });
    const before = turnAt(6, [working], [took('ask', DESK, 1)]).open[0]?.until;
    const after = turnAt(74, [working, asked, cleared], [took('ask', DESK, 1), took('clear', DESK, 73.5)])
      .open[0];
    // 72 working hours are nine days: Wednesday 9 December, end of day; two hours more are Thursday 10:00.
    expect(before?.toISOString()).toBe('2026-12-09T09:00:00.000Z');
    expect(after?.until.toISOString()).toBe('2026-12-10T03:00:00.000Z');
  });
});
