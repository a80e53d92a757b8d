/** The stage: what is put up for one run of the demo, and taken down whatever happened. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerTelegram, type ServedGateway, serveGateway } from '../src/entry/server/serving.ts';
import type { Log, LogFields } from '../src/log.ts';
import type { Company } from './company.ts';
import type { House } from './houses.ts';
import { type DemoSetting, makeDemoSetting } from './setting.ts';

/** A house whose gateway is served. */
export interface ServedHouse extends House {
  /** Opened, as a command line finds it. */
  readonly gateway: ServedGateway['gateway'];
}

export interface DemoStage {
  /** What went wrong in the gateways, to be shown only where the demo fails. */
  readonly troubles: readonly string[];
  /** Starts all that stands outside and makes the home folders; `signal` ends it between two steps. */
  set(company: Company, signal: AbortSignal): Promise<DemoSetting>;
  /** Serves the gateways over it. */
  serve(): Promise<readonly ServedHouse[]>;
  /** Stops all that was started, or is starting just now, and removes the folder. */
  clear(): Promise<void>;
}

export function createStage(): DemoStage {
  const troubles: string[] = [];
  let folder: string | undefined;
  let setting: Promise<DemoSetting> | undefined;
  let serving: readonly Promise<ServedGateway>[] = [];
  return {
    troubles,
    set: (company, signal) => {
      folder = mkdtempSync(join(tmpdir(), 'amanat-demo-'));
      // PostgreSQL, which does not run as root, must be able to pass through.
      chmodSync(folder, 0o711);
      setting = makeDemoSetting({ folder, company, signal });
      return setting;
    },
    serve: async () => {
      if (setting === undefined) throw new Error('there is nothing to serve yet');
      const { houses, clock } = await setting;
      serving = houses.map(({ home, slug }) =>
        serveGateway(home, troubleLog(slug, troubles), { now: clock.now, throwaway: true }),
      );
      const served = await Promise.all(serving);
      for (const one of served) checkServing(one);
      await Promise.all(houses.map(({ home, url }) => registerTelegram(home.values, url)));
      return houses.flatMap((house, n) => {
        const one = served[n];
        return one === undefined ? [] : [{ ...house, gateway: one.gateway }];
      });
    },
    clear: async () => {
      try {
        // What stands outside goes first: it holds calls open while it insists on an answer of a gateway.
        await closed(setting);
        await Promise.all(serving.map(closed));
      } finally {
        if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** @throws Error that names what a gateway cannot do: a story in which that goes unnoticed shows nothing */
export function checkServing({
  gateway,
  notStarted = [],
}: Pick<ServedGateway, 'gateway'> & Partial<ServedGateway>): void {
  const failing = [...notStarted.map(({ channel }) => channel), ...gateway.parts.failing()];
  if (failing.length === 0) return;
  throw new Error(`the gateway at ${gateway.url} has parts that do not work: ${failing.join(', ')}`);
}

/** What did not start needs no stopping. */
async function closed(starting: Promise<{ close(): Promise<void> }> | undefined): Promise<void> {
  const one = await starting?.catch(() => undefined);
  await one?.close();
}

function troubleLog(slug: string, troubles: string[]): Log {
  const keep = (event: string, fields: LogFields = {}): void => {
    if (troubles.length < 10) troubles.push(`${slug}: ${event} ${JSON.stringify(fields)}`);
  };
  return { info: () => {}, warn: keep, error: keep };
}
