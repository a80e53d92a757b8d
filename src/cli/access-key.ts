/** `amanat focal-point access-key`: makes, lists and revokes the keys with which a focal point's system reads the state of its messages. */

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
    .description(
      'Manage the keys with which a focal point’s system reads the state of its messages (amanat status)',
    );
  keys
    .command('add', { isDefault: true })
    .description('Make an access key; access-key without a verb does the same')
    .addOption(makeFlag('--slug <slug>', 'the focal point', makeParser(slug)))
    .option('--key-out <file>', 'write the key to a new file instead of showing it')
    .action((_flags, command) => add(command));
  keys
    .command('list')
    .description(
      'List the access keys by id, with the times they were made, last used and revoked; never shows a key',
    )
    .addOption(makeFlag('--slug <slug>', 'list only those of this focal point', makeParser(slug)))
    .action((_flags, command) => list(command));
  keys
    .command('revoke')
    .description('Revoke an access key at once; calls with it are then answered as calls with an unknown key')
    .argument('<id>', 'id of the access key, as "list" shows it')
    .action((id, _flags, command) => revoke(id, command));
}

async function add(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<KeyFlags>(command, terminal, [
    { name: 'slug', message: 'Slug of the focal point', placeholder: 'shelter-phnom-penh' },
  ]);
  checkFileFree('--key-out', flags.keyOut);
  const document = await withOpenedHome(terminal, async (opened) => {
    const { designation: focalPoint } = await findFocalPoint(opened, flags.slug);
    const key = await addAccessKey(opened.gateway, focalPoint.focal_point, 'command line');
    const shown = writeOrShowSecret('access_key', key, '--key-out', flags.keyOut);
    return { did: focalPoint.focal_point, id: shownIdOfAccessKey(hashOfAccessKey(key)), ...shown };
  });
  printAnswer(terminal, document, () =>
    formatPairs(Object.entries(document).map(([name, value]) => [name.replaceAll('_', ' '), value])),
  );
}

/** A key without its secret: its id is a prefix of its digest, so everybody may see it. */
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
      only === undefined ? undefined : (await findFocalPoint({ gateway }, only)).designation.focal_point;
    const rows = await gateway.store.secrets.accessKeys(focalPoint);
    const { designations } = await readDirectory(gateway, [...new Set(rows.map((one) => one.focalPoint))]);
    const slugs = new Map(designations.map((one) => [one.focal_point, one.slug]));
    return rows.map((one) => ({ ...shownOf(one), slug: slugs.get(one.focalPoint) ?? null }));
  });
  printAnswer(terminal, { access_keys: keys }, () =>
    keys.length === 0
      ? ['There are no access keys.']
      : formatTable(
          ['ID', 'FOCAL POINT', 'MADE (UTC)', 'LAST USED (UTC)', 'REVOKED'],
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
  // Not parsed by commander: its error repeats the argument, and that may be the key itself.
  if (!/^[0-9a-f]{12}$/.test(id))
    throw makeUsageFailure('<id>: must be the 12 hexadecimal digits that "list" shows');
  const ended = await withOpenedHome(terminal, ({ gateway }) => revokeAccessKey(gateway, id));
  const document = shownOf(ended);
  printAnswer(terminal, document, () =>
    formatPairs([
      ['revoked', `${document.id}, of ${document.did}`],
      ['since', document.revoked ?? ''],
    ]),
  );
}
