/**
 * The circuit breaker: an endpoint that failed several times in a row is left alone for a while, so that a partner
 * who is down costs the others nothing. It lives in the process; the rows keep their own schedule.
 */
import type { Outcome } from '../../domain/carriage/adapter.ts';
import { createBoundedMemory } from '../../domain/words/bounded-memory.ts';

const FAILURES = 5;
const OPEN_SECONDS = 30;

/** How long failures count as in a row, in milliseconds. */
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
   * Seconds for which the endpoint is left alone; 0 when it may be tried. One try is let through when time is up. A sign of
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
      // The next one is the probe; those beside it wait for what it finds.
      keep(endpoint, circuit, now);
      return 0;
    },
    noteOutcome(endpoint, outcome, now) {
      if (outcome.kind !== 'deferred') {
        circuits.forget(endpoint);
        return;
      }
      // A peer that asks for time is not down.
      if (outcome.retryAfter !== undefined) return;
      const failures = (circuits.get(endpoint, now)?.failures ?? 0) + 1;
      keep(endpoint, { failures, failedAt: now.getTime() }, now);
    },
  };
}
