/** The stage: everything that one run of the demo starts, and stops in every case. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerTelegram, type ServedGateway, serveGateway } from '../src/entry/server/serving.ts';
import type { Log, LogFields } from '../src/log.ts';
import type { Company } from './company.ts';
import type { House } from './houses.ts';
import { type DemoSetting, makeDemoSetting } from './setting.ts';

/** One gateway of the demo, served. */
export interface ServedHouse extends House {
  /** The opened gateway, as a command opens it. */
  readonly gateway: ServedGateway['gateway'];
}

export interface DemoStage {
  /** Errors in the gateways; printed only if the demo fails. */
  readonly troubles: readonly string[];
  /** Starts the systems outside and makes the home folders; `signal` stops it between two steps. */
  set(company: Company, signal: AbortSignal): Promise<DemoSetting>;
  /** Serves the gateways in this setting. */
  serve(): Promise<readonly ServedHouse[]>;
  /** Stops everything that was started or is being started, and removes the folder. */
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
      // PostgreSQL does not run as root, so its user must be able to pass through the folder.
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
        // The systems outside stop first: otherwise they keep calls open while they wait for a gateway's answer.
        await closed(setting);
        await Promise.all(serving.map(closed));
      } finally {
        if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** @throws Error that names the parts of a gateway that do not work: the demo must not pass without them */
export function checkServing({
  gateway,
  notStarted = [],
}: Pick<ServedGateway, 'gateway'> & Partial<ServedGateway>): void {
  const failing = [...notStarted.map(({ channel }) => channel), ...gateway.parts.failing()];
  if (failing.length === 0) return;
  throw new Error(`the gateway at ${gateway.url} has parts that do not work: ${failing.join(', ')}`);
}

/** Closes what has started; a part that did not start needs no closing. */
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
