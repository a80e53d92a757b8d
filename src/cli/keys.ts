/** `amanat keys`: the life of keys. */
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
    .description('Keys and everything else that ends: see, rotate, withdraw');
  group
    .command('list')
    .description('Show keys, designations, agreements and certificates with the days they have left')
    .action((_flags, command) => listKeys(command));
  group
    .command('rotate')
    .description('Make a new key beside the old one: of a focal point, of the gateway, or the master key')
    .addOption(
      makeFlag('--focal-point <slug>', 'new keys for this desk in the gateway’s custody', makeParser(slug)),
    )
    .addOption(makeFlag('--as <cc>', 'its country, whose authority signs', makeParser(country)))
    .option('--gateway', 'a new key to sign evidence with')
    .option('--master', 'a new key that all secrets are wrapped under, while the gateway serves')
    .addOption(
      makeFlag(
        '--overlap-days <n>',
        'days until old keys retire, 14 where left out',
        makeWholeNumberParser(1, 365),
      ),
    )
    .option('--finish', 'end the overlap now; for --master, put the old key aside')
    .option('--forget-old', 'with --master: remove the old keys that --finish put aside')
    .option(
      '--out <file>',
      'write the designation to a new file: a draft where the authority’s key is not here',
    )
    .action((_flags, command) => rotateKeys(command));
  group
    .command('withdraw')
    .description('End the designation of a focal point at once, for good')
    .addOption(makeFlag('--focal-point <slug>', 'the desk', makeParser(slug)))
    .addOption(makeFlag('--as <cc>', 'its country, whose authority signs', makeParser(country)))
    .addOption(new Option('--reason <reason>', 'why, in the words of RFC 5280').choices(WITHDRAWAL_REASONS))
    .option(
      '--out <file>',
      'write the withdrawal to a new file: a draft where the authority’s key is not here',
    )
    .option('--yes', 'do not ask before signing')
    .action((_flags, command) => withdrawKeys(command));
}
