/** Failures of the command line: whatever was thrown becomes an exit code, a code, a detail and what to do. */
import { CommanderError } from 'commander';
import { PROBLEMS, type ProblemCode, Refusal } from '../domain/words/error.ts';
import { isDatabaseDown } from '../store/database-fault.ts';
import { type ExitCode, exitOfProblem } from './exit.ts';

/** What a failed command says, in both ways of printing. */
export interface FailureDescription {
  readonly exit: ExitCode;
  readonly code: string;
  readonly detail: string;
  readonly help: string;
}

/** A failure that only a command line has; everything else is a `Refusal` or a fault. */
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

/** The command line is not complete or not right. `detail` names flags, never what was given. */
export const makeUsageFailure = (
  detail: string,
  help = 'See --help for the flags of this command.',
): CommandFailure => new CommandFailure({ exit: 'usage', code: 'usage', detail, help });

/** The person at the keyboard had enough. */
export const makeInterruption = (): CommandFailure =>
  new CommandFailure({
    exit: 'interrupted',
    code: 'interrupted',
    detail: 'ended before it was done',
    help: 'Nothing was changed; run the command again.',
  });

const FULL: Omit<FailureDescription, 'code'> = {
  exit: 'unreachable',
  detail: 'the disk is full',
  help: 'Make room, and run the command again.',
};

/** What PostgreSQL itself says of the disk, where it could not start. */
const OF_DISK: readonly (readonly [said: RegExp, code: string])[] = [
  [/No space left on device/, 'ENOSPC'],
  [/Read-only file system/, 'EROFS'],
];

/** System and database errors that an operator can do something about, by their code. */
const KNOWN: Readonly<Record<string, Omit<FailureDescription, 'code'>>> = {
  EACCES: {
    exit: 'configuration',
    detail: 'a file may not be used by this user',
    help: 'Run as the user that made the home folder.',
  },
  EPERM: {
    exit: 'configuration',
    detail: 'a file may not be used by this user',
    help: 'Run as the user that made the home folder.',
  },
  EROFS: {
    exit: 'configuration',
    detail: 'the disk is mounted read-only',
    help: 'Mount it so that it can be written to, and run the command again.',
  },
  ENOSPC: FULL,
  EDQUOT: FULL,
  EMFILE: {
    exit: 'unreachable',
    detail: 'the process has no file or connection left to open',
    help: 'Raise the limit of open files (ulimit -n), and try again.',
  },
  '28000': {
    exit: 'configuration',
    detail: 'the database server does not let this user in from here',
    help: 'Let it in (pg_hba.conf, or the role), or correct DATABASE_URL.',
  },
  '42501': {
    exit: 'configuration',
    detail: 'the database user may not do what the gateway needs',
    help: 'Make it the owner of the database that DATABASE_URL names.',
  },
  '53100': {
    exit: 'unreachable',
    detail: 'the disk of the database is full',
    help: 'Make room there, and try again.',
  },
  '53300': {
    exit: 'unreachable',
    detail: 'the database server has no connection left',
    help: 'End other programs of its, or raise its max_connections, and try again.',
  },
  '25006': {
    exit: 'unreachable',
    detail: 'the database server is a standby, or read-only, and takes no writes',
    help: 'Let DATABASE_URL name the primary.',
  },
  '28P01': {
    exit: 'configuration',
    detail: 'the database refuses the user or the password',
    help: 'Correct DATABASE_URL.',
  },
  '3D000': {
    exit: 'configuration',
    detail: 'the database server has no database of that name',
    help: 'Create it, or correct DATABASE_URL.',
  },
};

/** What an operator can do, where the help of the table speaks to a caller of the API. */
const OPERATOR_HELP: { readonly [code in ProblemCode]?: string } = {
  'not-found': 'Check the id that was given.',
  'unknown-officer': 'See "amanat officer list" for the officers of each desk.',
};

/** Describes whatever a command threw. */
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
      help: 'See that it runs and that DATABASE_URL names it, then try again.',
    };
  }
  // Only our own plain errors may speak: the text of a foreign one can carry values.
  const own = fault.name === 'Error' && system === '' ? fault.message : `${fault.name} ${system}`.trim();
  const at = fault.stack?.match(/(?:src|adapters)\/[\w./-]+:\d+/)?.[0] ?? 'outside';
  return { exit: 'fault', code: 'fault', detail: `${own} (${at})`, help: 'Report it with this line.' };
}
