/** `amanat agreement sign`: signs an agreement with an authority's key, and keeps it here once every party has signed. */
import type { Command } from 'commander';
import type { Agreement } from '../domain/terms/agreement.ts';
import { checkStatementNames } from '../domain/terms/statement-names.ts';
import { Refusal } from '../domain/words/error.ts';
import { keepAgreement } from '../entry/enrolling/enrol.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { authorityOfKid } from '../seal/authority.ts';
import type { AuthorityKey } from '../seal/authority-key.ts';
import type { Jws } from '../seal/jws.ts';
import { addSignature, peekStatement, signStatement } from '../seal/statement.ts';
import { askYes } from './flags.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer, printRemark, showProgress } from './output.ts';
import { listOverlaps, printBeginning, printOverlaps } from './overlaps.ts';
import {
  hasHome,
  loadAnchors,
  loadSigningKeys,
  makeSigningOptions,
  type SigningFlags,
} from './signing-flags.ts';
import { readStatementFile } from './statement-file.ts';
import { linesOfRule } from './statement-show.ts';
import { type Terminal, terminalOf } from './terminal.ts';

interface Flags extends SigningFlags {
  readonly out?: string;
  readonly yes?: true;
}

export function addAgreementSign(group: Command): void {
  const sign = group
    .command('sign <file>')
    .description(
      'Sign an agreement with your authority’s key: a draft, or a file that the other party has signed; keeps it here once all parties have signed',
    );
  for (const option of makeSigningOptions()) sign.addOption(option);
  sign
    .option('--out <file>', 'write the signed agreement to a new file, for the other party')
    .option('--yes', 'do not ask before signing')
    .action((file, _flags, command) => signFile(file, command));
}

async function signFile(file: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = command.opts<Flags>();
  checkFileFree('--out', flags.out);
  const { claims, statement } = await readStatementFile('agreement', file);
  checkStatementNames(claims);
  checkParties(claims, flags.as ?? []);
  const keys = await loadSigningKeys(terminal, flags);
  const countries = keys.map((key) => authorityOfKid(key.kid)?.country ?? 'unknown');
  checkParties(claims, countries);
  if (countries.length > 0 && terminal.interactive && !flags.yes) await confirmTerms(claims, countries);
  const signed = await showProgress(terminal, 'Signing', () => signBy(keys, statement ?? claims));
  const missing = await missingParties(terminal, claims, signed);
  const isKept = missing.length === 0 && hasHome(terminal);
  if (!isKept && flags.out === undefined) throw notToBeLost(missing);
  // Verified before it is written: nobody must receive a complete agreement that does not verify.
  if (isKept)
    await withOpenedHome(terminal, async ({ gateway }) => {
      printOverlaps(await listOverlaps(gateway, await keepAgreement(gateway, signed)));
      printBeginning(claims, gateway.now());
    });
  if (flags.out !== undefined) writeNewFile('--out', flags.out, `${JSON.stringify(signed)}\n`, false);
  report(terminal, claims, { missing, isKept, out: flags.out });
}

function checkParties(claims: Agreement, countries: readonly string[]): void {
  if (countries.some((one) => !claims.parties.includes(one)))
    throw new Refusal('statement-refused', 'only a country that is a party to this agreement can sign it');
}

const notToBeLost = (missing: readonly string[]): Error =>
  missing.length === 0
    ? makeUsageFailure(
        'missing: --out',
        'This machine has no gateway that could keep it. Write it to a file and import that at a gateway.',
      )
    : makeUsageFailure(
        `missing: --out; ${missing.join(' and ')} must sign too`,
        'Write the agreement to a file and have the other party sign that file.',
      );

interface Result {
  readonly missing: readonly string[];
  readonly isKept: boolean;
  readonly out: string | undefined;
}

function report(terminal: Terminal, claims: Agreement, { missing, isKept, out }: Result): void {
  const { id, version, title, parties, from, until } = claims;
  const signedBy = parties.filter((one) => !missing.includes(one));
  const document = { id, version, title, signed_by: signedBy, missing, kept: isKept, out: out ?? null };
  const kept = isKept
    ? 'yes'
    : missing.length > 0
      ? `no: ${missing.join(', ')} must sign too`
      : 'no: import it at each gateway';
  printAnswer(terminal, document, () => [
    ...formatPairs([
      ['agreement', `${id}, version ${version}: ${title}`],
      ['in force', `${from} to ${until}`],
      ['signed by', signedBy.join(', ')],
      ['kept', kept],
      ...(out === undefined ? [] : [['written to', out] as const]),
    ]),
  ]);
}

/** Shows the terms before signing, because a signature binds a country. */
async function confirmTerms(claims: Agreement, countries: readonly string[]): Promise<void> {
  for (const rule of claims.rules) printRemark(linesOfRule(rule));
  await askYes(`Sign "${claims.title}", ${claims.from} to ${claims.until}, as ${countries.join(' and ')}?`);
}

async function signBy(keys: readonly AuthorityKey[], input: Jws | Agreement): Promise<Jws> {
  if (!('signatures' in input)) {
    if (keys.length === 0) throw makeUsageFailure('missing: --as or --key');
    return signStatement('agreement', input, keys);
  }
  let statement = input;
  for (const key of keys) statement = await addSignature(statement, key);
  return statement;
}

/**
 * Lists the parties whose authority has not signed. If there is a gateway, only signatures of its anchors are accepted.
 * Elsewhere the signers are believed: the gateway that imports the agreement verifies them.
 * @throws Refusal `statement-refused` if somebody who is not a trusted authority has signed
 */
async function missingParties(terminal: Terminal, claims: Agreement, statement: Jws): Promise<string[]> {
  const anchors = await loadAnchors(terminal);
  const countryOf = (kid: string): string | undefined =>
    hasHome(terminal) ? anchors.find((one) => one.kid === kid)?.country : authorityOfKid(kid)?.country;
  const signers = peekStatement(statement).kids.map(countryOf);
  if (signers.includes(undefined)) {
    throw new Refusal(
      'statement-refused',
      'a signer is not a trusted authority; put its certificate into certs/<country>/ of the home folder',
    );
  }
  return claims.parties.filter((one) => !signers.includes(one));
}
