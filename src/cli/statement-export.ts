/** `export` of a kept statement, as it was signed, for the operator of another gateway to import. */
import type { Command } from 'commander';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import type { KeptStatement } from '../flow/directory/kept-statements.ts';
import type { Judging } from '../gateway-parts.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer, printBytes } from './output.ts';
import type { StatementClaims } from './statement-file.ts';
import { terminalOf } from './terminal.ts';

type Kind = 'designation' | 'gateway' | 'agreement';

/** The parts that differ by kind of statement. */
interface Wording<K extends Kind> {
  readonly description: string;
  /** Finds the statement that the command's arguments and flags name. */
  find(gateway: Judging, command: Command): Promise<KeptStatement<StatementClaims[K]>>;
  /** Members of the answer, in addition to the file. */
  shown(claims: StatementClaims[K]): Readonly<Record<string, string | number>>;
}

/** Adds `export` to the group of a kind of statement. @returns the command, to which the caller adds arguments and flags */
export function addStatementExport<K extends Kind>(group: Command, kind: K, wording: Wording<K>): Command {
  return group
    .command('export')
    .description(wording.description)
    .option('--out <file>', 'write it to a new file (default: -, standard output)')
    .action((...given: unknown[]) => write(kind, wording, given.at(-1) as Command));
}

async function write<K extends Kind>(kind: K, { find, shown }: Wording<K>, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { out = '-' } = command.opts<{ readonly out?: string }>();
  if (out !== '-') checkFileFree('--out', out);
  const { claims, statement } = await withOpenedHome(terminal, ({ gateway }) => find(gateway, command));
  // Standard output holds only the statement, also with --json.
  if (out === '-') return printBytes(`${statement}\n`);
  writeNewFile('--out', out, `${statement}\n`, false);
  const document = { ...shown(claims), out };
  printAnswer(terminal, document, () => [
    ...formatPairs(Object.entries(document).map(([label, value]) => [label, String(value)])),
    '',
    `Next, at the other gateway: amanat ${kind} import ${out}`,
  ]);
}
