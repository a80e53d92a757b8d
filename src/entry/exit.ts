/** Exit codes: what a script learns without reading a word. Those of refusals follow from the one error table. */
import { PROBLEMS, type ProblemCode } from '../domain/words/error.ts';

/** Every exit code there is, in the order `--help` shows them. */
export const EXIT = {
  ok: { code: 0, meaning: 'done' },
  fault: { code: 1, meaning: 'something went wrong here' },
  usage: { code: 2, meaning: 'the command line is not complete or not right' },
  refused: { code: 3, meaning: 'refused, and the answer says why; the same again is refused again' },
  configuration: { code: 4, meaning: 'the home folder or the environment is not complete' },
  unreachable: { code: 5, meaning: 'the gateway or the database does not answer; try again later' },
  interrupted: { code: 130, meaning: 'ended by the person at the keyboard' },
} as const;
export type ExitCode = keyof typeof EXIT;

/** The exit for a code of the error table: by its status, for a script has the same use for it as a caller. */
export function exitOfProblem(code: ProblemCode): ExitCode {
  const { status } = PROBLEMS[code];
  if (code === 'fault') return 'fault';
  return exitOfStatus(status) === 'fault' ? 'configuration' : exitOfStatus(status);
}

/** The exit for an HTTP status that came without a code we know. */
export function exitOfStatus(status: number): ExitCode {
  if (status === 429 || (status >= 502 && status <= 504)) return 'unreachable';
  return status >= 400 && status < 500 ? 'refused' : 'fault';
}

/** The table as `--help` prints it. */
export const helpOfExits = (): string =>
  ['Exit codes:', ...Object.values(EXIT).map((one) => `  ${String(one.code).padEnd(5)}${one.meaning}`)].join(
    '\n',
  );
