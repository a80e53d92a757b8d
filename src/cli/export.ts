/** `amanat export`: a thread or a message as one file that proves itself to whoever has the authorities' certificates. */
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
    .description('Write a thread or a message, with all that proves it, to one file for outsiders')
    .argument('<id>', 'id of the thread or the message', makeParser(hexId))
    .option('--out <file>', 'the new file, by custom case.amanat; - for standard output')
    .option('--contents', 'put the sealed contents in; without them, their digests stand for them')
    .action((id, _flags, command) => write(id, command));
}

/** What `amanat export` writes, and what it was made of. @throws as `exportCase` */
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
  // It says who spoke with whom about what kind of case: not for everybody on the machine.
  await writeOutput('--out', flags.out, text, true);
  if (file.gateways.length === 0)
    printRemark(
      'No authority vouches for this gateway in the file: have it designated, and import that here.',
    );
  for (const { message, evidence, code } of leftOut)
    printRemark(
      `Another gateway’s evidence does not hold and is not in the file: ${evidence} of ${message}, ${code}.`,
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
    `Anybody can check it: amanat verify ${flags.out} --anchor … --anchor …`,
  ]);
}
