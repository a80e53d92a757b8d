/** `amanat endpoint list` and `show`: the endpoints and their states. */
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
    .description(
      'List the endpoints and their states, with the reason where one is off; never shows an address',
    )
    .addOption(makeFlag('--focal-point <slug>', 'list only those of this focal point', makeParser(slug)))
    .action((_flags, command) => list(command));
  group
    .command('show')
    .description('Show one endpoint with its address')
    .argument('<id>', 'id of the endpoint, or at least its first 8 digits')
    .action((id, _flags, command) => show(id, command));
}

/** The state of an endpoint: on, off, waiting for its confirmation, or not used because its officer is no longer designated. */
function stateOf(directory: Directory, one: Endpoint, now: Date): 'on' | 'off' | 'waiting' | 'officer-out' {
  if (one.off?.code === 'waiting') return 'waiting';
  if (!one.enabled) return 'off';
  const designation = findDesignation(directory, one.focalPoint);
  return designation !== undefined && isOfficerInPlace(designation, one, now) ? 'on' : 'officer-out';
}

/** What waits for the confirmation: the endpoint itself if it is `new`, else a change of it. */
const waitingOf = ({ waiting }: Endpoint) =>
  waiting === undefined
    ? null
    : {
        new: waiting.change === undefined,
        since: waiting.since.toISOString(),
        until: waiting.until.toISOString(),
        by: waiting.who,
      };

/** An endpoint without its address, as everybody may see it. */
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
    return `${waiting.new ? '' : 'on, a change '}waits for confirmation until ${instantText(waiting.until)}`;
  if (state === 'officer-out') return 'officer out';
  if (state === 'on') return doubted > 0 ? `on, reported dead ${doubted} times` : 'on';
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
      ? ['There are no endpoints. Add one: amanat endpoint add']
      : formatTable(
          ['ID', 'FOCAL POINT', 'CHANNEL', 'RANK', 'SHOWS', 'OFFICER', 'STATE', 'CERTIFICATE UNTIL (UTC)'],
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
        : [['reported dead by its channel', `${doubted} times in a row`] as [string, string]]),
      ...(waiting === null
        ? []
        : [
            ['waits for confirmation', `until ${waiting.until}, requested by ${waiting.by}`] as [
              string,
              string,
            ],
          ]),
      ...(off === null ? [] : [['off', `${off.code}, since ${off.since ?? 'unknown'}`] as [string, string]]),
    ]),
  );
}
