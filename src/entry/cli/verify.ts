/** `amanat verify`: judges a case file on a machine that has no gateway, no network and no database. */
import { type Command, Option } from 'commander';
import { Refusal } from '../../domain/error.ts';
import { LANGUAGES, type Language } from '../../domain/vocabulary.ts';
import { MAX_CASE_BYTES } from '../../flow/case/case-reading.ts';
import { type CaseProblem, type CaseReport, verifyCase } from '../../flow/case/case-verify.ts';
import { type Anchor, readNamedAnchor } from '../../seal/authority.ts';
import { wordsFromFiles } from '../words-from-files.ts';
import { EXIT } from './exit.ts';
import { usage } from './failure.ts';
import { readInput, readText } from './files.ts';
import { repeated } from './flags.ts';
import { answer, plain } from './output.ts';
import { terminalOf } from './terminal.ts';
import { caseWords } from './verify-words.ts';

interface Flags {
  readonly anchor?: readonly string[];
  readonly lang: Language;
}

/** What a script learns by the exit code alone. */
const NOT_VERIFIED = EXIT.fault.code;

export function addVerify(program: Command, end: (code: number) => void): void {
  program
    .command('verify')
    .description('Judge a case file by the certificates of the authorities you trust; needs nothing else')
    .argument('<file>', 'a file that "amanat export" wrote')
    .addOption(repeated('--anchor <pem>', 'certificate of an authority you trust, one for each country'))
    .addOption(new Option('--lang <lang>', 'language of the answer').choices(LANGUAGES).default('en'))
    .addHelpText('after', '\nExits with 0 where the file verifies and with 1 where it does not.')
    .action((file, _flags, command) => verify(file, command, end));
}

async function verify(file: string, command: Command, end: (code: number) => void): Promise<void> {
  const terminal = terminalOf(command);
  const { anchor: pems = [], lang } = command.opts<Flags>();
  if (pems.length === 0)
    throw usage('missing: --anchor', 'Give the certificate of each authority you trust.');
  const bytes = await readInput('<file>', file, MAX_CASE_BYTES);
  const verdict = await judge(bytes, pems);
  answer(terminal, verdict, () => caseWords(wordsFromFiles(), lang, verdict).map(plain));
  if (!verdict.verified) end(NOT_VERIFIED);
}

/** An anchor that is none verifies nothing. */
async function judge(bytes: Uint8Array, pems: readonly string[]): Promise<CaseReport | CaseProblem> {
  const anchors: Anchor[] = [];
  for (const [n, pem] of pems.entries()) {
    try {
      anchors.push(await readNamedAnchor(await readText('--anchor', pem)));
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      return { verified: false, place: `--anchor ${n + 1}`, code: fault.code, detail: fault.detail };
    }
  }
  return verifyCase(bytes, anchors);
}
