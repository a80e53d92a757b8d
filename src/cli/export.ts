/** `amanat export`: writes a thread or a message as a case file, which verifies offline with the authorities' certificates. */
import type { Command } from 'commander';
import type { CaseFile } from '../domain/evidence/case-file.ts';
import { hexId } from '../domain/message/message.ts';
import { type CaseWanted, exportCase, type LeftOutEvidence } from '../flow/case/export.ts';
import { writeCase } from '../flow/case/reading.ts';
import { makeOperatorAct } from '../flow/operator/operator-act.ts';
import type { Verifying } from '../gateway-parts.ts';
import { checkOutputs, writeOutput } from './files.ts';
import { completeFlags, makeParser } from './flags.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer, printRemark } from './output.ts';
import { terminalOf } from './terminal.ts';

interface Flags {
  readonly out: string;
  readonly contents?: true;
}

export function addExport(program: Command): void {
  program
    .command('export')
    .description(
      'Write a case file: a thread or a message with all its evidence, for a reader who has no gateway',
    )
    .argument('<id>', 'id of the thread or the message', makeParser(hexId))
    .option('--out <file>', 'new file, usually case.amanat; - for standard output')
    .option('--contents', 'include the sealed contents; without this flag the file has only their digests')
    .action((id, _flags, command) => write(id, command));
}

/** Makes the text that `amanat export` writes, and says what it contains. @throws as `exportCase` */
export async function makeCaseText(
  gateway: Verifying,
  wanted: CaseWanted,
): Promise<{ readonly file: CaseFile; readonly text: string }> {
  const file = await exportCase(gateway, wanted);
  return { file, text: writeCase(file) };
}

async function write(id: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<Flags>(command, terminal, [
    { name: 'out', message: 'New file', placeholder: 'case.amanat' },
  ]);
  checkOutputs(terminal, { '--out': flags.out });
  const leftOut: LeftOutEvidence[] = [];
  const wanted = {
    id,
    contents: flags.contents ?? false,
    leftOut: (one: LeftOutEvidence) => void leftOut.push(one),
  };
  const { file, text } = await withOpenedHome(terminal, async ({ gateway }) => {
    const made = await makeCaseText(gateway, wanted);
    await gateway.store.ledger.recordAct(makeOperatorAct(gateway, { act: 'case.exported', subject: id }));
    return made;
  });
  // Private: the file says who wrote to whom about what kind of case, and other users of the machine must not learn that.
  await writeOutput('--out', flags.out, text, true);
  if (file.gateways.length === 0)
    printRemark(
      'The file has no designation of this gateway. Have an authority designate it, and import the designation here.',
    );
  for (const { message, evidence, code } of leftOut)
    printRemark(
      `Evidence of another gateway is not valid and not in the file: ${evidence} of ${message}, ${code}.`,
    );
  if (flags.out === '-') return;
  const evidence = file.messages.flatMap((one) => one.evidence);
  const document = {
    out: flags.out,
    thread: file.thread,
    messages: file.messages.length,
    evidence: evidence.length,
    in_ledger: evidence.filter((one) => one.proof !== undefined).length,
    contents: file.contents,
  };
  printAnswer(terminal, document, () => [
    ...formatPairs(
      Object.entries(document).map(([name, value]) => [name.replaceAll('_', ' '), String(value)]),
    ),
    '',
    `Anybody can verify it: amanat verify ${flags.out} --anchor … --anchor …`,
  ]);
}
