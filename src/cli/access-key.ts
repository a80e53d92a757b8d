/** `amanat focal-point access-key`: the keys by which a desk's system reads what became of its messages, and their end. */

import type { Command } from 'commander';
import { accessKeyId } from '../domain/party/access-key.ts';
import { slug } from '../domain/party/party.ts';
import { addAccessKey, revokeAccessKey } from '../entry/enrolling/enrol.ts';
import { usage } from '../entry/failure.ts';
import { checkFree } from '../entry/new-file.ts';
import { directoryOf } from '../flow/directory/directory.ts';
import { accessKeyHash } from '../http/access.ts';
import type { AccessKeyRow } from '../store/contracts/secrets.ts';
import { keptOrShown } from './files.ts';
import { complete, fitting, flag } from './flags.ts';
import { focalPointOf, withOffice } from './office.ts';
import { answer, pairs, table } from './output.ts';
import { terminalOf } from './terminal.ts';

interface KeyFlags {
  readonly slug: string;
  readonly keyOut?: string;
}

export function addAccessKeyCommand(group: Command): void {
  const keys = group
    .command('access-key')
    .description('Keys by which a desk’s system reads what became of its messages (amanat status)');
  keys
    .command('add', { isDefault: true })
    .description('Make one; this is what access-key alone does, too')
    .addOption(flag('--slug <slug>', 'the desk', fitting(slug)))
    .option('--key-out <file>', 'write the key to a new file in place of showing it')
    .action((_flags, command) => add(command));
  keys
    .command('list')
    .description('Show which there are by their ids, when each was made, last used and revoked; never a key')
    .addOption(flag('--slug <slug>', 'of this desk only', fitting(slug)))
    .action((_flags, command) => list(command));
  keys
    .command('revoke')
    .description('End a key at once: calls with it are answered as calls with a key that never was')
    .argument('<id>', 'its id, as list shows it')
    .action((id, _flags, command) => revoke(id, command));
}

async function add(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await complete<KeyFlags>(command, terminal, [
    { name: 'slug', message: 'Which desk? Its short name', placeholder: 'shelter-phnom-penh' },
  ]);
  checkFree('--key-out', flags.keyOut);
  const document = await withOffice(terminal, async (office) => {
    const { desk } = await focalPointOf(office, flags.slug);
    const key = await addAccessKey(office.gateway, desk.focal_point, 'command line');
    const shown = keptOrShown('access_key', key, '--key-out', flags.keyOut);
    return { did: desk.focal_point, id: accessKeyId(accessKeyHash(key)), ...shown };
  });
  answer(terminal, document, () =>
    pairs(Object.entries(document).map(([name, value]) => [name.replaceAll('_', ' '), value])),
  );
}

/** A key as it may be shown to anybody: named by its digest. */
const shownOf = (one: AccessKeyRow) => ({
  id: accessKeyId(one.hash),
  did: one.focalPoint,
  made: one.madeAt?.toISOString() ?? null,
  last_used: one.usedOn ?? null,
  revoked: one.endedAt?.toISOString() ?? null,
});

async function list(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { slug: only } = command.opts<{ readonly slug?: string }>();
  const keys = await withOffice(terminal, async ({ gateway }) => {
    const desk = only === undefined ? undefined : (await focalPointOf({ gateway }, only)).desk.focal_point;
    const rows = await gateway.store.secrets.accessKeys(desk);
    const { designations } = await directoryOf(gateway, [...new Set(rows.map((one) => one.focalPoint))]);
    const slugs = new Map(designations.map((one) => [one.focal_point, one.slug]));
    return rows.map((one) => ({ ...shownOf(one), slug: slugs.get(one.focalPoint) ?? null }));
  });
  answer(terminal, { access_keys: keys }, () =>
    keys.length === 0
      ? ['There is no access key.']
      : table(
          ['ID', 'DESK', 'MADE', 'LAST USED', 'REVOKED'],
          keys.map((one) => [
            one.id,
            one.slug ?? one.did,
            one.made?.slice(0, 10) ?? '–',
            one.last_used ?? '–',
            one.revoked ?? '–',
          ]),
        ),
  );
}

async function revoke(id: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  // Not read by commander, which repeats what it was given: that may be the key.
  if (!/^[0-9a-f]{12}$/.test(id))
    throw usage('<id>: must be the 12 digits, 0 to 9 and a to f, that list shows');
  const ended = await withOffice(terminal, ({ gateway }) => revokeAccessKey(gateway, id));
  const document = shownOf(ended);
  answer(terminal, document, () =>
    pairs([
      ['revoked', `${document.id}, of ${document.did}`],
      ['since', document.revoked ?? ''],
    ]),
  );
}
