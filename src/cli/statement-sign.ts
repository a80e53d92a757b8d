/** `sign FILE` of a statement that one authority signs: the same steps for a focal point, a gateway, a withdrawal and an endpoint. */
import type { Command } from 'commander';
import { checkStatementNames } from '../domain/terms/statement-names.ts';
import { Refusal } from '../domain/words/error.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { authorityOfKid } from '../seal/authority.ts';
import { checkShownGrants } from '../seal/endpoint-statement.ts';
import { signStatement } from '../seal/statement.ts';
import { askYes } from './flags.ts';
import { formatPairs, printAnswer, showProgress } from './output.ts';
import { loadSigningKeys, makeSigningOptions, type SigningFlags } from './signing-flags.ts';
import { readStatementFile, type StatementClaims } from './statement-file.ts';
import { terminalOf } from './terminal.ts';

/** The kinds that a single authority signs; an agreement needs two. */
type Kind = 'designation' | 'gateway' | 'withdrawal' | 'endpoint';

/** The parts that differ by kind. */
interface Wording<K extends Kind> {
  /** Why the given keys cannot sign it. */
  readonly refusal: string;
  question(claims: StatementClaims[K]): string;
  /** Members of the answer, in addition to the signer and the file. */
  shown(claims: StatementClaims[K]): Readonly<Record<'did', string> & Partial<Record<'until', string>>>;
  /** The next step with the signed file. */
  next(file: string): string;
}

/** Adds `sign`, or the same command under another name, to the group of a kind of statement. */
export function addStatementSign<K extends Kind>(
  group: Command,
  kind: K,
  wording: Wording<K>,
  name = 'sign',
): void {
  const sign = group
    .command(`${name} <file>`)
    .description('Sign a draft with your authority’s key; needs no gateway');
  for (const option of makeSigningOptions()) sign.addOption(option);
  sign
    .option('--out <file>', 'write the signed statement to a new file')
    .option('--yes', 'do not ask before signing')
    .action((file, _flags, command) => signDraft(kind, wording, file, command));
}

async function signDraft<K extends Kind>(
  kind: K,
  wording: Wording<K>,
  file: string,
  command: Command,
): Promise<void> {
  const terminal = terminalOf(command);
  const flags = command.opts<SigningFlags & { readonly out?: string; readonly yes?: true }>();
  const { out } = flags;
  if (out === undefined) throw makeUsageFailure('missing: --out');
  checkFileFree('--out', out);
  const { claims, statement } = await readStatementFile(kind, file);
  if (statement !== undefined) throw new Refusal('already-exists', 'the file is already signed');
  if (claims.kind !== 'withdrawal' && claims.kind !== 'endpoint') checkStatementNames(claims);
  if (claims.kind === 'endpoint') checkShownGrants(claims);
  const { country } = claims;
  const named = flags.as === undefined && flags.key === undefined ? { as: [country] } : flags;
  const [key, ...more] = await loadSigningKeys(terminal, named);
  if (key === undefined || more.length > 0 || authorityOfKid(key.kid)?.country !== country)
    throw new Refusal('statement-refused', wording.refusal);
  if (terminal.interactive && !flags.yes) await askYes(wording.question(claims));
  const signed = await showProgress(terminal, 'Signing', () => signStatement(kind, claims, [key]));
  writeNewFile('--out', out, `${JSON.stringify(signed)}\n`, false);
  const document = { ...wording.shown(claims), signed_by: country, out };
  printAnswer(terminal, document, () => [
    ...formatPairs(Object.entries(document).map(([label, value]) => [label.replaceAll('_', ' '), value])),
    '',
    `Next, ${wording.next(out)}`,
  ]);
}
