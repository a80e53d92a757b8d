/** Monitored gateways, and the prober that tests whether they answer, each in a separate process. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProbeResult } from './prober.ts';
import type { LoopFigures } from './watched.ts';

export interface WatchedGateway {
  readonly origin: string;
  readonly pid: number;
  /** The figures since the last request. */
  ask(): Promise<LoopFigures>;
  stop(): Promise<void>;
}

export interface Prober {
  ask(): Promise<ProbeResult>;
  stop(): void;
}

const start = (file: string, env: Readonly<Record<string, string>>, execArgv: readonly string[]) =>
  fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, ...env },
    execArgv: [...execArgv],
  });

async function asked<Answer>(child: ChildProcess): Promise<Answer> {
  const answer = once(child, 'message');
  child.send('ask');
  const [said] = await answer;
  return said as Answer;
}

/** Serves the gateway of a home folder. `flags` are flags of Node itself. */
export async function serveWatchedGateway(
  home: string,
  flags: readonly string[] = [],
): Promise<WatchedGateway> {
  const child = start('watched.ts', { BENCH_HOME: home }, flags);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    origin: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    ask: () => asked<LoopFigures>(child),
    async stop() {
      const gone = once(child, 'exit');
      child.send('stop');
      await gone;
    },
  };
}

/** Starts a prober. */
export function startProber(origin: string): Prober {
  const child = start('prober.ts', { BENCH_ORIGIN: origin }, []);
  return { ask: () => asked<ProbeResult>(child), stop: () => child.disconnect() };
}
