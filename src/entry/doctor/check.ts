/** What `amanat doctor` is made of: checks, each of which finds things and says what to do about them. */
import type postgres from 'postgres';
import type { Gateway } from '../../gateway.ts';
import type { Typeset } from '../../paper/typeset.ts';
import type { Home } from '../home/home.ts';

/** `warning`: works, and will not for long, or not as it should. `skipped`: not used here. */
export type Verdict = 'ok' | 'warning' | 'failed' | 'skipped';

/** No address, no person and no secret stands in it: it goes to the log as well. */
export interface Finding {
  readonly verdict: Verdict;
  readonly detail: string;
  /** What the operator does about it. */
  readonly todo?: string;
}

/** A gateway that could be opened. */
export interface Patient {
  readonly home: Home;
  readonly gateway: Gateway;
  readonly sql: postgres.Sql;
  readonly typeset: Typeset;
}

/** One group of checks over a home folder, or over a gateway that was opened. */
export interface Check<P> {
  readonly name: string;
  /** Asks nobody but the database, and is done in a moment: `serve` runs it at start. */
  readonly quick: boolean;
  /** Resolves with what it found, one `ok` at least where all is well. A throw counts as failed. */
  examine(patient: P): Promise<readonly Finding[]>;
}

export const ok = (detail: string): Finding => ({ verdict: 'ok', detail });
export const warning = (detail: string, todo: string): Finding => ({ verdict: 'warning', detail, todo });
export const failed = (detail: string, todo: string): Finding => ({ verdict: 'failed', detail, todo });
export const skipped = (detail: string): Finding => ({ verdict: 'skipped', detail });

/** The problems, or one finding that there are none. */
export const orOk = (problems: readonly Finding[], detail: string): readonly Finding[] =>
  problems.length === 0 ? [ok(detail)] : problems;
