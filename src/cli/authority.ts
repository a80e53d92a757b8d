/** `amanat authority`: acts as a country's authority on a machine without gateway or network; also makes demo authorities. */
import { X509Certificate } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { country } from '../domain/party/designation.ts';
import { makeDemoAuthorities } from '../entry/enrolling/demo-authority.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { authorityOfKid, makeAuthority } from '../seal/authority.ts';
import { AUTHORITY_KINDS, type AuthorityKind } from '../seal/authority-key.ts';
import { completeFlags, makeFlag, makeParser } from './flags.ts';
import { formatPairs, formatTable, printAnswer, showProgress } from './output.ts';
import { addStatementShow, type EndProgram } from './statement-show.ts';
import { addStatementSign } from './statement-sign.ts';
import { terminalOf } from './terminal.ts';

interface Flags {
  readonly country: string;
  readonly dir: string;
  readonly alg: AuthorityKind;
  readonly name?: string;
}

export function addAuthority(program: Command, end: EndProgram): void {
  const group = program
    .command('authority')
    .description('Act as a country’s authority, which signs designations and agreements');
  group
    .command('demo-set')
    .description('Make keys and certificates of demo authorities; the certificates are marked as demo')
    .option('--dir <dir>', 'folder to write to: one folder for each country and one for the keys')
    .action((_flags, command) => demoSet(command));
  group
    .command('init')
    .description(
      'Make an authority’s key and certificate; needs no gateway; best done on a machine without network',
    )
    .addOption(makeFlag('--country <cc>', 'the country, ISO 3166-1', makeParser(country)))
    .option('--name <name>', 'name in the certificate (default: "Authority of" and the country)')
    .addOption(new Option('--alg <alg>', 'kind of key').choices(AUTHORITY_KINDS).default('p256'))
    .option('--dir <dir>', 'folder for both files; created if it does not exist')
    .action((_flags, command) => init(command));
  addStatementShow(group, 'endpoint', end, 'show-endpoint');
  addStatementSign(
    group,
    'endpoint',
    {
      refusal: 'only the authority of the focal point’s country can confirm its endpoint',
      question: ({ slug, channel, officer, address }) =>
        `Confirm that ${officer ?? 'its own system'} receives messages for ${slug} by ${channel} at ${address}?`,
      shown: ({ focal_point: did, until }) => ({ did, until }),
      next: (file) => `at its gateway: amanat endpoint confirm ID --statement ${file}`,
    },
    'confirm-endpoint',
  );
}

async function demoSet(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { dir } = await completeFlags<Pick<Flags, 'dir'>>(command, terminal, [
    { name: 'dir', message: 'Folder for the demo authorities' },
  ]);
  const made = await showProgress(terminal, 'Making keys', () => makeDemoAuthorities(dir, terminal.now()));
  printAnswer(terminal, { made }, () => [
    ...formatTable(
      ['COUNTRY', 'KEY', 'CERTIFICATE', 'KEY FILE'],
      made.map((one) => [one.country, one.alg, one.certificate_file, one.key_file]),
    ),
    '',
    'These certificates belong to no country. Never use them on a gateway that carries real cases.',
  ]);
}

async function init(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<Flags>(command, terminal, [
    { name: 'country', message: 'Country', placeholder: 'ID' },
    { name: 'dir', message: 'Folder for the key and the certificate' },
  ]);
  mkdirSync(flags.dir, { recursive: true, mode: 0o700 });
  const files = {
    key: join(flags.dir, `${flags.country}.jwk.json`),
    certificate: join(flags.dir, `${flags.country}.pem`),
  };
  checkFileFree('--dir', files.key);
  checkFileFree('--dir', files.certificate);
  const name = flags.name ?? `Authority of ${flags.country}`;
  const make = () => makeAuthority(flags.country, name, terminal.now(), flags.alg);
  const { privateJwk, certificate } = await showProgress(terminal, 'Making a key', make);
  writeNewFile('--dir', files.key, `${JSON.stringify(privateJwk)}\n`, true);
  writeNewFile('--dir', files.certificate, certificate, false);
  const { fingerprint256, validToDate } = new X509Certificate(certificate);
  const document = {
    country: flags.country,
    alg: flags.alg,
    thumbprint: authorityOfKid(privateJwk.kid)?.thumbprint ?? '',
    fingerprint: fingerprint256,
    until: validToDate.toISOString(),
    key_file: files.key,
    certificate_file: files.certificate,
  };
  printAnswer(terminal, document, () => [
    ...formatPairs(Object.entries(document).map(([label, value]) => [label.replaceAll('_', ' '), value])),
    '',
    'Keep the key file offline. Give the certificate to both gateways: it goes to certs/<country>/ of their home folders.',
    'Read the fingerprint to their operators, so that they can compare it.',
  ]);
}
