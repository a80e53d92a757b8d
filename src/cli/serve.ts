/** `amanat serve`: runs the gateway of the home folder until a signal ends it. */

import { type Command, Option } from 'commander';
import { CHANNELS } from '../domain/party/channel.ts';
import { type HomeFolder, readHome } from '../entry/home/home.ts';
import type { ServedGateway } from '../entry/server/serving.ts';
import { startWatchdog } from '../entry/server/watchdog.ts';
import { createPinoLog } from '../entry/telling/log-pino.ts';
import { demoCountriesOf } from '../seal/demo-anchors.ts';
import { formatPairs, printAnswer, showProgress } from './output.ts';
import { terminalOf } from './terminal.ts';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const NUMBER_OF = { SIGINT: 2, SIGTERM: 15 } as const;

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('Run the gateway until a signal ends it')
    .addOption(
      new Option('--log-level <level>', 'lowest level that is logged to standard error')
        .choices(LEVELS)
        .default('info'),
    )
    .action((_flags, command) => serve(command));
}

async function serve(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const home = readHome(terminal.home, terminal.env);
  const log = createPinoLog(command.opts<{ logLevel: string }>().logLevel);
  const ended = signalled();
  const stopWatching = startWatchdog();
  const { serveGateway } = await import('../entry/server/serving.ts');
  const serving = await showProgress(terminal, 'Starting', () => serveGateway(home, log));
  const stop = new AbortController();
  try {
    const warnings = [
      ...(process.pid === 1 ? [FIRST_PROCESS] : []),
      ...waiting(serving),
      ...demoCountriesOf(serving.gateway.anchors).map(demoWarning),
      ...(await watched(home, serving, stop.signal)),
    ];
    const { examineQuickly } = await import('../entry/doctor/examine.ts');
    const findings = await examineQuickly(home, serving, log);
    for (const warning of warnings) log.warn('serve.warning', { warning });
    const { gateway, notStarted } = serving;
    const document = {
      serving: gateway.url,
      channels: CHANNELS.filter((one) => gateway.adapters.has(one)),
      not_started: notStarted.map(({ channel, detail }) => ({ channel, detail })),
      not_working: gateway.parts.failing(),
      metrics: metricsPlace(serving),
      warnings,
      findings,
    };
    printAnswer(terminal, document, () => [
      ...formatPairs([
        ['serving', document.serving],
        ['channels', document.channels.join(', ') || 'none'],
        ...document.not_started.map(
          ({ channel, detail }) => ['not started', `${channel}: ${detail}`] as const,
        ),
        ...document.not_working.map((part) => ['not working', `${part}: see "amanat doctor"`] as const),
        ['metrics', document.metrics],
        ...warnings.map((warning) => ['check', warning] as const),
        ...findings.map(({ check, detail }) => ['check', `${check}: ${detail}`] as const),
      ]),
    ]);
    await ended;
  } finally {
    stop.abort();
    await showProgress(terminal, 'Finishing open work', () => serving.close());
    await stopWatching();
  }
}

/** The kernel ignores a signal that process 1 sends to itself, so the watchdog could not end the process. */
const FIRST_PROCESS =
  'the watchdog cannot end this process, because it is the first one of its container: run it under an init ' +
  '(docker run --init)';

/** Where monitoring finds the metrics, or why they are not served. */
function metricsPlace({ gateway, metricsAddress }: ServedGateway): string {
  const { key } = gateway.metricsAccess;
  const asked = key === undefined ? '' : ', behind AMANAT_METRICS_KEY';
  if (metricsAddress !== undefined) {
    const { host, port } = metricsAddress;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}/metrics${asked}`;
  }
  return key === undefined
    ? 'not served: set AMANAT_METRICS_LISTEN or AMANAT_METRICS_KEY'
    : `${gateway.url}/metrics${asked}`;
}

/** A home from before grants were signed starts work only after its operator has adopted them. */
const waiting = ({ gateway }: ServedGateway): readonly string[] =>
  gateway.guard.state() === 'not-adopted'
    ? [
        'the gateway accepts and sends nothing yet: first check the grants in the database with amanat grants adopt',
      ]
    : [];

/** Printed at every start, because statements of a demo authority look like any other. */
const demoWarning = (country: string): string =>
  `the authority trusted for ${country} is a DEMO (not real): no country is responsible for its statements; before the ` +
  `first real case, put the certificate of the real authority into certs/${country}/ and delete this one`;

/** Resolves at the first signal to end; a second signal ends the process at once. */
const signalled = (): Promise<void> =>
  new Promise((resolve) => {
    let before = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (before) process.exit(128 + NUMBER_OF[signal]);
        before = true;
        resolve();
      });
    }
  });

/** Starts the checks of channels and disk, and returns what is wrong at the start. A broken channel does not stop another. */
async function watched(
  home: HomeFolder,
  { gateway }: ServedGateway,
  stop: AbortSignal,
): Promise<readonly string[]> {
  const {
    makeAuthoritiesLook: authoritiesLook,
    canBeCalled,
    listLooks: looksFor,
    watchParts,
  } = await import('../entry/server/part-watch.ts');
  const found = await watchParts([...looksFor(home, gateway), authoritiesLook(gateway)], gateway, stop);
  const isDeaf = gateway.adapters.has('telegram') && !canBeCalled(home, gateway.url);
  return [
    ...found.map(({ detail, todo }) => `${detail}: ${todo}`),
    ...(isDeaf ? ['telegram: the gateway gets no updates, because Telegram calls only https addresses'] : []),
  ];
}
