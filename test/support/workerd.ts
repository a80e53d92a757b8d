/** The Workers entry in workerd on this machine: `wrangler dev --local`, offline, without an account. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SettingValues } from '../../src/config/settings.ts';
import { PATIENCE } from './patience.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface WorkerdProcess {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** What it wrote so far: the log lines of the entry, and wrangler's own. */
  output(): string;
  /** Runs what the cron trigger runs. */
  tick(): Promise<Response>;
  close(): Promise<void>;
}

/**
 * Starts the entry as `wrangler.toml` has it, with these secrets and this database. Everything wrangler keeps lands in
 * a folder that is thrown away.
 */
export async function startWorker(databaseUrl: string, values: SettingValues): Promise<WorkerdProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'amanat-worker-'));
  const secrets = join(folder, 'secrets.env');
  writeFileSync(secrets, envFile(values), { mode: 0o600 });
  const child = spawn(process.execPath, argumentsFor(folder, secrets), {
    cwd: ROOT,
    // A group of its own: workerd and esbuild are its children and end with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(folder, databaseUrl),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const killWithUs = () => killGroup(child);
  process.once('exit', killWithUs);
  const close = async (): Promise<void> => {
    killGroup(child);
    await ended;
    process.off('exit', killWithUs);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = await untilReady(child, () => output);
    const tick = () => fetch(`${url}/cdn-cgi/local/scheduled`, { signal: AbortSignal.timeout(PATIENCE) });
    return { url, output: () => output, tick, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** Single quotes: what stands between them is taken as it is, `\n` of JSON included. */
const envFile = (values: SettingValues): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}='${value ?? ''}'\n`)
    .join('');

/** Ports are the system's to choose. */
function argumentsFor(folder: string, secrets: string): string[] {
  const wrangler = createRequire(import.meta.url).resolve('wrangler/package.json');
  return [
    join(wrangler, '..', 'bin', 'wrangler.js'),
    ...['dev', '--local', '--config', join(ROOT, 'wrangler.toml'), '--env-file', secrets],
    ...['--ip', '127.0.0.1', '--port', '0', '--inspector-port', '0', '--persist-to', join(folder, 'state')],
    '--show-interactive-dev-session=false',
  ];
}

/** Little of ours, so that nobody's account, settings or proxy is used, and nothing is asked of the network. */
const environment = (folder: string, databaseUrl: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: folder,
  XDG_CONFIG_HOME: folder,
  TMPDIR: folder,
  CI: 'true',
  NO_COLOR: '1',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_LOG_PATH: join(folder, 'logs'),
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE: databaseUrl,
});

function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself a moment ago.
  }
}

/** The address it says it listens on. */
function untilReady(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((found, failed) => {
    const late = setTimeout(
      () => failed(new Error(`wrangler was not ready in time:\n${output()}`)),
      PATIENCE,
    );
    const look = (): void => {
      const url = /Ready on (http:\/\/[\w.]+:\d+)/.exec(output())?.[1];
      if (url === undefined) return;
      clearTimeout(late);
      found(url);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', () => {
      clearTimeout(late);
      failed(new Error(`wrangler ended before it was ready:\n${output()}`));
    });
    child.once('error', (fault) => failed(fault));
  });
}
