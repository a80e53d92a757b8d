/** What `amanat doctor` is made of: checks, each of which finds things and says what to do about them. */
import type postgres from 'postgres';
import type { Gateway } from '../../gateway.ts';
import type { Typesetter } from '../../paper/typeset.ts';
import type { HomeFolder } from '../home/home.ts';

/** `warning`: works, and will not for long, or not as it should. `skipped`: not used here. */
export type FindingVerdict = 'ok' | 'warning' | 'failed' | 'skipped';

/** No address, no person and no secret stands in it: it goes to the log as well. */
export interface DoctorFinding {
  readonly verdict: FindingVerdict;
  readonly detail: string;
  /** What the operator does about it. */
  readonly todo?: string;
}

/** A gateway that could be opened. */
export interface ExaminedGateway {
  readonly home: HomeFolder;
  readonly gateway: Gateway;
  readonly sql: postgres.Sql;
  readonly typeset: Typesetter;
}

/** One group of checks over a home folder, or over a gateway that was opened. */
export interface DoctorCheck<P> {
  readonly name: string;
  /** Asks nobody but the database, and is done in a moment: `serve` runs it at start. */
  readonly quick: boolean;
  /** Resolves with what it found, one `ok` at least where all is well. A throw counts as failed. */
  examine(patient: P): Promise<readonly DoctorFinding[]>;
}

export const reportOk = (detail: string): DoctorFinding => ({ verdict: 'ok', detail });
export const reportWarning = (detail: string, todo: string): DoctorFinding => ({
  verdict: 'warning',
  detail,
  todo,
});
export const reportFailed = (detail: string, todo: string): DoctorFinding => ({
  verdict: 'failed',
  detail,
  todo,
});
export const reportSkipped = (detail: string): DoctorFinding => ({ verdict: 'skipped', detail });

/** The problems, or one finding that there are none. */
export const reportFaultsOrOk = (
  problems: readonly DoctorFinding[],
  detail: string,
): readonly DoctorFinding[] => (problems.length === 0 ? [reportOk(detail)] : problems);
