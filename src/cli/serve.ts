/** `amanat serve`: the gateway of the home folder, until a signal ends it. */

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
    .description('Serve the gateway until it is told to end')
    .addOption(
      new Option('--log-level <level>', 'what is logged to standard error').choices(LEVELS).default('info'),
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
        ...warnings.map((warning) => ['look at', warning] as const),
        ...findings.map(({ check, detail }) => ['look at', `${check}: ${detail}`] as const),
      ]),
    ]);
    await ended;
  } finally {
    stop.abort();
    await showProgress(terminal, 'Finishing what is under way', () => serving.close());
    await stopWatching();
  }
}

/** The kernel keeps signals of its own from the first process of a machine or container. */
const FIRST_PROCESS =
  'this is the first process of its container, which its watchdog cannot end: run it under an init ' +
  '(docker run --init)';

/** Where monitoring finds the numbers, or why it does not. */
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

/** A home from before grants were signed is served when its operator has looked through them. */
const waiting = ({ gateway }: ServedGateway): readonly string[] =>
  gateway.guard.state() === 'not-adopted'
    ? ['nothing is taken or sent yet: look through the grants in the database, amanat grants adopt']
    : [];

/** Said at every start: what such an authority signs looks like any other statement. */
const demoWarning = (country: string): string =>
  `the authority trusted for ${country} is a DEMO (not real): no country answers for what it signs; put the ` +
  `certificate of the real one into certs/${country}/, and take this one out, before a real case comes`;

/** Resolves at the first signal to end; the second ends at once. */
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

/** Looks at channels and disk from now on; what is wrong at the start is said. A channel that does not work keeps no other. */
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
    ...(isDeaf ? ['telegram: no updates come in, because Telegram calls https addresses only'] : []),
  ];
}
