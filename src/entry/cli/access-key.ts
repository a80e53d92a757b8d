/** `amanat focal-point access-key`: another key by which a desk's system reads what became of its messages. */
import type { Command } from 'commander';
import { slug } from '../../domain/party.ts';
import { addAccessKey } from '../enrol.ts';
import { checkFree, keptOrShown } from './files.ts';
import { complete, fitting, flag } from './flags.ts';
import { focalPointOf, withOffice } from './office.ts';
import { answer, pairs } from './output.ts';
import { terminalOf } from './terminal.ts';

interface KeyFlags {
  readonly slug: string;
  readonly keyOut?: string;
}

export function addAccessKeyCommand(group: Command): void {
  group
    .command('access-key')
    .description('Make a key by which a desk’s system reads what became of its messages (amanat status)')
    .addOption(flag('--slug <slug>', 'the desk', fitting(slug)))
    .option('--key-out <file>', 'write the key to a new file in place of showing it')
    .action((_flags, command) => add(command));
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
    return { did: desk.focal_point, ...keptOrShown('access_key', key, '--key-out', flags.keyOut) };
  });
  answer(terminal, document, () =>
    pairs(Object.entries(document).map(([name, value]) => [name.replaceAll('_', ' '), value])),
  );
}
