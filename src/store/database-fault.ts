/** What a fault of the database means for the work that it ended. */

function codeOf(fault: unknown): string | undefined {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : undefined;
}

/**
 * Whether the work itself caused a fault, and not the connection or the server. Then it is worth running a
 * batch entry by entry. SQLSTATE classes: 21 cardinality, 22 data, 23 constraint, 40 rolled back, 54 program
 * limit.
 */
export function isWorkFault(fault: unknown): boolean {
  const code = codeOf(fault);
  return code === undefined || /^(?:21|22|23|40|54)\w{3}$/.test(code);
}

/** There is no such table (SQLSTATE 42P01): nothing was migrated yet. */
export const isMissingTable = (fault: unknown): boolean => codeOf(fault) === '42P01';

/** The code of our own fault: the database is known to be down. */
export const DATABASE_DOWN_CODE = 'DATABASE_DOWN';

/** Faults of the system and of the client library by which a connection was not made, or was lost. */
const NO_CONNECTION =
  /^(?:DATABASE_DOWN|ECONN[A-Z]+|EPIPE|ENOENT|ENOTFOUND|EAI_[A-Z]+|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|CONNECT[A-Z_]*)$/;

/** ENOENT may be a missing socket or a missing file. A missing file has nothing to do with the database. */
const isNoConnection = (fault: unknown, code: string): boolean =>
  NO_CONNECTION.test(code) &&
  !(code === 'ENOENT' && fault instanceof Error && 'syscall' in fault && fault.syscall !== 'connect');

/**
 * SQLSTATE: 08 connection, 53 resources (a full disk, no connection left), 57P01 to 57P05 the server ends or
 * starts; 25006 it is a standby and takes no writes; 57014 it cancelled the statement.
 */
const NOT_SERVING = /^(?:08\w{3}|53\w{3}|57P0[1-5]|25006|57014)$/;

/**
 * Whether a fault means that the database is down, or cannot serve for a while. Then nobody knows whether the
 * call was done.
 */
export function isDatabaseDown(fault: unknown): boolean {
  const code = codeOf(fault);
  return code !== undefined && (isNoConnection(fault, code) || NOT_SERVING.test(code));
}

/** Whether a fault means that its connection is gone. 57P01, 02 and 05: the server ends it. */
export function isConnectionLost(fault: unknown): boolean {
  const code = codeOf(fault);
  return code !== undefined && (isNoConnection(fault, code) || /^57P0[125]$/.test(code));
}

/** A unique constraint was violated (SQLSTATE 23505). */
export const isUniqueViolation = (fault: unknown): boolean => codeOf(fault) === '23505';
