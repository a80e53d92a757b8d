/** `amanat focal-point secret`: replacing what a partner's calls are proven by, with overlap. */
import type { Command } from 'commander';
import { slug } from '../domain/party/party.ts';
import { present } from '../domain/words/present.ts';
import { OVERLAP_DAYS, replacePartnerSecret } from '../entry/enrolling/enrol.ts';
import { usage } from '../entry/failure.ts';
import { checkFree } from '../entry/new-file.ts';
import { keptOrShown } from './files.ts';
import { complete, fitting, flag } from './flags.ts';
import { focalPointOf, withOffice } from './office.ts';
import { answer, pairs } from './output.ts';
import { terminalOf } from './terminal.ts';

interface SecretFlags {
  readonly slug: string;
  readonly publicKey?: string;
  readonly secretOut?: string;
  readonly now?: true;
}

export function addPartnerSecretCommand(group: Command): void {
  group
    .command('secret')
    .description(
      'Replace the secret by which a desk’s system signs what it posts; the old one counts two weeks more, or ends with --now',
    )
    .addOption(flag('--slug <slug>', 'the desk', fitting(slug)))
    .option('--public-key <whpk>', 'the system signs with Ed25519 (v1a): its public key, whpk_…')
    .option('--now', 'end the old secret at once, as after a theft')
    .option('--secret-out <file>', 'write the new secret to a new file in place of showing it')
    .action((_flags, command) => replace(command));
}

async function replace(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await complete<SecretFlags>(command, terminal, [
    { name: 'slug', message: 'Which desk? Its short name', placeholder: 'shelter-phnom-penh' },
  ]);
  if (flags.publicKey !== undefined && !flags.publicKey.startsWith('whpk_'))
    throw usage(
      '--public-key: begins with whpk_',
      'A secret is not given on the command line; leave it out to make one.',
    );
  checkFree('--secret-out', flags.secretOut);
  let isFirst = false;
  const document = await withOffice(terminal, async (office) => {
    const { desk } = await focalPointOf(office, flags.slug);
    if (desk.custody === 'own') throw usage('--slug: this desk holds its own keys and needs no secret');
    const { store, now } = office.gateway;
    isFirst = (await store.secrets.secretsInUse(desk.focal_point, 'webhook-inbound', now())).length === 0;
    const secret = await replacePartnerSecret(
      office.gateway,
      desk.focal_point,
      flags.publicKey,
      flags.now ? 0 : OVERLAP_DAYS,
    );
    const shown = secret === undefined ? {} : keptOrShown('secret', secret, '--secret-out', flags.secretOut);
    return {
      did: desk.focal_point,
      old_ended: flags.now === true,
      ...shown,
      ...present({ public_key: flags.publicKey }),
    };
  });
  const { old_ended: _ended, ...shown } = document;
  answer(terminal, document, () => [
    ...pairs(Object.entries(shown).map(([name, value]) => [name.replaceAll('_', ' '), String(value)])),
    '',
    outcome(isFirst, flags.now === true),
  ]);
}

function outcome(isFirst: boolean, now: boolean): string {
  if (isFirst) return 'This is the first secret of this desk.';
  return now ? 'Secrets from before have ended.' : 'The old one counts for two weeks more.';
}
