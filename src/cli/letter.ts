/**
 * `amanat letter`: the formal letter of a message as a file, for an operator who prints it for a desk. An operator reads no
 * case for it: what is restricted is refused, and each letter that is made leaves a line in the log.
 */
import { type Command, InvalidArgumentError } from 'commander';
import { readLanguages } from '../domain/message/letter.ts';
import { hexId } from '../domain/message/message.ts';
import { present } from '../domain/words/present.ts';
import { LANGUAGES } from '../domain/words/vocabulary.ts';
import { createPinoLog } from '../entry/telling/log-pino.ts';
import { makeLetterCopy } from '../flow/content/letter-copy.ts';
import { makeOperatorAct } from '../flow/operator/operator-act.ts';
import { checkOutputs, writeOutput } from './files.ts';
import { completeFlags, makeParser, makeRepeatedFlag } from './flags.ts';
import { findFocalPoint, withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

interface Flags {
  readonly out: string;
  readonly for?: string;
  readonly lang?: readonly string[];
}

export function addLetter(program: Command): void {
  program
    .command('letter')
    .description('Write the formal letter of a message as PDF, for a desk whose keys this gateway holds')
    .argument('<message>', 'id of the message', makeParser(hexId))
    .option('--out <file>', 'the new file; - for standard output')
    .option('--for <slug>', 'the desk that it is for; any whose copy can be opened here where left out')
    .addOption(
      makeRepeatedFlag(
        '--lang <code>',
        `language, twice at most: ${LANGUAGES.join(', ')}; of both countries where left out`,
      ),
    )
    .action((id, _flags, command) => write(id, command));
}

async function write(message: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<Flags>(command, terminal, [
    { name: 'out', message: 'New file', placeholder: 'letter.pdf' },
  ]);
  checkOutputs(terminal, { '--out': flags.out });
  const languages = flags.lang === undefined ? undefined : readLanguages(flags.lang);
  if (flags.lang !== undefined && languages === undefined)
    throw new InvalidArgumentError(`--lang must be one or two of ${LANGUAGES.join(', ')}`);
  const pdf = await withOpenedHome(terminal, async ({ gateway }) => {
    const party =
      flags.for === undefined
        ? {}
        : { party: (await findFocalPoint({ gateway }, flags.for)).desk.focal_point };
    const asked = { message, by: 'operator', ...party } as const;
    const logged = { ...gateway, log: createPinoLog('info') };
    const letter = await makeLetterCopy(logged, {
      ...asked,
      ...present({ languages }),
    });
    await gateway.store.ledger.recordAct(makeOperatorAct(gateway, { act: 'letter.made', subject: message }));
    return letter;
  });
  // It is case content: its owner's alone, as no file of a letter should lie about.
  await writeOutput('--out', flags.out, pdf, true);
  if (flags.out === '-') return;
  const document = { out: flags.out, message, bytes: pdf.length };
  printAnswer(terminal, document, () =>
    formatPairs(Object.entries(document).map(([name, value]) => [name, String(value)])),
  );
}
