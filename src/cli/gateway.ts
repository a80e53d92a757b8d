/** `amanat gateway`: designates a gateway, by files that are carried from it to its authority and then to its peers. */
import type { Command } from 'commander';
import { country } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { claimsOfGateway, keepGateway } from '../entry/enrolling/peers.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { readKeptGateway } from '../flow/directory/kept-statements.ts';
import { completeFlags, type FlagQuestion, makeFlag, makeParser, makeWholeNumberParser } from './flags.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer } from './output.ts';
import { addStatementExport } from './statement-export.ts';
import { readStatementFile } from './statement-file.ts';
import { addStatementShow, type EndProgram } from './statement-show.ts';
import { addStatementSign } from './statement-sign.ts';
import { terminalOf } from './terminal.ts';

interface DraftFlags {
  readonly name: string;
  readonly country: string;
  readonly days?: number;
  readonly out: string;
}

const QUESTIONS: readonly FlagQuestion[] = [
  { name: 'name', message: 'Name of the gateway' },
  { name: 'country', message: 'Country', placeholder: 'ID' },
  { name: 'out', message: 'New file for the draft' },
];

export function addGateway(program: Command, end: EndProgram): void {
  const group = program
    .command('gateway')
    .description(
      'Connect two gateways: draft at yours, sign where the authority’s key is, import at the other',
    );
  group
    .command('draft')
    .description('Write a draft of this gateway’s designation for the authority to sign')
    .option('--name <name>', 'name of the gateway')
    .addOption(
      makeFlag('--country <cc>', 'country whose authority designates the gateway', makeParser(country)),
    )
    .addOption(
      makeFlag(
        '--days <n>',
        'days the designation is in force (default: 365)',
        makeWholeNumberParser(1, 3_650),
      ),
    )
    .option('--out <file>', 'write the draft to a new file')
    .action((_flags, command) => draft(command));
  addStatementSign(group, 'gateway', {
    refusal: 'only the authority of the gateway’s country can sign its designation',
    question: ({ url, country: of, until }) => `Designate the gateway ${url} for ${of}, until ${until}?`,
    shown: ({ gateway: did, until }) => ({ did, until }),
    next: (file) => `at the other gateway, and at this one for exports: amanat gateway import ${file}`,
  });
  addStatementShow(group, 'gateway', end);
  addStatementExport(group, 'gateway', {
    description: 'Write the signed designation of this gateway to a file, for another gateway to import',
    find: readKeptGateway,
    shown: ({ gateway: did, url, country: of, until }) => ({ did, url, country: of, until }),
  });
  group
    .command('import <file>')
    .description(
      'Verify and keep a signed designation: of another gateway, to relay to it from now on; of this gateway, to include it in exports',
    )
    .action((file, _flags, command) => importFile(file, command));
}

async function draft(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { name, country: of, days, out } = await completeFlags<DraftFlags>(command, terminal, QUESTIONS);
  checkFileFree('--out', out);
  const claims = await withOpenedHome(terminal, async ({ gateway: { url, key, oldKeys } }) => {
    // Evidence signed with a replaced key may still be in transit.
    const old = oldKeys.filter((one) => terminal.now() < new Date(one.until)).map((one) => one.key);
    const signing = [...old.filter((one) => one.kid !== key.kid), key.publicJwk];
    const given = { url, name, country: of, signing };
    return claimsOfGateway({ ...given, ...present({ days }) }, terminal.now());
  });
  writeNewFile('--out', out, `${JSON.stringify(claims, null, 2)}\n`, false);
  const document = { did: claims.gateway, url: claims.url, country: of, until: claims.until, out };
  printAnswer(terminal, document, () => [
    ...formatPairs(Object.entries(document)),
    '',
    `Next, on the machine with the authority’s key: amanat gateway sign ${out} --key … --out …`,
  ]);
}

async function importFile(file: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { statement } = await readStatementFile('gateway', file);
  if (statement === undefined)
    throw new Refusal('statement-refused', 'the file is a draft: its authority has not signed it');
  const one = await withOpenedHome(terminal, ({ gateway }) => keepGateway(gateway, statement));
  const document = { did: one.gateway, url: one.url, country: one.country, until: one.until };
  printAnswer(terminal, document, () => formatPairs(Object.entries(document)));
}
