/** Exit codes, so that a script need not read the output. The exit code of a refusal follows from the error table. */
import { PROBLEMS, type ProblemCode } from '../domain/words/error.ts';

/** Every exit code, in the order of `--help`. */
export const EXIT = {
  ok: { code: 0, meaning: 'done' },
  fault: {
    code: 1,
    meaning: 'an error in this program or on this machine; or what was checked did not pass',
  },
  usage: { code: 2, meaning: 'the command line is incomplete or wrong' },
  refused: { code: 3, meaning: 'refused, and the answer says why; do not repeat the command unchanged' },
  configuration: { code: 4, meaning: 'the home folder or the environment is incomplete or wrong' },
  unreachable: { code: 5, meaning: 'the gateway or the database does not answer; try again later' },
  waiting: { code: 6, meaning: 'not finished yet; ask again later' },
  interrupted: { code: 130, meaning: 'cancelled at the keyboard' },
} as const;
export type ExitCode = keyof typeof EXIT;

/** The exit code for a code of the error table, from its HTTP status. */
export function exitOfProblem(code: ProblemCode): ExitCode {
  const { status } = PROBLEMS[code];
  if (code === 'fault') return 'fault';
  return exitOfStatus(status) === 'fault' ? 'configuration' : exitOfStatus(status);
}

/** The exit code for an HTTP status without a known error code. */
export function exitOfStatus(status: number): ExitCode {
  if (status === 429 || (status >= 502 && status <= 504)) return 'unreachable';
  return status >= 400 && status < 500 ? 'refused' : 'fault';
}

/** The table for `--help`. */
export const helpOfExits = (): string =>
  ['Exit codes:', ...Object.values(EXIT).map((one) => `  ${String(one.code).padEnd(5)}${one.meaning}`)].join(
    '\n',
  );
