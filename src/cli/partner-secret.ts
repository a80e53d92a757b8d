/** `amanat focal-point secret`: replaces the secret or public key that authenticates a partner's calls, with an overlap. */
import type { Command } from 'commander';
import { slug } from '../domain/party/designation.ts';
import { present } from '../domain/words/present.ts';
import { OVERLAP_DAYS, replacePartnerSecret } from '../entry/enrolling/enrol.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree } from '../entry/new-file.ts';
import { writeOrShowSecret } from './files.ts';
import { completeFlags, makeFlag, makeParser } from './flags.ts';
import { findFocalPoint, withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer } from './output.ts';
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
      'Replace the secret with which a focal point’s system signs its posts; the old one stays valid for two weeks, or ends now with --now',
    )
    .addOption(makeFlag('--slug <slug>', 'the focal point', makeParser(slug)))
    .option('--public-key <whpk>', 'public key, whpk_…, of a system that signs with Ed25519 (v1a)')
    .option('--now', 'end the old secret at once, for example after a theft')
    .option('--secret-out <file>', 'write the new secret to a new file instead of showing it')
    .action((_flags, command) => replace(command));
}

async function replace(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<SecretFlags>(command, terminal, [
    { name: 'slug', message: 'Slug of the focal point', placeholder: 'shelter-phnom-penh' },
  ]);
  if (flags.publicKey !== undefined && !flags.publicKey.startsWith('whpk_'))
    throw makeUsageFailure(
      '--public-key: must begin with whpk_',
      'Never give a secret on the command line. Leave the flag out, and the command makes a secret.',
    );
  checkFileFree('--secret-out', flags.secretOut);
  let isFirst = false;
  const document = await withOpenedHome(terminal, async (opened) => {
    const { designation: focalPoint } = await findFocalPoint(opened, flags.slug);
    if (focalPoint.custody === 'own')
      throw makeUsageFailure('--slug: this focal point holds its own keys and needs no secret');
    const { store, now } = opened.gateway;
    isFirst =
      (await store.secrets.secretsInUse(focalPoint.focal_point, 'webhook-inbound', now())).length === 0;
    const secret = await replacePartnerSecret(
      opened.gateway,
      focalPoint.focal_point,
      flags.publicKey,
      flags.now ? 0 : OVERLAP_DAYS,
    );
    const shown =
      secret === undefined ? {} : writeOrShowSecret('secret', secret, '--secret-out', flags.secretOut);
    return {
      did: focalPoint.focal_point,
      old_ended: flags.now === true,
      ...shown,
      ...present({ public_key: flags.publicKey }),
    };
  });
  const { old_ended: _ended, ...shown } = document;
  printAnswer(terminal, document, () => [
    ...formatPairs(Object.entries(shown).map(([name, value]) => [name.replaceAll('_', ' '), String(value)])),
    '',
    outcome(isFirst, flags.now === true),
  ]);
}

function outcome(isFirst: boolean, now: boolean): string {
  if (isFirst) return 'This is the first secret of this focal point.';
  return now ? 'All earlier secrets have ended.' : 'The old secret stays valid for two weeks.';
}
