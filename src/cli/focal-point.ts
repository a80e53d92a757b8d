/** `amanat focal-point`: designating desks, and seeing which there are. */
import type { Command } from 'commander';
import { isGoneForGood } from '../domain/party/endpoint-life.ts';
import { type Designation, inForce } from '../domain/party/party.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { addAccessKey, addPartnerSecret, designate } from '../entry/enrolling/enrol.ts';
import { usage } from '../entry/failure.ts';
import { checkFree } from '../entry/new-file.ts';
import { directoryOf } from '../flow/directory/directory.ts';
import { addAccessKeyCommand } from './access-key.ts';
import { addDeskFlags, DESK_QUESTIONS, type DeskFlags, deskOf } from './desk-flags.ts';
import { keptOrShown } from './files.ts';
import { complete } from './flags.ts';
import { authorityKey, type Office, withOffice } from './office.ts';
import { answer, pairs, table } from './output.ts';
import { addPartnerSecretCommand } from './partner-secret.ts';
import { terminalOf } from './terminal.ts';

interface AddFlags extends DeskFlags {
  readonly partner?: true;
  readonly secretOut?: string;
  readonly accessKey?: true;
  readonly keyOut?: string;
}

export function addFocalPoint(program: Command): void {
  const group = program.command('focal-point').description('Desks that send and are sent to');
  addDeskFlags(group.command('add').description('Designate a focal point, signed by its country’s authority'))
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
  addAccessKeyCommand(group);
}

async function add(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await complete<AddFlags>(command, terminal, DESK_QUESTIONS);
  if (flags.jwks !== undefined && (flags.partner || flags.secretOut !== undefined))
    throw usage('--partner: a desk that holds its own keys posts sealed consignments and needs no secret');
  checkFree('--secret-out', flags.secretOut);
  checkFree('--key-out', flags.keyOut);
  const key = await authorityKey(terminal.home, flags.country);
  const added = await withOffice(terminal, async (office) => {
    const draft = await deskOf(office.gateway.did, flags);
    await checkNew(office, flags.slug);
    const desk = await designate(office.gateway, key, draft);
    return { desk, ...(await credentials(office, desk, flags)) };
  });
  const { desk, secret, accessKey } = added;
  const { custody, focal_point: did, until } = desk;
  const shown = {
    ...(secret === undefined ? {} : keptOrShown('secret', secret, '--secret-out', flags.secretOut)),
    ...(accessKey === undefined ? {} : keptOrShown('access_key', accessKey, '--key-out', flags.keyOut)),
  };
  const document = { did, slug: desk.slug, country: desk.country, custody, until, ...shown };
  answer(terminal, document, () => [
    ...pairs([
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
async function checkNew({ gateway }: Office, name: string): Promise<void> {
  const { designations } = await gateway.store.directory.readDirectory([name]);
  if (designations.length > 0) throw new Refusal('already-exists', 'there is a focal point of that slug');
}

async function credentials({ gateway }: Office, desk: Designation, flags: AddFlags) {
  const wantsSecret = flags.partner || flags.secretOut !== undefined;
  const wantsKey = flags.accessKey || flags.keyOut !== undefined;
  return {
    ...present({
      secret: wantsSecret ? await addPartnerSecret(gateway, desk.focal_point) : undefined,
      accessKey: wantsKey ? await addAccessKey(gateway, desk.focal_point, 'command line') : undefined,
    }),
  };
}

async function list(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { directory, now } = await withOffice(terminal, async ({ gateway }) => ({
    directory: await directoryOf(gateway),
    now: gateway.now(),
  }));
  const desks = directory.designations.map((desk) => ({
    slug: desk.slug,
    did: desk.focal_point,
    name: desk.name,
    country: desk.country,
    custody: desk.custody,
    in_force: inForce(desk, now),
    until: desk.until,
    officers: desk.officers,
    // Addresses stay in the database: who lists desks need not learn where people are reached.
    endpoints: directory.endpoints
      .filter((one) => one.focalPoint === desk.focal_point && !isGoneForGood(one))
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
  answer(terminal, { focal_points: desks }, () =>
    desks.length === 0
      ? ['There is no focal point yet. Add one: amanat focal-point add']
      : table(
          ['SLUG', 'COUNTRY', 'NAME', 'KEYS', 'OFFICERS', 'REACHED BY', 'UNTIL'],
          desks.map((one) => [
            one.slug,
            one.country,
            one.name,
            one.custody === 'own' ? 'own' : 'gateway',
            String(one.officers.length),
            reachedBy(one.endpoints),
            one.in_force ? one.until.slice(0, 10) : `${one.until.slice(0, 10)} (not in force)`,
          ]),
        ),
  );
}

const reachedBy = (endpoints: readonly { channel: string; shows: string; enabled: boolean }[]): string =>
  endpoints.map((one) => `${one.channel}/${one.shows}${one.enabled ? '' : ' (off)'}`).join(', ') || '–';
