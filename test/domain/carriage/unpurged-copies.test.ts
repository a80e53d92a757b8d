/** The copies that a recall cannot reach: those that were taken, and those that may have been. */
import { expect, test } from 'vitest';
import type { Attempt } from '../../../src/domain/carriage/attempt.ts';
import { type RankedDelivery, unpurgedCopiesOf } from '../../../src/domain/carriage/unpurged-copies.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const at = (minute: number): string => new Date(NOW.getTime() - (60 - minute) * 60_000).toISOString();
const TO = 'did:web:gateway.test:fp:desk';

const attempt = (minute: number, outcome: Attempt['outcome'], code: string): Attempt => ({
  at: at(minute),
  outcome,
  code,
  ms: 1,
});

const delivery = (over: Partial<RankedDelivery> = {}): RankedDelivery => ({
  id: 'd1',
  kind: 'message',
  message: 'm1',
  to: TO,
  endpoint: 'e1',
  channel: 'webhook',
  shows: 'packet',
  rank: 1,
  state: 'queued',
  tries: 0,
  attempts: [],
  dueAt: NOW,
  revisable: false,
  expiresAt: new Date(NOW.getTime() + 86_400_000),
  ...over,
});

const lost = attempt(1, 'deferred', 'timeout');
const taken = attempt(2, 'accepted', 'http-204');

test('a delivered copy is named, with the time; an earlier attempt without an answer adds nothing', () => {
  const one = { to: TO, channel: 'webhook', rank: 1 };
  expect(unpurgedCopiesOf([delivery({ attempts: [lost, taken] })], NOW)).toEqual([{ ...one, at: at(2) }]);
});

test('a copy whose attempts had no answer is named as unsure since the first of them; one in progress, since now', () => {
  const refused = attempt(0, 'deferred', 'connect-refused');
  const again = attempt(3, 'deferred', 'timeout');
  for (const channel of ['webhook', 'email', 'relay'] as const) {
    const one = { to: TO, channel, rank: 1, unsure: true };
    const named = (over: Partial<RankedDelivery>) => unpurgedCopiesOf([delivery({ channel, ...over })], NOW);
    expect(named({ attempts: [refused, lost, again] })).toEqual([{ ...one, at: at(1) }]);
    expect(named({ attempts: [refused], isUnderWay: true })).toEqual([{ ...one, at: NOW.toISOString() }]);
    expect(named({ attempts: [refused] })).toEqual([]);
  }
});

test('a notice, evidence and a reminder carry no content', () => {
  const gone = { attempts: [taken], isUnderWay: true } as const;
  expect(unpurgedCopiesOf([delivery({ ...gone, shows: 'notice' })], NOW)).toEqual([]);
  expect(unpurgedCopiesOf([delivery({ ...gone, channel: 'telegram', shows: 'notice' })], NOW)).toEqual([]);
  for (const kind of ['evidence', 'reminder'] as const)
    expect(unpurgedCopiesOf([delivery({ ...gone, kind })], NOW)).toEqual([]);
});
