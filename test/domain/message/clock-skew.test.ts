/**
 * Signed instants, compared with this clock and with the message they are about: five minutes either way, to the
 * millisecond.
 */
import { describe, expect, test } from 'vitest';
import { checkNotAhead, isBeforeAcceptance } from '../../../src/domain/message/clock-skew.ts';
import { Refusal } from '../../../src/domain/words/error.ts';

const NOON = new Date('2027-03-01T12:00:00.000Z');

const codeOf = (step: () => void): string => {
  try {
    step();
    return 'taken';
  } catch (fault) {
    return fault instanceof Refusal ? fault.code : 'fault';
  }
};

describe('a signed instant', () => {
  test.each([
    ['2027-03-01T12:05:00.000Z', 'taken'],
    ['2027-03-01T12:05:00.001Z', 'clock-skew'],
    ['9999-12-31T23:59:59.999Z', 'clock-skew'],
    ['2020-01-01T00:00:00.000Z', 'taken'],
  ])('%s, read at noon: %s', (at, code) => {
    expect(codeOf(() => checkNotAhead(at, NOON))).toBe(code);
  });

  test.each([
    ['2027-03-01T11:55:00.000Z', false],
    ['2027-03-01T11:54:59.999Z', true],
    ['1970-01-01T00:00:00.000Z', true],
    ['2029-01-01T00:00:00.000Z', false],
  ])('%s, about a message that was accepted at noon, is before it: %s', (at, is) => {
    expect(isBeforeAcceptance(at, NOON)).toBe(is);
  });
});
