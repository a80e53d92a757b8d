/** `amanat keys`: lists, rotates and withdraws keys. */
import { type Command, Option } from 'commander';
import { country, slug } from '../domain/party/designation.ts';
import { WITHDRAWAL_REASONS } from '../domain/party/in-force.ts';
import { makeFlag, makeParser, makeWholeNumberParser } from './flags.ts';
import { listKeys } from './keys-list.ts';
import { rotateKeys } from './keys-rotate.ts';
import { withdrawKeys } from './withdrawal.ts';

export function addKeys(program: Command): void {
  const group = program
    .command('keys')
    .description('Manage keys and everything else that expires: list, rotate, withdraw');
  group
    .command('list')
    .description('List keys, designations, agreements and certificates with the days left')
    .action((_flags, command) => listKeys(command));
  group
    .command('rotate')
    .description('Make a new key beside the old one: for a focal point, for the gateway, or the master key')
    .addOption(
      makeFlag(
        '--focal-point <slug>',
        'make new keys for this focal point, whose keys the gateway holds',
        makeParser(slug),
      ),
    )
    .addOption(
      makeFlag('--as <cc>', 'country of the focal point, whose authority signs', makeParser(country)),
    )
    .option('--gateway', 'make a new key that signs evidence')
    .option('--master', 'make a new master key and rewrap all secrets under it; the gateway may keep running')
    .addOption(
      makeFlag(
        '--overlap-days <n>',
        'days until the old keys retire (default: 14)',
        makeWholeNumberParser(1, 365),
      ),
    )
    .option(
      '--finish',
      'end the overlap now; with --master, stop using the old key and keep it in another file',
    )
    .option('--forget-old', 'with --master: delete the old keys that --finish kept')
    .option(
      '--out <file>',
      'write the designation to a new file; a draft, if the authority’s key is not here',
    )
    .action((_flags, command) => rotateKeys(command));
  group
    .command('withdraw')
    .description('Withdraw the designation of a focal point at once; this cannot be undone')
    .addOption(makeFlag('--focal-point <slug>', 'the focal point', makeParser(slug)))
    .addOption(
      makeFlag('--as <cc>', 'country of the focal point, whose authority signs', makeParser(country)),
    )
    .addOption(
      new Option('--reason <reason>', 'reason of the withdrawal, as RFC 5280 names it').choices(
        WITHDRAWAL_REASONS,
      ),
    )
    .option('--out <file>', 'write the withdrawal to a new file; a draft, if the authority’s key is not here')
    .option('--yes', 'do not ask before signing')
    .action((_flags, command) => withdrawKeys(command));
}
