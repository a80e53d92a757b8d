/** `amanat endpoint list` and `show`: which endpoints there are, and how they are. */
import type { Command } from 'commander';
import type { Endpoint } from '../domain/party/channel.ts';
import { slug } from '../domain/party/designation.ts';
import { hasEndedForGood } from '../domain/party/endpoint-life.ts';
import { isOfficerInPlace } from '../domain/party/endpoint-officer.ts';
import { findEndpoint } from '../entry/enrolling/endpoints.ts';
import { type Directory, findDesignation, readDirectory } from '../flow/directory/directory.ts';
import { certificateEndOf } from '../seal/certificate-end.ts';
import { makeFlag, makeParser } from './flags.ts';
import { findFocalPoint, withOpenedHome } from './opened-home.ts';
import { dayText, formatPairs, formatTable, instantText, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

export function addEndpointReading(group: Command): void {
  group
    .command('list')
    .description('Show the endpoints, whether they work and why not; never an address')
    .addOption(makeFlag('--focal-point <slug>', 'of this desk only', makeParser(slug)))
    .action((_flags, command) => list(command));
  group
    .command('show')
    .description('Show one endpoint, its address too')
    .argument('<id>', 'its id, or 8 digits or more of its beginning')
    .action((id, _flags, command) => show(id, command));
}

/** How an endpoint is: in use, not confirmed by its desk yet, off and why, or not used because its officer is out. */
function stateOf(directory: Directory, one: Endpoint, now: Date): 'on' | 'off' | 'waiting' | 'officer-out' {
  if (one.off?.code === 'waiting') return 'waiting';
  if (!one.enabled) return 'off';
  const designation = findDesignation(directory, one.focalPoint);
  return designation !== undefined && isOfficerInPlace(designation, one, now) ? 'on' : 'officer-out';
}

/** What waits for the desk: the endpoint itself where it is `new`, else a change of it. */
const waitingOf = ({ waiting }: Endpoint) =>
  waiting === undefined
    ? null
    : {
        new: waiting.change === undefined,
        since: waiting.since.toISOString(),
        until: waiting.until.toISOString(),
        by: waiting.who,
      };

/** An endpoint as it may be shown to anybody: no address. */
export const documentOfEndpoint = (directory: Directory, one: Endpoint, now: Date) => ({
  id: one.id,
  focal_point: findDesignation(directory, one.focalPoint)?.slug ?? one.focalPoint,
  channel: one.channel,
  rank: one.rank,
  shows: one.shows,
  lang: one.lang,
  officer: one.officer ?? null,
  state: stateOf(directory, one, now),
  enabled: one.enabled,
  off: one.off === undefined ? null : { code: one.off.code, since: one.off.since?.toISOString() ?? null },
  waiting: waitingOf(one),
  doubted: one.enabled && one.gone !== undefined ? one.gone.times : 0,
  certificate_until:
    one.certificate === undefined ? null : (certificateEndOf(one.certificate)?.toISOString() ?? null),
  overlap_until:
    one.oldCertificate !== undefined && one.oldCertificate.until > now
      ? one.oldCertificate.until.toISOString()
      : null,
});

type Shown = ReturnType<typeof documentOfEndpoint>;

function stateText({ state, off, doubted, waiting }: Shown): string {
  if (waiting !== null && state !== 'off')
    return `${waiting.new ? '' : 'on, a change '}waits for its desk until ${instantText(waiting.until)}`;
  if (state === 'officer-out') return 'officer out';
  if (state === 'on') return doubted > 0 ? `on, called dead ${doubted} times` : 'on';
  return `off: ${off?.code ?? 'unknown'}${off?.since ? ` since ${instantText(off.since)}` : ''}`;
}

async function list(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { focalPoint: only } = command.opts<{ readonly focalPoint?: string }>();
  const shown = await withOpenedHome(terminal, async ({ gateway }) => {
    if (only !== undefined) await findFocalPoint({ gateway }, only);
    const directory = await readDirectory(gateway);
    return directory.endpoints
      .filter((one) => one.channel !== 'relay' && !hasEndedForGood(one))
      .map((one) => documentOfEndpoint(directory, one, gateway.now()))
      .filter((one) => only === undefined || one.focal_point === only)
      .toSorted((a, b) => a.focal_point.localeCompare(b.focal_point) || a.rank - b.rank);
  });
  printAnswer(terminal, { endpoints: shown }, () =>
    shown.length === 0
      ? ['There is no endpoint. Add one: amanat endpoint add']
      : formatTable(
          ['ID', 'DESK', 'CHANNEL', 'RANK', 'SHOWS', 'OFFICER', 'STATE', 'CERTIFICATE UNTIL (UTC)'],
          shown.map((one) => [
            one.id,
            one.focal_point,
            one.channel,
            String(one.rank),
            one.shows,
            one.officer ?? '–',
            stateText(one),
            dayText(one.certificate_until),
          ]),
        ),
  );
}

async function show(id: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const document = await withOpenedHome(terminal, async ({ gateway }) => {
    const one = await findEndpoint(gateway, id);
    const directory = await readDirectory(gateway, [one.focalPoint]);
    return { ...documentOfEndpoint(directory, one, gateway.now()), address: one.address };
  });
  const { off, enabled: _enabled, doubted, waiting, ...rest } = document;
  printAnswer(terminal, document, () =>
    formatPairs([
      ...Object.entries(rest).map(([name, value]): [string, string] => [
        name.replaceAll('_', ' '),
        String(value ?? '–'),
      ]),
      ...(doubted === 0
        ? []
        : [['called dead by its channel', `${doubted} times in a row`] as [string, string]]),
      ...(waiting === null
        ? []
        : [['waits for its desk', `until ${waiting.until}, asked by ${waiting.by}`] as [string, string]]),
      ...(off === null ? [] : [['off', `${off.code}, since ${off.since ?? 'unknown'}`] as [string, string]]),
    ]),
  );
}
