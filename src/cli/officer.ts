/** `amanat officer`: manages the officers of a focal point with their accounts and mailboxes. */
import type { Command } from 'commander';
import type { Endpoint } from '../domain/party/channel.ts';
import { findOfficer, officerSchema, slug } from '../domain/party/designation.ts';
import { hasEndedForGood } from '../domain/party/endpoint-life.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { findEndpoint } from '../entry/enrolling/endpoints.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { readDirectory } from '../flow/directory/directory.ts';
import { unlinkAccount } from '../flow/endpoint/linking.ts';
import { documentOfEndpoint } from './endpoint-reading.ts';
import { decideEndpoint } from './endpoint-terms.ts';
import {
  askYes,
  completeFlags,
  type FlagQuestion,
  makeFlag,
  makeParser,
  makeWholeNumberParser,
} from './flags.ts';
import { inviteToTelegram, LINKING_NOTICE, linesOfInvitation } from './invitation.ts';
import { addOfficerPin, stateOfPin } from './officer-pin.ts';
import { findFocalPoint, withOpenedHome } from './opened-home.ts';
import { formatPairs, formatTable, printAnswer, printRemark } from './output.ts';
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

const QUESTIONS: readonly FlagQuestion[] = [
  { name: 'focalPoint', message: 'Slug of the officer’s focal point' },
  { name: 'officer', message: 'Id of the officer' },
];

const withOfficer = (command: Command): Command =>
  command
    .addOption(makeFlag('--focal-point <slug>', 'the focal point', makeParser(slug)))
    .addOption(makeFlag('--officer <id>', 'id of the officer', makeParser(officerSchema.shape.id)));

export function addOfficer(program: Command): void {
  const group = program
    .command('officer')
    .description('Manage the officers of a focal point, with their accounts and mailboxes');
  group
    .command('list')
    .description('List the officers and the channels by which each is reached; never shows an address')
    .addOption(makeFlag('--focal-point <slug>', 'list only those of this focal point', makeParser(slug)))
    .action((_flags, command) => list(command));
  withOfficer(
    group
      .command('link')
      .description(
        'Make a start page where an officer sets a PIN and links a Telegram account, which replaces the old one',
      ),
  )
    .option('--beside', 'link the account in addition to the officer’s others, for a second device')
    .option(
      '--new-pin',
      'have the officer set a new PIN; without this flag the page asks for the existing PIN',
    )
    .addOption(
      makeFlag('--rank <n>', 'rank; the lowest is used first', makeWholeNumberParser(1, 99)).default(1),
    )
    .action((_flags, command) => link(command));
  addOfficerPin(withOfficer(group.command('pin')));
  withOfficer(
    group
      .command('unlink')
      .description(
        'Unlink an officer’s Telegram accounts at once and notify them; their one-time links end too',
      ),
  )
    .option('--account <id>', 'unlink only this account; the id that "list" shows')
    .action((_flags, command) => unlinkAccounts(command));
}

async function list(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { focalPoint: only } = command.opts<{ readonly focalPoint?: string }>();
  const officers = await withOpenedHome(terminal, async ({ gateway }) => {
    if (only !== undefined) await findFocalPoint({ gateway }, only);
    const directory = await readDirectory(gateway);
    const now = gateway.now();
    const pins = await gateway.store.pins.readPins();
    return directory.designations
      .filter((one) => one.gateway === gateway.did && (only === undefined || one.slug === only))
      .flatMap((focalPoint) => {
        const theirs = (id: string) =>
          directory.endpoints
            .filter((one) => one.focalPoint === focalPoint.focal_point && one.officer === id)
            .filter((one) => !hasEndedForGood(one))
            .map((one) => documentOfEndpoint(directory, one, now));
        return focalPoint.officers.map((officer) => {
          const { id, name, role, lang } = officer;
          const pin = stateOfPin(pins, focalPoint.focal_point, officer);
          return { focal_point: focalPoint.slug, id, name, role, lang, pin, accounts: theirs(id) };
        });
      });
  });
  printAnswer(terminal, { officers }, () =>
    officers.length === 0
      ? ['There are no officers.']
      : formatTable(
          ['FOCAL POINT', 'OFFICER', 'NAME', 'ROLE', 'PIN', 'REACHED BY'],
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
  const flags = await completeFlags<LinkFlags>(command, terminal, QUESTIONS);
  const terms = { ...flags, channel: 'telegram' } as const;
  const how = { beside: flags.beside === true, newPin: flags.newPin === true };
  const { document, isOn } = await withOpenedHome(terminal, async (opened) => ({
    document: await inviteToTelegram(opened, terms, await decideEndpoint(opened, terms), how),
    isOn: opened.gateway.adapters.has('telegram'),
  }));
  printAnswer(terminal, document, () => [...linesOfInvitation(document), ...LINKING_NOTICE]);
  if (!isOn)
    printRemark('This gateway does not run telegram yet: add it to AMANAT_CHANNELS with its secrets.');
}

async function unlinkAccounts(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<UnlinkFlags>(command, terminal, QUESTIONS);
  const document = await withOpenedHome(terminal, async ({ gateway }) => {
    const { designation, directory } = await findFocalPoint({ gateway }, flags.focalPoint);
    const one = flags.account === undefined ? undefined : await findEndpoint(gateway, flags.account);
    const isMeant = ({ id, focalPoint, officer, channel, enabled, off }: Endpoint): boolean =>
      focalPoint === designation.focal_point &&
      officer === flags.officer &&
      channel === 'telegram' &&
      (enabled || !hasEndedForGood({ ...present({ off }) })) &&
      (one === undefined || one.id === id);
    const accounts = directory.endpoints.filter(isMeant);
    if (accounts.length === 0)
      throw findOfficer(designation, flags.officer) === undefined
        ? new Refusal('unknown-officer', 'the designation of this focal point names no officer of that id')
        : makeUsageFailure('this officer has no such Telegram account', 'See "amanat officer list".');
    if (terminal.interactive) await askYes(`Unlink ${accounts.length} account(s) of ${flags.officer}?`);
    const ended: string[] = [];
    for (const account of accounts)
      if (await unlinkAccount(gateway, account, 'unlinked')) ended.push(account.id);
    return { officer: flags.officer, focal_point: designation.slug, unlinked: ended };
  });
  printAnswer(terminal, document, () =>
    formatPairs([
      ['officer', `${document.officer}, ${document.focal_point}`],
      ['unlinked', document.unlinked.join(', ') || 'nothing: the accounts were already unlinked'],
    ]),
  );
}
