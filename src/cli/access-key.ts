/** `amanat focal-point access-key`: the keys by which a desk's system reads what became of its messages, and their end. */

import type { Command } from 'commander';
import { shownIdOfAccessKey } from '../domain/party/access-key.ts';
import { slug } from '../domain/party/designation.ts';
import { addAccessKey, revokeAccessKey } from '../entry/enrolling/enrol.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree } from '../entry/new-file.ts';
import { readDirectory } from '../flow/directory/directory.ts';
import { hashOfAccessKey } from '../seal/access-key.ts';
import type { AccessKeyRow } from '../store/contracts/secrets.ts';
import { writeOrShowSecret } from './files.ts';
import { completeFlags, makeFlag, makeParser } from './flags.ts';
import { findFocalPoint, withOpenedHome } from './opened-home.ts';
import { dayText, formatPairs, formatTable, instantText, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

interface KeyFlags {
  readonly slug: string;
  readonly keyOut?: string;
}

export function addAccessKeyCommands(group: Command): void {
  const keys = group
    .command('access-key')
    .description('Keys by which a desk’s system reads what became of its messages (amanat status)');
  keys
    .command('add', { isDefault: true })
    .description('Make one; this is what access-key alone does, too')
    .addOption(makeFlag('--slug <slug>', 'the desk', makeParser(slug)))
    .option('--key-out <file>', 'write the key to a new file in place of showing it')
    .action((_flags, command) => add(command));
  keys
    .command('list')
    .description('Show which there are by their ids, when each was made, last used and revoked; never a key')
    .addOption(makeFlag('--slug <slug>', 'of this desk only', makeParser(slug)))
    .action((_flags, command) => list(command));
  keys
    .command('revoke')
    .description('End a key at once: calls with it are answered as calls with a key that never was')
    .argument('<id>', 'its id, as list shows it')
    .action((id, _flags, command) => revoke(id, command));
}

async function add(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<KeyFlags>(command, terminal, [
    { name: 'slug', message: 'Which desk? Its short name', placeholder: 'shelter-phnom-penh' },
  ]);
  checkFileFree('--key-out', flags.keyOut);
  const document = await withOpenedHome(terminal, async (opened) => {
    const { desk: focalPoint } = await findFocalPoint(opened, flags.slug);
    const key = await addAccessKey(opened.gateway, focalPoint.focal_point, 'command line');
    const shown = writeOrShowSecret('access_key', key, '--key-out', flags.keyOut);
    return { did: focalPoint.focal_point, id: shownIdOfAccessKey(hashOfAccessKey(key)), ...shown };
  });
  printAnswer(terminal, document, () =>
    formatPairs(Object.entries(document).map(([name, value]) => [name.replaceAll('_', ' '), value])),
  );
}

/** A key as it may be shown to anybody: named by its digest. */
const shownOf = (one: AccessKeyRow) => ({
  id: shownIdOfAccessKey(one.hash),
  did: one.focalPoint,
  made: one.madeAt?.toISOString() ?? null,
  last_used: one.usedOn ?? null,
  revoked: one.endedAt?.toISOString() ?? null,
});

async function list(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { slug: only } = command.opts<{ readonly slug?: string }>();
  const keys = await withOpenedHome(terminal, async ({ gateway }) => {
    const focalPoint =
      only === undefined ? undefined : (await findFocalPoint({ gateway }, only)).desk.focal_point;
    const rows = await gateway.store.secrets.accessKeys(focalPoint);
    const { designations } = await readDirectory(gateway, [...new Set(rows.map((one) => one.focalPoint))]);
    const slugs = new Map(designations.map((one) => [one.focal_point, one.slug]));
    return rows.map((one) => ({ ...shownOf(one), slug: slugs.get(one.focalPoint) ?? null }));
  });
  printAnswer(terminal, { access_keys: keys }, () =>
    keys.length === 0
      ? ['There is no access key.']
      : formatTable(
          ['ID', 'DESK', 'MADE (UTC)', 'LAST USED (UTC)', 'REVOKED'],
          keys.map((one) => [
            one.id,
            one.slug ?? one.did,
            dayText(one.made),
            one.last_used ?? '–',
            instantText(one.revoked),
          ]),
        ),
  );
}

async function revoke(id: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  // Not read by commander, which repeats what it was given: that may be the key.
  if (!/^[0-9a-f]{12}$/.test(id))
    throw makeUsageFailure('<id>: must be the 12 digits, 0 to 9 and a to f, that list shows');
  const ended = await withOpenedHome(terminal, ({ gateway }) => revokeAccessKey(gateway, id));
  const document = shownOf(ended);
  printAnswer(terminal, document, () =>
    formatPairs([
      ['revoked', `${document.id}, of ${document.did}`],
      ['since', document.revoked ?? ''],
    ]),
  );
}
