/** `amanat agreement sign`: an authority's word under an agreement; kept here once every party has given it. */
import type { Command } from 'commander';
import { readSettings } from '../../config.ts';
import { type Agreement, agreement } from '../../domain/agreement.ts';
import { Refusal } from '../../domain/error.ts';
import { country } from '../../domain/party.ts';
import { checked } from '../../domain/protocol.ts';
import { readAnchor } from '../../seal/authority.ts';
import type { Jws } from '../../seal/jws.ts';
import { addSignature, peek, signStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import { keepAgreement } from '../enrol.ts';
import { readHome } from '../home.ts';
import { usage } from './failure.ts';
import { checkFree, readJson, writeNew } from './files.ts';
import { askYes, fitting, repeated } from './flags.ts';
import { authorityKey, withOffice } from './office.ts';
import { answer, pairs, progress, remark } from './output.ts';
import { type Terminal, terminalOf } from './terminal.ts';

interface SignFlags {
  readonly as?: readonly string[];
  readonly out?: string;
  readonly yes?: true;
}

const LIMIT = 2 * 1024 * 1024;

export function addAgreement(program: Command): void {
  program
    .command('agreement')
    .description('What may be said to whom')
    .command('sign <file>')
    .description('Sign a draft, or a statement the other side has signed; keep it once all parties have')
    .addOption(
      repeated(
        '--as <cc>',
        'sign as this country’s authority; none to keep what is complete',
        fitting(country),
      ),
    )
    .option('--out <file>', 'write the signed statement to a new file, for the other side')
    .option('--yes', 'do not ask before signing')
    .action((file, _flags, command) => sign(file, command));
}

async function sign(file: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = command.opts<SignFlags>();
  checkFree('--out', flags.out);
  const input = await readJson('FILE', file, LIMIT);
  const statement = isObject(input) && 'signatures' in input ? (input as unknown as Jws) : undefined;
  const claims = checked(agreement, statement === undefined ? input : peek(statement).payload);
  const countries = [...new Set(flags.as ?? [])];
  if (countries.some((one) => !claims.parties.includes(one)))
    throw new Refusal('statement-refused', 'a country that is no party cannot sign this agreement');
  if (countries.length > 0 && terminal.interactive && !flags.yes) await confirmTerms(claims, countries);
  const signed = await progress(terminal, 'Signing', () => signAs(terminal, countries, statement ?? claims));
  const missing = await missingParties(terminal, claims, signed);
  if (missing.length > 0 && flags.out === undefined)
    throw usage(
      `missing: --out; ${missing.join(' and ')} must sign too`,
      'Write the statement to a file and have the other side sign that file.',
    );
  // Before it is written for anybody: what is complete must also verify.
  if (missing.length === 0) await withOffice(terminal, ({ gateway }) => keepAgreement(gateway, signed));
  if (flags.out !== undefined) writeNew('--out', flags.out, `${JSON.stringify(signed)}\n`, false);
  report(terminal, claims, missing, flags.out);
}

function report(terminal: Terminal, claims: Agreement, missing: readonly string[], out?: string): void {
  const { id, version, title, parties, from, until } = claims;
  const signedBy = parties.filter((one) => !missing.includes(one));
  const document = {
    id,
    version,
    title,
    signed_by: signedBy,
    missing,
    kept: missing.length === 0,
    out: out ?? null,
  };
  answer(terminal, document, () => [
    ...pairs([
      ['agreement', `${id}, version ${version}: ${title}`],
      ['in force', `${from} to ${until}`],
      ['signed by', signedBy.join(', ')],
      ['kept', missing.length === 0 ? 'yes' : `no: ${missing.join(', ')} must sign too`],
      ...(out === undefined ? [] : [['written to', out] as const]),
    ]),
  ]);
}

/** A signature binds a country: who types it sees what it is put under. */
async function confirmTerms(claims: Agreement, countries: readonly string[]): Promise<void> {
  for (const rule of claims.rules)
    remark(
      `${rule.from.join(', ')} → ${rule.to.join(', ')}: ${rule.types.join(', ')} (${rule.handling.join(' ')}) by ${rule.channels.join(', ')}`,
    );
  await askYes(`Sign "${claims.title}", ${claims.from} to ${claims.until}, as ${countries.join(' and ')}?`);
}

async function signAs(
  terminal: Terminal,
  countries: readonly string[],
  input: Jws | Agreement,
): Promise<Jws> {
  const keys = await Promise.all(countries.map((one) => authorityKey(terminal.home, one)));
  if (!('signatures' in input)) {
    if (keys.length === 0) throw usage('missing: --as');
    return signStatement('agreement', input, keys);
  }
  let statement = input;
  for (const key of keys) statement = await addSignature(statement, key);
  return statement;
}

/** The parties whose authority has not signed. @throws Refusal `statement-refused` where a stranger has */
async function missingParties(terminal: Terminal, claims: Agreement, statement: Jws): Promise<string[]> {
  const { anchors } = readSettings(readHome(terminal.home, terminal.env).values);
  const known = await Promise.all(anchors.map((one) => readAnchor(one.country, one.pem)));
  const signers = peek(statement).kids.map((kid) => known.find((one) => one.kid === kid)?.country);
  if (signers.includes(undefined)) {
    throw new Refusal(
      'statement-refused',
      'a signer is not a trusted authority; put its certificate into certs/<country>/ of the home folder',
    );
  }
  return claims.parties.filter((one) => !signers.includes(one));
}
