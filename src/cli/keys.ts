/** `amanat keys`: the life of keys. */
import { type Command, Option } from 'commander';
import { WITHDRAWAL_REASONS } from '../domain/party/key-life.ts';
import { country, slug } from '../domain/party/party.ts';
import { fitting, flag, whole } from './flags.ts';
import { list } from './keys-list.ts';
import { rotate } from './keys-rotate.ts';
import { withdraw } from './withdrawal.ts';

export function addKeys(program: Command): void {
  const group = program
    .command('keys')
    .description('Keys and everything else that ends: see, rotate, withdraw');
  group
    .command('list')
    .description('Show keys, designations, agreements and certificates with the days they have left')
    .action((_flags, command) => list(command));
  group
    .command('rotate')
    .description('Make a new key beside the old one: of a focal point, of the gateway, or the master key')
    .addOption(flag('--focal-point <slug>', 'new keys for this desk in the gateway’s custody', fitting(slug)))
    .addOption(flag('--as <cc>', 'its country, whose authority signs', fitting(country)))
    .option('--gateway', 'a new key to sign evidence with')
    .option('--master', 'a new key that all secrets are wrapped under, while the gateway serves')
    .addOption(flag('--overlap-days <n>', 'days until old keys retire, 14 where left out', whole(1, 365)))
    .option('--finish', 'end the overlap now; for --master, put the old key aside')
    .option('--forget-old', 'with --master: remove the old keys that --finish put aside')
    .option(
      '--out <file>',
      'write the designation to a new file: a draft where the authority’s key is not here',
    )
    .action((_flags, command) => rotate(command));
  group
    .command('withdraw')
    .description('End the designation of a focal point at once, for good')
    .addOption(flag('--focal-point <slug>', 'the desk', fitting(slug)))
    .addOption(flag('--as <cc>', 'its country, whose authority signs', fitting(country)))
    .addOption(new Option('--reason <reason>', 'why, in the words of RFC 5280').choices(WITHDRAWAL_REASONS))
    .option(
      '--out <file>',
      'write the withdrawal to a new file: a draft where the authority’s key is not here',
    )
    .option('--yes', 'do not ask before signing')
    .action((_flags, command) => withdraw(command));
}
