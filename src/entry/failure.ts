/** Failures of the command line: every exception becomes an exit code, a code, a detail and what to do. */
import { CommanderError } from 'commander';
import { PROBLEMS, type ProblemCode, Refusal } from '../domain/words/error.ts';
import { isDatabaseDown } from '../store/database-fault.ts';
import { type ExitCode, exitOfProblem } from './exit.ts';

/** What a failed command prints, as text and as JSON. */
export interface FailureDescription {
  readonly exit: ExitCode;
  readonly code: string;
  readonly detail: string;
  readonly help: string;
}

/** A failure that only the command line has; any other failure is a `Refusal` or a fault. */
export class CommandFailure extends Error implements FailureDescription {
  readonly exit: ExitCode;
  readonly code: string;
  readonly detail: string;
  readonly help: string;

  constructor(described: FailureDescription) {
    super(described.detail);
    this.name = 'Failure';
    this.exit = described.exit;
    this.code = described.code;
    this.detail = described.detail;
    this.help = described.help;
  }
}

/** Makes the failure of an incomplete or wrong command line. `detail` names flags and never repeats their values. */
export const makeUsageFailure = (
  detail: string,
  help = 'See --help for the flags of this command.',
): CommandFailure => new CommandFailure({ exit: 'usage', code: 'usage', detail, help });

/** Makes the failure of a command that was cancelled at the keyboard. */
export const makeInterruption = (): CommandFailure =>
  new CommandFailure({
    exit: 'interrupted',
    code: 'interrupted',
    detail: 'cancelled',
    help: 'Nothing was changed; run the command again.',
  });

const FULL: Omit<FailureDescription, 'code'> = {
  exit: 'unreachable',
  detail: 'the disk is full',
  help: 'Make room, and run the command again.',
};

/** PostgreSQL's own messages about the disk, when it could not start. */
const OF_DISK: readonly (readonly [said: RegExp, code: string])[] = [
  [/No space left on device/, 'ENOSPC'],
  [/Read-only file system/, 'EROFS'],
];

/** System and database errors that an operator can repair, by their code. */
const KNOWN: Readonly<Record<string, Omit<FailureDescription, 'code'>>> = {
  EACCES: {
    exit: 'configuration',
    detail: 'this user has no permission for a file',
    help: 'Run the command as the user that made the home folder.',
  },
  EPERM: {
    exit: 'configuration',
    detail: 'this user has no permission for a file',
    help: 'Run the command as the user that made the home folder.',
  },
  EROFS: {
    exit: 'configuration',
    detail: 'the disk is mounted read-only',
    help: 'Mount it read-write, and run the command again.',
  },
  ENOSPC: FULL,
  EDQUOT: FULL,
  EMFILE: {
    exit: 'unreachable',
    detail: 'the process has reached its limit of open files and connections',
    help: 'Raise the limit (ulimit -n), and try again.',
  },
  '28000': {
    exit: 'configuration',
    detail: 'the database server does not allow this user to connect from here',
    help: 'Allow it (pg_hba.conf, or the role), or correct DATABASE_URL.',
  },
  '42501': {
    exit: 'configuration',
    detail: 'the database user lacks rights that the gateway needs',
    help: 'Make it the owner of the database that DATABASE_URL names.',
  },
  '53100': {
    exit: 'unreachable',
    detail: 'the disk of the database is full',
    help: 'Make room on it, and try again.',
  },
  '53300': {
    exit: 'unreachable',
    detail: 'the database server has no free connection',
    help: 'Close other clients of the server, or raise its max_connections, and try again.',
  },
  '25006': {
    exit: 'unreachable',
    detail: 'the database server is a standby or read-only, and refuses writes',
    help: 'Set DATABASE_URL to the primary.',
  },
  '28P01': {
    exit: 'configuration',
    detail: 'the database refuses the user or the password',
    help: 'Correct DATABASE_URL.',
  },
  '3D000': {
    exit: 'configuration',
    detail: 'the database server has no database with that name',
    help: 'Create it, or correct DATABASE_URL.',
  },
};

/** Help for an operator, where the help of the error table is for a caller of the API. */
const OPERATOR_HELP: { readonly [code in ProblemCode]?: string } = {
  'not-found': 'Check the id.',
  'unknown-officer': 'See "amanat officer list" for the officers of each focal point.',
};

/** Describes an exception of a command. */
export function describeFailure(thrown: unknown): FailureDescription {
  if (thrown instanceof CommandFailure) return thrown;
  if (thrown instanceof Refusal) {
    const { code, detail } = thrown;
    return { exit: exitOfProblem(code), code, detail, help: OPERATOR_HELP[code] ?? PROBLEMS[code].help };
  }
  if (thrown instanceof CommanderError) return makeUsageFailure(thrown.message.replace(/^error: /, ''));
  return describeFault(thrown);
}

function describeFault(thrown: unknown): FailureDescription {
  const fault = thrown instanceof Error ? thrown : new Error('unknown');
  const system = 'code' in fault ? String(fault.code) : '';
  const ofDisk = OF_DISK.find(([said]) => system === '' && said.test(fault.message))?.[1];
  const known = KNOWN[ofDisk ?? system];
  if (known !== undefined) return { code: known.exit, ...known };
  if (isDatabaseDown(thrown)) {
    return {
      exit: 'unreachable',
      code: 'unreachable',
      detail: `the database does not answer (${system})`,
      help: 'Check that it runs and that DATABASE_URL names it, then try again.',
    };
  }
  // Prints the text of our own plain errors only: the text of any other error can contain values.
  const own = fault.name === 'Error' && system === '' ? fault.message : `${fault.name} ${system}`.trim();
  const at = fault.stack?.match(/(?:src|adapters)\/[\w./-]+:\d+/)?.[0] ?? 'outside';
  return {
    exit: 'fault',
    code: 'fault',
    detail: `${own} (${at})`,
    help: 'Report this error with this line.',
  };
}
