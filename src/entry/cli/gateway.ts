/** `amanat gateway`: designating a gateway to others, by files that go from it to its authority and on to its peers. */
import type { Command } from 'commander';
import { Refusal } from '../../domain/error.ts';
import { country } from '../../domain/party.ts';
import { signerOf } from '../../seal/authority.ts';
import { signStatement } from '../../seal/statement.ts';
import { gatewayClaims, keepGateway } from '../peers.ts';
import { usage } from './failure.ts';
import { checkFree, writeNew } from './files.ts';
import { askYes, complete, fitting, flag, type Question, whole } from './flags.ts';
import { withOffice } from './office.ts';
import { answer, pairs, progress } from './output.ts';
import { type SigningFlags, signingKeys, signingOptions } from './signing-flags.ts';
import { readStatementFile } from './statement-file.ts';
import { addShow, type End } from './statement-show.ts';
import { terminalOf } from './terminal.ts';

interface DraftFlags {
  readonly name: string;
  readonly country: string;
  readonly days?: number;
  readonly out: string;
}

const QUESTIONS: readonly Question[] = [
  { name: 'name', message: 'Name of the gateway' },
  { name: 'country', message: 'Country', placeholder: 'ID' },
  { name: 'out', message: 'New file for the draft' },
];

export function addGateway(program: Command, end: End): void {
  const group = program
    .command('gateway')
    .description(
      'Connecting two gateways: draft at yours, sign where the authority’s key is, import at the other',
    );
  group
    .command('draft')
    .description('Write what the authority is asked to sign about this gateway')
    .option('--name <name>', 'name of the gateway')
    .addOption(flag('--country <cc>', 'country whose authority designates it', fitting(country)))
    .addOption(flag('--days <n>', 'days the designation holds, 365 where left out', whole(1, 3_650)))
    .option('--out <file>', 'write the draft to a new file')
    .action((_flags, command) => draft(command));
  const sign = group
    .command('sign <file>')
    .description('Sign a draft as the authority of its country; needs no gateway');
  for (const option of signingOptions()) sign.addOption(option);
  sign
    .option('--out <file>', 'write the signed statement to a new file')
    .option('--yes', 'do not ask before signing')
    .action((file, _flags, command) => signDraft(file, command));
  addShow(group, 'gateway', end);
  group
    .command('import <file>')
    .description(
      'Verify the signed designation of another gateway, keep it, and relay to it from now on; its own, to be in exports',
    )
    .action((file, _flags, command) => importFile(file, command));
}

async function draft(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { name, country: of, days, out } = await complete<DraftFlags>(command, terminal, QUESTIONS);
  checkFree('--out', out);
  const claims = await withOffice(terminal, async ({ gateway: { url, key, oldKeys } }) => {
    // Evidence by a key that was replaced may still be under way.
    const old = oldKeys.filter((one) => terminal.now() < new Date(one.until)).map((one) => one.key);
    const signing = [...old.filter((one) => one.kid !== key.kid), key.publicJwk];
    const given = { url, name, country: of, signing };
    return gatewayClaims({ ...given, ...(days === undefined ? {} : { days }) }, terminal.now());
  });
  writeNew('--out', out, `${JSON.stringify(claims, null, 2)}\n`, false);
  const document = { did: claims.gateway, url: claims.url, country: of, until: claims.until, out };
  answer(terminal, document, () => [
    ...pairs(Object.entries(document)),
    '',
    `Next, where the authority’s key is: amanat gateway sign ${out} --key … --out …`,
  ]);
}

async function signDraft(file: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = command.opts<SigningFlags & { readonly out?: string; readonly yes?: true }>();
  const { out } = flags;
  if (out === undefined) throw usage('missing: --out');
  checkFree('--out', out);
  const { claims, statement } = await readStatementFile('gateway', file);
  if (statement !== undefined) throw new Refusal('already-exists', 'the file is signed already');
  const named = flags.as === undefined && flags.key === undefined ? { as: [claims.country] } : flags;
  const [key, ...more] = await signingKeys(terminal, named);
  if (key === undefined || more.length > 0 || signerOf(key.kid)?.country !== claims.country)
    throw new Refusal('statement-refused', 'a gateway is designated by the one authority of its own country');
  if (terminal.interactive && !flags.yes)
    await askYes(`Designate the gateway ${claims.url} for ${claims.country}, until ${claims.until}?`);
  const signed = await progress(terminal, 'Signing', () => signStatement('gateway', claims, [key]));
  writeNew('--out', out, `${JSON.stringify(signed)}\n`, false);
  const document = { did: claims.gateway, signed_by: claims.country, until: claims.until, out };
  answer(terminal, document, () => [
    ...pairs(Object.entries(document).map(([label, value]) => [label.replaceAll('_', ' '), value])),
    '',
    `Next, at the other gateway, and here for exports: amanat gateway import ${out}`,
  ]);
}

async function importFile(file: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { statement } = await readStatementFile('gateway', file);
  if (statement === undefined)
    throw new Refusal('statement-refused', 'the file is a draft: its authority has not signed it');
  const one = await withOffice(terminal, ({ gateway }) => keepGateway(gateway, statement));
  const document = { did: one.gateway, url: one.url, country: one.country, until: one.until };
  answer(terminal, document, () => pairs(Object.entries(document)));
}
