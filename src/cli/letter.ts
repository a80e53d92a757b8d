/**
 * `amanat letter`: writes the formal letter of a message to a file, for an operator who prints it for a focal point. So that
 * operators read no restricted case, restricted messages are refused, and each letter is recorded in the operator's log.
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
    .description(
      'Write the formal letter of a message as PDF, for a focal point whose keys this gateway holds',
    )
    .argument('<message>', 'id of the message', makeParser(hexId))
    .option('--out <file>', 'new file; - for standard output')
    .option(
      '--for <slug>',
      'focal point that receives the letter (default: any whose copy can be opened here)',
    )
    .addOption(
      makeRepeatedFlag(
        '--lang <code>',
        `language, at most two: ${LANGUAGES.join(', ')} (default: those of both countries)`,
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
        : { party: (await findFocalPoint({ gateway }, flags.for)).designation.focal_point };
    const asked = { message, by: 'operator', ...party } as const;
    const logged = { ...gateway, log: createPinoLog('info') };
    const letter = await makeLetterCopy(logged, {
      ...asked,
      ...present({ languages }),
    });
    await gateway.store.ledger.recordAct(makeOperatorAct(gateway, { act: 'letter.made', subject: message }));
    return letter;
  });
  // Private: the letter is case content, and other users of the machine must not read it.
  await writeOutput('--out', flags.out, pdf, true);
  if (flags.out === '-') return;
  const document = { out: flags.out, message, bytes: pdf.length };
  printAnswer(terminal, document, () =>
    formatPairs(Object.entries(document).map(([name, value]) => [name, String(value)])),
  );
}
