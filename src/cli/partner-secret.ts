/** `amanat focal-point secret`: replacing what a partner's calls are proven by, with overlap. */
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
      'Replace the secret by which a desk’s system signs what it posts; the old one counts two weeks more, or ends with --now',
    )
    .addOption(makeFlag('--slug <slug>', 'the desk', makeParser(slug)))
    .option('--public-key <whpk>', 'the system signs with Ed25519 (v1a): its public key, whpk_…')
    .option('--now', 'end the old secret at once, as after a theft')
    .option('--secret-out <file>', 'write the new secret to a new file in place of showing it')
    .action((_flags, command) => replace(command));
}

async function replace(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<SecretFlags>(command, terminal, [
    { name: 'slug', message: 'Which desk? Its short name', placeholder: 'shelter-phnom-penh' },
  ]);
  if (flags.publicKey !== undefined && !flags.publicKey.startsWith('whpk_'))
    throw makeUsageFailure(
      '--public-key: begins with whpk_',
      'A secret is not given on the command line; leave it out to make one.',
    );
  checkFileFree('--secret-out', flags.secretOut);
  let isFirst = false;
  const document = await withOpenedHome(terminal, async (opened) => {
    const { desk: focalPoint } = await findFocalPoint(opened, flags.slug);
    if (focalPoint.custody === 'own')
      throw makeUsageFailure('--slug: this desk holds its own keys and needs no secret');
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
  if (isFirst) return 'This is the first secret of this desk.';
  return now ? 'Secrets from before have ended.' : 'The old one counts for two weeks more.';
}
