/** `amanat focal-point`: designates focal points and lists them. */
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
  const group = program
    .command('focal-point')
    .description('Manage the focal points, which send and receive messages');
  addFocalPointFlags(
    group.command('add').description('Designate a focal point, signed with its authority’s key'),
  )
    .option('--partner', 'make a secret with which its system signs its posts')
    .option('--secret-out <file>', 'write that secret to a new file instead of showing it')
    .option('--access-key', 'make an access key with which its system reads the state of messages')
    .option('--key-out <file>', 'write that key to a new file instead of showing it')
    .action((_flags, command) => add(command));
  group
    .command('list')
    .description('List the focal points, who holds their keys, and the channels by which they are reached')
    .action((_flags, command) => list(command));
  addPartnerSecretCommand(group);
  addAccessKeyCommands(group);
}

async function add(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<AddFlags>(command, terminal, FOCAL_POINT_QUESTIONS);
  if (flags.jwks !== undefined && (flags.partner || flags.secretOut !== undefined))
    throw makeUsageFailure(
      '--partner: a focal point that holds its own keys posts sealed consignments and needs no secret',
    );
  checkFileFree('--secret-out', flags.secretOut);
  checkFileFree('--key-out', flags.keyOut);
  const key = await loadAuthorityKey(terminal.home, flags.country);
  const added = await withOpenedHome(terminal, async (opened) => {
    const draft = await readFocalPointDraft(opened.gateway.did, flags);
    await checkNew(opened, flags.slug);
    const focalPoint = await designateFocalPoint(opened.gateway, key, draft);
    return { designation: focalPoint, ...(await credentials(opened, focalPoint, flags)) };
  });
  const { designation, secret, accessKey } = added;
  const { custody, focal_point: did, until } = designation;
  const shown = {
    ...(secret === undefined ? {} : writeOrShowSecret('secret', secret, '--secret-out', flags.secretOut)),
    ...(accessKey === undefined ? {} : writeOrShowSecret('access_key', accessKey, '--key-out', flags.keyOut)),
  };
  const document = { did, slug: designation.slug, country: designation.country, custody, until, ...shown };
  printAnswer(terminal, document, () => [
    ...formatPairs([
      ['DID', did],
      ['keys held by', custody === 'own' ? 'the focal point itself' : 'this gateway'],
      ['until', until],
      ...Object.entries(shown),
    ]),
    ...(!('secret' in shown) && !('access_key' in shown)
      ? []
      : ['', 'This is shown only once. Hand it over in person.']),
    '',
    `Next: amanat officer link --focal-point ${designation.slug} --officer …, for officers in Telegram;`,
    `      amanat endpoint add --focal-point ${designation.slug} --channel …, for mail or a system.`,
  ]);
}

/** Key ids hold the day: a second designation on one day would put new keys under old ids, and old messages could not be opened. */
async function checkNew({ gateway }: OpenedHome, name: string): Promise<void> {
  const { designations } = await gateway.store.directory.readDirectory([name]);
  if (designations.length > 0)
    throw new Refusal('already-exists', 'a focal point with that slug already exists');
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
    // No addresses: a list of focal points need not show where people are reached.
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
      ? ['There are no focal points yet. Add one: amanat focal-point add']
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
