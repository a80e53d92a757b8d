/** The program: every command in the order of `--help`, and the only place that handles their failures. */
import { Command, CommanderError } from 'commander';
import { operatorHandleSchema } from '../domain/evidence/operator-act.ts';
import { EXIT, helpOfExits } from '../entry/exit.ts';
import { describeFailure } from '../entry/failure.ts';
import { makeFlag, makeParser } from './flags.ts';
import { printFailure } from './output.ts';

/** Adds one command; it calls `end` with an exit code other than 0. */
type Add = (program: Command, end: (code: number) => void) => void;

/** The commands. A command line loads only its own command, because loading takes most of the time of a short command. */
const COMMANDS: readonly (readonly [name: string, load: () => Promise<Add>])[] = [
  ['init', async () => (await import('./init.ts')).addInit],
  ['doctor', async () => (await import('./doctor.ts')).addDoctor],
  ['serve', async () => (await import('./serve.ts')).addServe],
  ['focal-point', async () => (await import('./focal-point.ts')).addFocalPoint],
  ['endpoint', async () => (await import('./endpoint.ts')).addEndpointCommand],
  ['officer', async () => (await import('./officer.ts')).addOfficer],
  ['roster', async () => (await import('./roster.ts')).addRoster],
  ['agreement', async () => (await import('./agreement.ts')).addAgreement],
  ['authority', async () => (await import('./authority.ts')).addAuthority],
  ['designation', async () => (await import('./designation.ts')).addDesignation],
  ['gateway', async () => (await import('./gateway.ts')).addGateway],
  ['withdrawal', async () => (await import('./withdrawal.ts')).addWithdrawal],
  ['keys', async () => (await import('./keys.ts')).addKeys],
  ['complaint', async () => (await import('./complaint.ts')).addComplaint],
  ['grants', async () => (await import('./grants.ts')).addGrants],
  ['log', async () => (await import('./log.ts')).addLog],
  ['ledger', async () => (await import('./ledger.ts')).addLedger],
  ['send', async () => (await import('./send.ts')).addSend],
  ['status', async () => (await import('./status.ts')).addStatus],
  ['thread', async () => (await import('./thread.ts')).addThread],
  ['retry', async () => (await import('./retry.ts')).addRetry],
  ['retain', async () => (await import('./retain.ts')).addRetain],
  ['letter', async () => (await import('./letter.ts')).addLetter],
  ['export', async () => (await import('./export.ts')).addExport],
  ['verify', async () => (await import('./verify.ts')).addVerify],
  ['report', async () => (await import('./report.ts')).addReport],
  ['drill', async () => (await import('./drill.ts')).addDrill],
];

/** Runs one command line, given without the first two arguments of the process. @returns the exit code; never throws */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  let code: number = EXIT.ok.code;
  try {
    const program = await makeProgram(words, (end) => {
      code = end;
    });
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (thrown) {
    // Commander also throws to end after help or the version.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok.code;
    return printFailure(words.includes('--json'), describeFailure(thrown));
  }
}

/** Makes the program with the command of this command line; with all commands for `--help`. */
export async function makeProgram(words: readonly string[], end: (code: number) => void): Promise<Command> {
  const program = empty();
  for (const add of await Promise.all(wanted(words).map(([, load]) => load()))) add(program, end);
  return program;
}

/** Finds the command of the line, after the global flags; every command for `--help` and for an unknown command. */
function wanted(words: readonly string[]): typeof COMMANDS {
  const [first = '', ...rest] = words;
  if (first === '--json' || /^--(?:home|operator)=/.test(first)) return wanted(rest);
  if (first === '--home' || first === '--operator') return wanted(rest.slice(1));
  const named = COMMANDS.filter(([name]) => name === first);
  return named.length === 0 ? COMMANDS : named;
}

function empty(): Command {
  return (
    new Command('amanat')
      .description('Gateway over which the focal points of two countries coordinate cases')
      .option('--home <dir>', 'home folder of the gateway (default: AMANAT_HOME, else .amanat here)')
      .addOption(
        makeFlag(
          '--operator <handle>',
          'your handle for the operator’s log (default: AMANAT_OPERATOR, else the name of your account)',
          makeParser(operatorHandleSchema),
        ),
      )
      .option('--json', 'print one JSON document and ask no questions')
      .addHelpText('afterAll', `\n${helpOfExits()}`)
      // Commander prints no error itself: printFailure prints all of them, as text or JSON.
      .configureOutput({ outputError: () => {} })
      .configureHelp({ showGlobalOptions: true })
      .exitOverride()
  );
}
