/** `amanat doctor`: checks everything that a gateway needs, and says what to do where a check fails. */
import type { Command } from 'commander';
import type { FindingVerdict } from '../entry/doctor/check.ts';
import type { GroupFinding } from '../entry/doctor/examine.ts';
import { EXIT } from '../entry/exit.ts';
import { readHome } from '../entry/home/home.ts';
import { silentLog } from '../log.ts';
import { colourText, plainTextOf, printAnswer, showProgress } from './output.ts';
import { terminalOf } from './terminal.ts';

export function addDoctor(program: Command, end: (code: number) => void): void {
  program
    .command('doctor')
    .description(
      'Check everything that the gateway needs: database, letters, channels, certificates, clocks, keys, ledger; exits with 1 if a check fails',
    )
    .action(async (_flags, command: Command) => end(await doctor(command)));
}

async function doctor(command: Command): Promise<number> {
  const terminal = terminalOf(command);
  const home = readHome(terminal.home, terminal.env);
  // Loaded here, because no other command needs all of it.
  const [{ examineAll }, { openGateway }] = await Promise.all([
    import('../entry/doctor/examine.ts'),
    import('../entry/node.ts'),
  ]);
  const findings = await showProgress(terminal, 'Examining', () =>
    examineAll(home, () => openGateway(home, silentLog, { shared: true, operator: terminal.operator })),
  );
  const isWell = findings.every(({ verdict }) => verdict !== 'failed');
  printAnswer(terminal, { verdict: isWell ? 'ok' : 'failed', findings }, () => [
    ...findings.flatMap(lines),
    '',
    isWell ? 'Nothing failed.' : colourText('red', 'A check failed. See above what to do.'),
  ]);
  return isWell ? EXIT.ok.code : EXIT.fault.code;
}

const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const satisfies Record<
  FindingVerdict,
  string
>;
const WIDTH = { verdict: 'warning'.length, check: 'other gateways'.length };

const lines = ({ check, verdict, detail, todo }: GroupFinding): readonly string[] => [
  `${colourText(COLOURS[verdict], verdict.padEnd(WIDTH.verdict))}  ${check.padEnd(WIDTH.check)}  ${plainTextOf(detail)}`,
  ...(todo === undefined ? [] : [`${' '.repeat(WIDTH.verdict + WIDTH.check + 4)}→ ${plainTextOf(todo)}`]),
];
