/**
 * The circuit breaker: an endpoint that failed several times in a row is left alone for a while, so that a partner
 * who is down costs the others nothing. It lives in the process; the rows keep their own schedule.
 */
import type { Outcome } from '../../domain/adapter.ts';

const FAILURES = 5;
const OPEN_SECONDS = 30;

interface Circuit {
  readonly failures: number;
  readonly openUntil: number;
  /** When the last failure was noted. */
  readonly failedAt: number;
}

export interface Breaker {
  /**
   * Seconds for which the endpoint is left alone; 0 when it may be tried. One try is let through when time is up. A sign of
   * life since the last failure closes the circuit.
   */
  restOf(endpoint: string, now: Date, livedAt?: Date): number;
  note(endpoint: string, outcome: Outcome, now: Date): void;
}

export function createBreaker(): Breaker {
  const circuits = new Map<string, Circuit>();
  return {
    restOf(endpoint, now, livedAt) {
      const circuit = circuits.get(endpoint);
      if (circuit === undefined || circuit.failures < FAILURES) return 0;
      if (livedAt !== undefined && livedAt.getTime() >= circuit.failedAt) {
        circuits.delete(endpoint);
        return 0;
      }
      const rest = circuit.openUntil - now.getTime();
      if (rest > 0) return rest / 1_000;
      // The next one is the probe; those beside it wait for what it finds.
      circuits.set(endpoint, { ...circuit, openUntil: now.getTime() + OPEN_SECONDS * 1_000 });
      return 0;
    },
    note(endpoint, outcome, now) {
      if (outcome.kind !== 'deferred') {
        circuits.delete(endpoint);
        return;
      }
      // A peer that asks for time is not down.
      if (outcome.retryAfter !== undefined) return;
      const failures = (circuits.get(endpoint)?.failures ?? 0) + 1;
      const failedAt = now.getTime();
      circuits.set(endpoint, { failures, failedAt, openUntil: failedAt + OPEN_SECONDS * 1_000 });
    },
  };
}
