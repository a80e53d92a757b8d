/** The stage: what is put up for one run of the demo, and taken down whatever happened. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fields, Log } from '../../log.ts';
import { registerTelegram, type Serving, serveGateway } from '../node.ts';
import { makeSetting, type Setting } from './setting.ts';

export interface Stage {
  /** What went wrong in the gateway, to be shown only where the demo fails. */
  readonly troubles: readonly string[];
  /** Starts all that stands outside and makes the home folder. */
  set(): Promise<Setting>;
  /** Serves the gateway over it. */
  serve(): Promise<Serving>;
  /** Stops all that was started, or is starting just now, and removes the folder. */
  clear(): Promise<void>;
}

export function emptyStage(): Stage {
  const troubles: string[] = [];
  let folder: string | undefined;
  let setting: Promise<Setting> | undefined;
  let serving: Promise<Serving> | undefined;
  return {
    troubles,
    set: () => {
      folder = mkdtempSync(join(tmpdir(), 'amanat-demo-'));
      // PostgreSQL, which does not run as root, must be able to pass through.
      chmodSync(folder, 0o711);
      setting = makeSetting(join(folder, 'home'));
      return setting;
    },
    serve: async () => {
      if (setting === undefined) throw new Error('there is nothing to serve yet');
      const { home, url } = await setting;
      serving = serveGateway(home, troubleLog(troubles));
      const served = await serving;
      await registerTelegram(home.values, url);
      return served;
    },
    clear: async () => {
      try {
        for (const starting of [serving, setting]) {
          const one = await starting?.catch(() => undefined);
          await one?.close();
        }
      } finally {
        if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

function troubleLog(troubles: string[]): Log {
  const keep = (event: string, fields: Fields = {}): void => {
    if (troubles.length < 10) troubles.push(`${event} ${JSON.stringify(fields)}`);
  };
  return { info: () => {}, warn: keep, error: keep };
}
