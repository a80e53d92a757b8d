/** Contradictions in the evidence of one message to one focal point, and the acknowledgement that settled them. */
import { describe, expect, test } from 'vitest';
import { findContradictions } from '../../../src/domain/evidence/contradiction.ts';
import type { Evidence } from '../../../src/domain/evidence/evidence.ts';
import { makeClaims } from '../../support/claims.ts';

const officer = (id: string) => ({ id, name: `Invented ${id}`, role: 'officer' as const });
const at = (second: number): string => new Date(Date.UTC(2026, 10, 20, 2, 0, second)).toISOString();

const accepted = makeClaims({ event: 'ConsignmentAcceptance', officer: officer('o1'), at: at(1) });
const declined = makeClaims({
  event: 'ConsignmentRejection',
  officer: officer('o2'),
  reason: 'incomplete',
  at: at(2),
  contradicts: accepted.id,
});
const settled = makeClaims({
  event: 'ConsignmentRejection',
  officer: officer('o3'),
  reason: 'incomplete',
  at: at(3),
  settles: [accepted.id, declined.id],
});

/** Each as its kind, whether it is open, its pieces, and what settled it. */
const seen = (pieces: readonly Evidence[]) =>
  findContradictions(pieces).map((one) => [
    one.kind,
    one.open,
    one.words.map(({ evidence }) => evidence),
    one.settledBy?.id,
  ]);

test('without contradicting evidence there is no contradiction', () => {
  const carried = makeClaims({ event: 'ContentConsignment', delivery: '1'.repeat(32) });
  expect(seen([])).toEqual([]);
  expect(seen([carried, accepted])).toEqual([]);
});

describe('officers', () => {
  test('who disagree have an open contradiction until one settles it; then it shows who did', () => {
    expect(seen([accepted, declined])).toEqual([['word', true, [accepted.id, declined.id], undefined]]);
    expect(seen([settled, declined, accepted])).toEqual([
      ['word', false, [accepted.id, declined.id], settled.id],
    ]);
  });

  test('who disagree again have a settled and an open contradiction', () => {
    const again = makeClaims({
      event: 'ConsignmentAcceptance',
      officer: officer('o4'),
      at: at(4),
      contradicts: settled.id,
    });
    expect(seen([accepted, declined, settled, again])).toEqual([
      ['word', false, [accepted.id, declined.id], settled.id],
      ['word', true, [settled.id, again.id], undefined],
    ]);
  });

  test('are shown with their names, reasons and times', () => {
    const [one] = findContradictions([accepted, declined]);
    expect(one?.words).toEqual([
      expect.objectContaining({ event: 'ConsignmentAcceptance', officer: officer('o1'), at: at(1) }),
      expect.objectContaining({ officer: officer('o2'), reason: 'incomplete', at: at(2) }),
    ]);
  });
});

describe('carriage', () => {
  const [way, another] = ['1'.repeat(32), '2'.repeat(32)];
  test.each([
    ['ContentConsignment', 'ContentConsignmentFailure'],
    ['ConsignmentNotification', 'ConsignmentNotificationFailure'],
    ['RelayToNonERDS', 'RelayToNonERDSFailure'],
  ] as const)('%s and %s of one endpoint contradict until an officer acknowledges', (event, failure) => {
    const reached = makeClaims({ event, delivery: way, at: at(1) });
    const failed = makeClaims({ event: failure, delivery: way, at: at(2) });
    expect(seen([failed, reached])).toEqual([['carriage', true, [reached.id, failed.id], undefined]]);
    const word = makeClaims({ event: 'ConsignmentAcceptance', officer: officer('o1'), at: at(3) });
    expect(seen([word, failed, reached])).toEqual([['carriage', false, [reached.id, failed.id], word.id]]);
  });

  test('a failure at one endpoint and a delivery to the next are failover, not a contradiction', () => {
    const failed = makeClaims({ event: 'ConsignmentNotificationFailure', delivery: way });
    const reached = makeClaims({ event: 'ContentConsignment', delivery: another });
    expect(seen([failed, reached])).toEqual([]);
  });

  test('a failure and then a delivery to the same endpoint are a retry, not a contradiction', () => {
    const failed = makeClaims({ event: 'ContentConsignmentFailure', delivery: way, at: at(1) });
    const reached = makeClaims({ event: 'ContentConsignment', delivery: way, at: at(2) });
    expect(seen([failed, reached])).toEqual([]);
  });

  test('a relay given up here contradicts evidence of the other gateway that it arrived', () => {
    const gaveUp = makeClaims({ event: 'RelayFailure', by: 'did:web:kh.test', delivery: way, at: at(1) });
    const arrived = makeClaims({ event: 'ContentConsignment', delivery: another, at: at(2) });
    expect(seen([gaveUp])).toEqual([]);
    expect(seen([gaveUp, arrived])).toEqual([['carriage', true, [gaveUp.id, arrived.id], undefined]]);
    expect(seen([gaveUp, accepted])).toEqual([['carriage', false, [gaveUp.id, accepted.id], accepted.id]]);
    const elsewhere = makeClaims({ event: 'ContentConsignment', recipient: 'did:web:id.test:fp:other' });
    expect(seen([gaveUp, elsewhere])).toEqual([]);
  });
});
