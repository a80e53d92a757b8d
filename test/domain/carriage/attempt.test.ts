/** Which attempts leave it unknown whether the message was taken, and which attempts are kept. */
import { expect, test } from 'vitest';
import { type Attempt, addAttempt, mayBeTaken } from '../../../src/domain/carriage/attempt.ts';

const attempt = (code: string, outcome: Attempt['outcome'] = 'deferred'): Attempt => ({
  at: '2026-11-20T02:00:00.000Z',
  outcome,
  code,
  ms: 1,
});

test('no answer, or a server fault, leaves it unknown whether the message was taken', () => {
  for (const code of ['timeout', 'interrupted', 'connection-lost', 'answer-not-proven', 'fault', 'http-502'])
    expect(mayBeTaken(attempt(code)), code).toBe(true);
});

test('an answer, and a peer that was never reached, leave nothing unknown', () => {
  for (const code of ['connect-refused', 'connection-refused', 'name-unknown', 'tls', 'http-429', 'smtp-451'])
    expect(mayBeTaken(attempt(code)), code).toBe(false);
  for (const code of ['circuit-open', 'quiet-hours', 'channel-not-running', 'recalled', 'not-ready'])
    expect(mayBeTaken(attempt(code)), code).toBe(false);
  for (const outcome of ['accepted', 'rejected'] as const)
    expect(mayBeTaken(attempt('timeout', outcome))).toBe(false);
});

test('of many attempts the first ten, the last ten, and the first unknown one between them are kept', () => {
  const codes = Array.from({ length: 40 }, (_, n) => (n === 14 || n === 20 ? 'timeout' : `smtp-4${n + 10}`));
  const kept = codes.reduce<readonly Attempt[]>((all, code) => addAttempt(all, attempt(code)), []);
  expect(kept.map((one) => one.code)).toEqual([...codes.slice(0, 10), 'timeout', ...codes.slice(-10)]);
});
