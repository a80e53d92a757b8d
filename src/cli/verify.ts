/** `amanat verify`: verifies a case file on a machine without gateway, network and database. */
import { type Command, Option } from 'commander';
import { LANGUAGES, type Language } from '../domain/words/vocabulary.ts';
import { EXIT } from '../entry/exit.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { MAX_CASE_BYTES } from '../flow/case/reading.ts';
import { judgeCaseFile } from './case-verdict.ts';
import { readInput, readText } from './files.ts';
import { makeRepeatedFlag } from './flags.ts';
import { printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

interface Flags {
  readonly anchor?: readonly string[];
  readonly lang: Language;
}

export function addVerify(program: Command, end: (code: number) => void): void {
  program
    .command('verify')
    .description(
      'Verify a case file with the certificates of the authorities that you trust; needs no gateway and no network',
    )
    .argument('<file>', 'case file that "amanat export" wrote')
    .addOption(
      makeRepeatedFlag('--anchor <pem>', 'certificate of an authority that you trust, one for each country'),
    )
    .addOption(new Option('--lang <lang>', 'language of the answer').choices(LANGUAGES).default('en'))
    .addHelpText('after', '\nExits with 0 if the file verifies, and with 1 if it does not.')
    .action((file, _flags, command) => verify(file, command, end));
}

async function verify(file: string, command: Command, end: (code: number) => void): Promise<void> {
  const terminal = terminalOf(command);
  const { anchor: pems = [], lang } = command.opts<Flags>();
  if (pems.length === 0)
    throw makeUsageFailure('missing: --anchor', 'Give the certificate of each authority that you trust.');
  const bytes = await readInput('<file>', file, MAX_CASE_BYTES);
  const texts = await Promise.all(pems.map((pem) => readText('--anchor', pem)));
  const { verdict, lines, exit } = await judgeCaseFile(bytes, texts, lang);
  printAnswer(terminal, verdict, () => lines);
  if (exit !== EXIT.ok.code) end(exit);
}
