/** `amanat agreement`: handles agreements, from a draft to a statement that every party has signed. */
import type { Command } from 'commander';
import { Refusal } from '../domain/words/error.ts';
import { keepAgreement } from '../entry/enrolling/enrol.ts';
import { readKeptAgreement } from '../flow/directory/kept-statements.ts';
import { addAgreementDiff } from './agreement-diff.ts';
import { addAgreementDraft } from './agreement-draft.ts';
import { addAgreementSign } from './agreement-sign.ts';
import { makeFlag, makeWholeNumberParser } from './flags.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer } from './output.ts';
import { listOverlaps, printBeginning, printOverlaps } from './overlaps.ts';
import { addStatementExport } from './statement-export.ts';
import { readStatementFile } from './statement-file.ts';
import { addStatementShow, type EndProgram } from './statement-show.ts';
import { terminalOf } from './terminal.ts';

export function addAgreement(program: Command, end: EndProgram): void {
  const group = program
    .command('agreement')
    .description('Manage the agreements, which say who may send what to whom');
  addAgreementDraft(group);
  addAgreementSign(group);
  addStatementShow(group, 'agreement', end);
  addAgreementDiff(group);
  addStatementExport(group, 'agreement', {
    description:
      'Write a kept agreement to a file, as every party has signed it, for another gateway to import',
    find: (gateway, command) =>
      readKeptAgreement(
        gateway,
        command.args[0] ?? '',
        command.opts<{ readonly version?: number }>().version,
      ),
    shown: ({ id, version, from, until }) => ({ id, version, from, until }),
  })
    .argument('<id>', 'id of the agreement')
    .addOption(
      makeFlag('--version <n>', 'version to write (default: the highest)', makeWholeNumberParser(1, 999_999)),
    );
  group
    .command('import <file>')
    .description('Verify an agreement that every party has signed, and keep it')
    .action((file, _flags, command) => importFile(file, command));
}

async function importFile(file: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { statement } = await readStatementFile('agreement', file);
  if (statement === undefined)
    throw new Refusal('statement-refused', 'the file is a draft: nobody has signed it');
  const { kept, overlaps } = await withOpenedHome(terminal, async ({ gateway }) => {
    const one = await keepAgreement(gateway, statement);
    printBeginning(one, gateway.now());
    return { kept: one, overlaps: await listOverlaps(gateway, one) };
  });
  const { id, version, title, parties, from, until } = kept;
  const document = { id, version, title, signed_by: parties, from, until, kept: true, overlaps };
  printOverlaps(overlaps);
  printAnswer(terminal, document, () =>
    formatPairs([
      ['agreement', `${id}, version ${version}: ${title}`],
      ['in force', `${from} to ${until}`],
      ['signed by', parties.join(', ')],
      ['kept', 'yes'],
    ]),
  );
}
