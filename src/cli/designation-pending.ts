/** `amanat designation pending`: lists statements on which other gateways' evidence depends and which are not imported here yet. */
import type { Command } from 'commander';
import { Refusal } from '../domain/words/error.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { listPending } from '../flow/statements/missing.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatTable, instantText, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

interface Flags {
  readonly out?: string;
}

export function addDesignationPending(group: Command): void {
  group
    .command('pending')
    .description(
      'List statements on which other gateways’ evidence depends and which are not imported here; with a digest, write one to a file',
    )
    .argument('[digest]', 'digest of the statement to write')
    .option('--out <file>', 'new file for that statement, to check and to import')
    .action((digest, _flags, command) => pending(digest, command));
}

async function pending(digest: string | undefined, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { out } = command.opts<Flags>();
  if ((digest === undefined) !== (out === undefined))
    throw makeUsageFailure('--out: give the digest of one statement with it');
  checkFileFree('--out', out);
  const found = await withOpenedHome(terminal, ({ gateway }) => listPending(gateway));
  if (digest !== undefined && out !== undefined) {
    const one = found.find((each) => each.digest === digest);
    if (one?.statement === undefined)
      throw new Refusal('not-found', 'no statement with this digest waits here, or it has not arrived yet');
    writeNewFile('--out', out, `${one.statement}\n`, false);
    return printAnswer(terminal, { out, kind: one.kind, digest }, () => [
      `Written. Check it, then import it: amanat ${one.kind} show ${out}; amanat ${one.kind} import ${out}`,
    ]);
  }
  const document = found.map(({ wantedAt, statement, ...one }) => ({
    ...one,
    since: wantedAt.toISOString(),
    here: statement !== undefined,
  }));
  printAnswer(terminal, { pending: document }, () =>
    document.length === 0
      ? ['No statement is missing.']
      : formatTable(
          ['SINCE', 'KIND', 'OF', 'NAMED BY', 'HERE', 'DIGEST'],
          document.map((one) => [
            instantText(one.since),
            one.kind,
            one.about,
            one.gateway,
            one.here ? 'yes' : 'requested',
            one.digest,
          ]),
        ),
  );
}
