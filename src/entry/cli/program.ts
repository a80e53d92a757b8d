/** The program: every command in the order `--help` shows them, and the one place where their failures end. */
import { Command, CommanderError } from 'commander';
import { addAgreement } from './agreement.ts';
import { addAuthority } from './authority.ts';
import { addDemo } from './demo.ts';
import { addDesignation } from './designation.ts';
import { addDrill } from './drill.ts';
import { addEndpointCommand } from './endpoint.ts';
import { EXIT, exitHelp } from './exit.ts';
import { addExport } from './export.ts';
import { describe } from './failure.ts';
import { addFocalPoint } from './focal-point.ts';
import { addGateway } from './gateway.ts';
import { addInit } from './init.ts';
import { addKeys } from './keys.ts';
import { addLedger } from './ledger.ts';
import { addLetter } from './letter.ts';
import { failed } from './output.ts';
import { addReport } from './report.ts';
import { addRetain } from './retain.ts';
import { addRetry } from './retry.ts';
import { addRoster } from './roster.ts';
import { addSend } from './send.ts';
import { addServe } from './serve.ts';
import { addStatus } from './status.ts';
import { addThread } from './thread.ts';
import { addVerify } from './verify.ts';
import { addWithdrawal } from './withdrawal.ts';

/** Runs one command line, without the two words that started the program. @returns the exit code; never throws */
export async function run(words: readonly string[]): Promise<number> {
  let code: number = EXIT.ok.code;
  const program = build((end) => {
    code = end;
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (thrown) {
    // Help and the version end by being thrown, too.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok.code;
    return failed(words.includes('--json'), describe(thrown));
  }
}

function build(end: (code: number) => void): Command {
  const program = new Command('amanat')
    .description('Gateway over which the focal points of two countries coordinate cases')
    .option('--home <dir>', 'home folder of the gateway; AMANAT_HOME, else .amanat here')
    .option('--json', 'answer with one JSON document, and never ask')
    .addHelpText('after', `\n${exitHelp()}`)
    // Failures are printed in one place, in both ways of printing.
    .configureOutput({ outputError: () => {} })
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  addInit(program);
  addServe(program);
  addFocalPoint(program);
  addEndpointCommand(program);
  addRoster(program);
  addAgreement(program, end);
  addAuthority(program);
  addDesignation(program, end);
  addGateway(program, end);
  addWithdrawal(program, end);
  addKeys(program);
  addLedger(program);
  addSend(program);
  addStatus(program);
  addThread(program);
  addRetry(program);
  addRetain(program);
  addLetter(program);
  addExport(program);
  addVerify(program, end);
  addReport(program);
  addDrill(program, end);
  addDemo(program, end);
  return program;
}
