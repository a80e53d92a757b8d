/** What a fault of the database means for the work it ended. */

function codeOf(fault: unknown): string | undefined {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : undefined;
}

/**
 * Whether a fault is of the work itself and not of the connection or the server, so that a batch is worth doing again
 * entry by entry. SQLSTATE classes: 21 cardinality, 22 data, 23 constraint, 40 rolled back, 54 program limit.
 */
export function isOfWork(fault: unknown): boolean {
  const code = codeOf(fault);
  return code === undefined || /^(?:21|22|23|40|54)\w{3}$/.test(code);
}

/** A unique constraint was hit (SQLSTATE 23505). */
export const isTaken = (fault: unknown): boolean => codeOf(fault) === '23505';
