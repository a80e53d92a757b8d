/** `amanat roster`: manages who of a focal point is on duty when, so that reminders go to an officer on duty. */
import type { Command } from 'commander';
import type { Designation } from '../domain/party/designation.ts';
import { type Roster, rosterSchema } from '../domain/terms/roster.ts';
import { keepRoster } from '../entry/enrolling/rosters.ts';
import { readJson } from './files.ts';
import { findFocalPoint, withOpenedHome } from './opened-home.ts';
import { formatTable, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

const ROSTER_BYTES = 256 * 1024;

export function addRoster(program: Command): void {
  const group = program
    .command('roster')
    .description('Manage the duty rosters, which say who is reminded when');
  group
    .command('set')
    .description('Set the roster of a focal point, which replaces the old one; {} deletes it')
    .argument('<focal-point>', 'slug or DID')
    .argument(
      '<file>',
      'JSON file: {"weekly": [{officer, days, from, to}], "once": [{officer, from, until}]}; - for standard input',
    )
    .action((party, file, _flags, command) => set(party, file, command));
  group
    .command('show')
    .description('Show the roster of a focal point')
    .argument('<focal-point>', 'slug or DID')
    .action((party, _flags, command) => show(party, command));
}

async function set(party: string, file: string, command: Command): Promise<void> {
  const draft = await readJson('roster', file, ROSTER_BYTES);
  await shown(command, party, ({ gateway }, designation) => keepRoster(gateway, designation, draft));
}

const show = (party: string, command: Command): Promise<void> =>
  shown(
    command,
    party,
    async ({ gateway }, { focal_point: did }) =>
      (await gateway.store.directory.rosters([did])).get(did) ?? rosterSchema.parse({}),
  );

type Work = (opened: Parameters<typeof findFocalPoint>[0], designation: Designation) => Promise<Roster>;

async function shown(command: Command, party: string, work: Work): Promise<void> {
  const terminal = terminalOf(command);
  const { designation: focalPoint, roster } = await withOpenedHome(terminal, async (opened) => {
    const { designation: found } = await findFocalPoint(opened, party);
    return { designation: found, roster: await work(opened, found) };
  });
  printAnswer(terminal, { focal_point: focalPoint.focal_point, ...roster }, () => linesOf(roster));
}

/** Days are numbered as in ISO 8601: 1 is Monday. Single shifts override the weekly ones, so they come first. */
const linesOf = ({ weekly, once }: Roster): readonly string[] =>
  weekly.length + once.length === 0
    ? ['No roster: reminders go to the endpoint to which the message was delivered.']
    : formatTable(
        ['OFFICER', 'DAYS', 'FROM', 'TO'],
        [
          ...once.map((one) => [one.officer, 'once', one.from, one.until]),
          ...weekly.map((one) => [one.officer, one.days.join(''), one.from, one.to]),
        ],
      );
