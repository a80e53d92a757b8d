/**
 * The circuit breaker. An endpoint that failed several times in a row gets no attempts for a while, so that a
 * partner that is down does not slow the others. It is kept in memory; the rows keep their own schedule.
 */
import type { Outcome } from '../../domain/carriage/adapter.ts';
import { createBoundedMemory } from '../../domain/words/bounded-memory.ts';

const FAILURES = 5;
const OPEN_SECONDS = 30;

/** Milliseconds within which failures count as consecutive. */
const REMEMBERED_FOR = 86_400_000;
const REMEMBERED = 5_000;

interface Circuit {
  readonly failures: number;
  readonly openUntil: number;
  /** When the last failure was noted. */
  readonly failedAt: number;
}

export interface CircuitBreaker {
  /**
   * Seconds until the endpoint may be tried; 0 if now. After that time one attempt is let through. A sign of
   * life since the last failure closes the circuit.
   */
  secondsToRest(endpoint: string, now: Date, livedAt?: Date): number;
  noteOutcome(endpoint: string, outcome: Outcome, now: Date): void;
}

export function createBreaker(): CircuitBreaker {
  const circuits = createBoundedMemory<Circuit>(REMEMBERED);
  const keep = (endpoint: string, counted: Omit<Circuit, 'openUntil'>, now: Date): void => {
    const openUntil = now.getTime() + OPEN_SECONDS * 1_000;
    const { failures, failedAt } = counted;
    circuits.keep(endpoint, { failures, failedAt, openUntil }, new Date(now.getTime() + REMEMBERED_FOR));
  };
  return {
    secondsToRest(endpoint, now, livedAt) {
      const circuit = circuits.get(endpoint, now);
      if (circuit === undefined || circuit.failures < FAILURES) return 0;
      if (livedAt !== undefined && livedAt.getTime() >= circuit.failedAt) {
        circuits.forget(endpoint);
        return 0;
      }
      const rest = circuit.openUntil - now.getTime();
      if (rest > 0) return rest / 1_000;
      // This attempt is the probe. Others wait for its result.
      keep(endpoint, circuit, now);
      return 0;
    },
    noteOutcome(endpoint, outcome, now) {
      if (outcome.kind !== 'deferred') {
        circuits.forget(endpoint);
        return;
      }
      // A receiver that asks for time is not down.
      if (outcome.retryAfter !== undefined) return;
      const failures = (circuits.get(endpoint, now)?.failures ?? 0) + 1;
      keep(endpoint, { failures, failedAt: now.getTime() }, now);
    },
  };
}
