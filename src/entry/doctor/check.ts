/** The checks of `amanat doctor`: each returns findings with what to do about them. */
import type postgres from 'postgres';
import type { Gateway } from '../../gateway.ts';
import type { Typesetter } from '../../paper/typeset.ts';
import type { HomeFolder } from '../home/home.ts';

/** `warning`: works, but not for long or not as it should. `skipped`: not used here. */
export type FindingVerdict = 'ok' | 'warning' | 'failed' | 'skipped';

/** A finding. It also goes to the log, so it contains no address, no person and no secret. */
export interface DoctorFinding {
  readonly verdict: FindingVerdict;
  readonly detail: string;
  /** What the operator must do. */
  readonly todo?: string;
}

/** A gateway that could be opened. */
export interface ExaminedGateway {
  readonly home: HomeFolder;
  readonly gateway: Gateway;
  readonly sql: postgres.Sql;
  readonly typeset: Typesetter;
}

/** One group of checks on a home folder or on an open gateway. */
export interface DoctorCheck<P> {
  readonly name: string;
  /** Whether the check is short and asks only the database; then `serve` runs it at the start. */
  readonly quick: boolean;
  /** Resolves with the findings, at least one `ok` if there is no fault. An exception counts as `failed`. */
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

/** The faults, or one `ok` finding where there are none. */
export const reportFaultsOrOk = (
  problems: readonly DoctorFinding[],
  detail: string,
): readonly DoctorFinding[] => (problems.length === 0 ? [reportOk(detail)] : problems);
