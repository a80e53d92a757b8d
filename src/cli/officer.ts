/** `amanat officer`: who may read and answer for a desk, and by which accounts and mailboxes. */
import type { Command } from 'commander';
import type { Endpoint } from '../domain/party/channel.ts';
import { isGoneForGood } from '../domain/party/endpoint-life.ts';
import { officerOf, officer as officerSchema, slug } from '../domain/party/party.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { endpointNamed } from '../entry/enrolling/endpoints.ts';
import { usage } from '../entry/failure.ts';
import { directoryOf } from '../flow/directory/directory.ts';
import { unlink } from '../flow/word/linking.ts';
import { endpointDocument } from './endpoint-reading.ts';
import { settle } from './endpoint-terms.ts';
import { askYes, complete, fitting, flag, type Question, whole } from './flags.ts';
import { FURTHER, inviteToTelegram, startLines } from './invitation.ts';
import { focalPointOf, withOffice } from './office.ts';
import { addOfficerPin, pinState } from './officer-pin.ts';
import { answer, pairs, remark, table } from './output.ts';
import { terminalOf } from './terminal.ts';

interface LinkFlags {
  readonly focalPoint: string;
  readonly officer: string;
  readonly beside?: true;
  readonly newPin?: true;
  readonly rank: number;
}

interface UnlinkFlags extends Pick<LinkFlags, 'focalPoint' | 'officer'> {
  readonly account?: string;
}

const QUESTIONS: readonly Question[] = [
  { name: 'focalPoint', message: 'Whose officer? The slug of the focal point' },
  { name: 'officer', message: 'Which officer? The id' },
];

const withOfficer = (command: Command): Command =>
  command
    .addOption(flag('--focal-point <slug>', 'the desk', fitting(slug)))
    .addOption(flag('--officer <id>', 'the officer, by id', fitting(officerSchema.shape.id)));

export function addOfficer(program: Command): void {
  const group = program
    .command('officer')
    .description('Officers of a desk, and the accounts and mailboxes they read at');
  group
    .command('list')
    .description('Show the officers, and where each is reached; never an address')
    .addOption(flag('--focal-point <slug>', 'of this desk only', fitting(slug)))
    .action((_flags, command) => list(command));
  withOfficer(
    group
      .command('link')
      .description(
        'Make a start page where an officer sets a PIN and links a Telegram account, in place of the old one',
      ),
  )
    .option('--beside', 'the account is linked beside the officer’s others: a second device')
    .option('--new-pin', 'the officer sets a new PIN there; the one there is, is asked for where left out')
    .addOption(flag('--rank <n>', 'lower is tried first', whole(1, 99)).default(1))
    .action((_flags, command) => link(command));
  addOfficerPin(withOfficer(group.command('pin')));
  withOfficer(
    group
      .command('unlink')
      .description('End an officer’s accounts at once: their links end, and they are told'),
  )
    .option('--account <id>', 'only this one, by the id that list shows')
    .action((_flags, command) => unlinkAccounts(command));
}

async function list(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { focalPoint: only } = command.opts<{ readonly focalPoint?: string }>();
  const officers = await withOffice(terminal, async ({ gateway }) => {
    if (only !== undefined) await focalPointOf({ gateway }, only);
    const directory = await directoryOf(gateway);
    const now = gateway.now();
    const pins = await gateway.store.pins.readPins();
    return directory.designations
      .filter((one) => one.gateway === gateway.did && (only === undefined || one.slug === only))
      .flatMap((desk) => {
        const theirs = (id: string) =>
          directory.endpoints
            .filter((one) => one.focalPoint === desk.focal_point && one.officer === id)
            .filter((one) => !isGoneForGood(one))
            .map((one) => endpointDocument(directory, one, now));
        return desk.officers.map((officer) => {
          const { id, name, role, lang } = officer;
          const pin = pinState(pins, desk.focal_point, officer);
          return { focal_point: desk.slug, id, name, role, lang, pin, accounts: theirs(id) };
        });
      });
  });
  answer(terminal, { officers }, () =>
    officers.length === 0
      ? ['There is no officer.']
      : table(
          ['DESK', 'OFFICER', 'NAME', 'ROLE', 'PIN', 'REACHED BY'],
          officers.map((one) => [
            one.focal_point,
            one.id,
            one.name,
            one.role,
            one.pin,
            one.accounts
              .map(({ channel, id, state }) => `${channel} ${id}${state === 'on' ? '' : ` (${state})`}`)
              .join(', ') || '–',
          ]),
        ),
  );
}

async function link(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await complete<LinkFlags>(command, terminal, QUESTIONS);
  const terms = { ...flags, channel: 'telegram' } as const;
  const how = { beside: flags.beside === true, newPin: flags.newPin === true };
  const { document, isOn } = await withOffice(terminal, async (office) => ({
    document: await inviteToTelegram(office, terms, await settle(office, terms), how),
    isOn: office.gateway.adapters.has('telegram'),
  }));
  answer(terminal, document, () => [...startLines(document), ...FURTHER]);
  if (!isOn) remark('This gateway does not run telegram yet: add it to AMANAT_CHANNELS with its secrets.');
}

async function unlinkAccounts(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await complete<UnlinkFlags>(command, terminal, QUESTIONS);
  const document = await withOffice(terminal, async ({ gateway }) => {
    const { desk, directory } = await focalPointOf({ gateway }, flags.focalPoint);
    const one = flags.account === undefined ? undefined : await endpointNamed(gateway, flags.account);
    const isMeant = ({ id, focalPoint, officer, channel, enabled, off }: Endpoint): boolean =>
      focalPoint === desk.focal_point &&
      officer === flags.officer &&
      channel === 'telegram' &&
      (enabled || !isGoneForGood({ ...present({ off }) })) &&
      (one === undefined || one.id === id);
    const accounts = directory.endpoints.filter(isMeant);
    if (accounts.length === 0)
      throw officerOf(desk, flags.officer) === undefined
        ? new Refusal('unknown-officer', 'the designation of this focal point names no officer of that id')
        : usage('there is no such Telegram account of this officer', 'See "amanat officer list".');
    if (terminal.interactive) await askYes(`End ${accounts.length} account(s) of ${flags.officer}?`);
    const ended: string[] = [];
    for (const account of accounts) if (await unlink(gateway, account, 'unlinked')) ended.push(account.id);
    return { officer: flags.officer, focal_point: desk.slug, unlinked: ended };
  });
  answer(terminal, document, () =>
    pairs([
      ['officer', `${document.officer}, ${document.focal_point}`],
      ['unlinked', document.unlinked.join(', ') || 'nothing: they were unlinked before'],
    ]),
  );
}
