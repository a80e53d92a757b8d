/** `amanat focal-point`: designating desks, and seeing which there are. */
import type { Command } from 'commander';
import { type Designation, isInForceAt } from '../domain/party/designation.ts';
import { hasEndedForGood } from '../domain/party/endpoint-life.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { addAccessKey, addPartnerSecret, designateFocalPoint } from '../entry/enrolling/enrol.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree } from '../entry/new-file.ts';
import { readDirectory } from '../flow/directory/directory.ts';
import { addAccessKeyCommands } from './access-key.ts';
import { writeOrShowSecret } from './files.ts';
import { completeFlags } from './flags.ts';
import {
  addFocalPointFlags,
  FOCAL_POINT_QUESTIONS,
  type FocalPointFlags,
  readFocalPointDraft,
} from './focal-point-flags.ts';
import { loadAuthorityKey, type OpenedHome, withOpenedHome } from './opened-home.ts';
import { dayText, formatPairs, formatTable, printAnswer } from './output.ts';
import { addPartnerSecretCommand } from './partner-secret.ts';
import { terminalOf } from './terminal.ts';

interface AddFlags extends FocalPointFlags {
  readonly partner?: true;
  readonly secretOut?: string;
  readonly accessKey?: true;
  readonly keyOut?: string;
}

export function addFocalPoint(program: Command): void {
  const group = program.command('focal-point').description('Desks that send and are sent to');
  addFocalPointFlags(
    group.command('add').description('Designate a focal point, signed by its country’s authority'),
  )
    .option('--partner', 'make the secret by which its system signs what it posts')
    .option('--secret-out <file>', 'write that secret to a new file in place of showing it')
    .option('--access-key', 'make a key by which its system reads what became of messages')
    .option('--key-out <file>', 'write that key to a new file in place of showing it')
    .action((_flags, command) => add(command));
  group
    .command('list')
    .description('Show the focal points, who holds their keys, and by which channels they are reached')
    .action((_flags, command) => list(command));
  addPartnerSecretCommand(group);
  addAccessKeyCommands(group);
}

async function add(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<AddFlags>(command, terminal, FOCAL_POINT_QUESTIONS);
  if (flags.jwks !== undefined && (flags.partner || flags.secretOut !== undefined))
    throw makeUsageFailure(
      '--partner: a desk that holds its own keys posts sealed consignments and needs no secret',
    );
  checkFileFree('--secret-out', flags.secretOut);
  checkFileFree('--key-out', flags.keyOut);
  const key = await loadAuthorityKey(terminal.home, flags.country);
  const added = await withOpenedHome(terminal, async (opened) => {
    const draft = await readFocalPointDraft(opened.gateway.did, flags);
    await checkNew(opened, flags.slug);
    const focalPoint = await designateFocalPoint(opened.gateway, key, draft);
    return { desk: focalPoint, ...(await credentials(opened, focalPoint, flags)) };
  });
  const { desk, secret, accessKey } = added;
  const { custody, focal_point: did, until } = desk;
  const shown = {
    ...(secret === undefined ? {} : writeOrShowSecret('secret', secret, '--secret-out', flags.secretOut)),
    ...(accessKey === undefined ? {} : writeOrShowSecret('access_key', accessKey, '--key-out', flags.keyOut)),
  };
  const document = { did, slug: desk.slug, country: desk.country, custody, until, ...shown };
  printAnswer(terminal, document, () => [
    ...formatPairs([
      ['DID', did],
      ['keys held by', custody === 'own' ? 'the desk itself' : 'this gateway'],
      ['until', until],
      ...Object.entries(shown),
    ]),
    ...(!('secret' in shown) && !('access_key' in shown)
      ? []
      : ['', 'What is shown here is shown once. Hand it over in person.']),
    '',
    `Next: amanat officer link --focal-point ${desk.slug} --officer …, for officers in Telegram;`,
    `      amanat endpoint add --focal-point ${desk.slug} --channel …, for mail or a system.`,
  ]);
}

/** A desk designated twice on one day would get new keys under the old names, and could not open what it has. */
async function checkNew({ gateway }: OpenedHome, name: string): Promise<void> {
  const { designations } = await gateway.store.directory.readDirectory([name]);
  if (designations.length > 0) throw new Refusal('already-exists', 'there is a focal point of that slug');
}

async function credentials({ gateway }: OpenedHome, designation: Designation, flags: AddFlags) {
  const wantsSecret = flags.partner || flags.secretOut !== undefined;
  const wantsKey = flags.accessKey || flags.keyOut !== undefined;
  return {
    ...present({
      secret: wantsSecret ? await addPartnerSecret(gateway, designation.focal_point) : undefined,
      accessKey: wantsKey ? await addAccessKey(gateway, designation.focal_point, 'command line') : undefined,
    }),
  };
}

async function list(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { directory, now } = await withOpenedHome(terminal, async ({ gateway }) => ({
    directory: await readDirectory(gateway),
    now: gateway.now(),
  }));
  const focalPoints = directory.designations.map((focalPoint) => ({
    slug: focalPoint.slug,
    did: focalPoint.focal_point,
    name: focalPoint.name,
    country: focalPoint.country,
    custody: focalPoint.custody,
    in_force: isInForceAt(focalPoint, now),
    until: focalPoint.until,
    officers: focalPoint.officers,
    // Addresses stay in the database: who lists desks need not learn where people are reached.
    endpoints: directory.endpoints
      .filter((one) => one.focalPoint === focalPoint.focal_point && !hasEndedForGood(one))
      .map(({ id, channel, rank, shows, lang, enabled, officer = null }) => ({
        id,
        channel,
        rank,
        shows,
        lang,
        enabled,
        officer,
      })),
  }));
  printAnswer(terminal, { focal_points: focalPoints }, () =>
    focalPoints.length === 0
      ? ['There is no focal point yet. Add one: amanat focal-point add']
      : formatTable(
          ['SLUG', 'COUNTRY', 'NAME', 'KEYS', 'OFFICERS', 'REACHED BY', 'UNTIL (UTC)'],
          focalPoints.map((one) => [
            one.slug,
            one.country,
            one.name,
            one.custody === 'own' ? 'own' : 'gateway',
            String(one.officers.length),
            reachedBy(one.endpoints),
            one.in_force ? dayText(one.until) : `${dayText(one.until)} (not in force)`,
          ]),
        ),
  );
}

const reachedBy = (endpoints: readonly { channel: string; shows: string; enabled: boolean }[]): string =>
  endpoints.map((one) => `${one.channel}/${one.shows}${one.enabled ? '' : ' (off)'}`).join(', ') || '–';
