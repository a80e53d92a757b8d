/** A gateway of commit 707277f in a separate process, from the history of this checkout. */
import { execFileSync, fork } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { restoreDatabase, type TestDatabase } from './database.ts';

const COMMIT = '707277f';
const ROOT = join(import.meta.dirname, '../..');
const CHILD = join(ROOT, 'test/fixtures/at-707277f/gateway.ts.txt');

/** Whether the history has the commit: a shallow clone, or a package, does not. */
export const HAS_COMMIT = ((): boolean => {
  try {
    execFileSync('git', ['-C', ROOT, 'cat-file', '-e', `${COMMIT}^{commit}`], { stdio: 'ignore' });
    return true;
  } catch {
    process.stdout.write(`skipped: the history of this checkout has no ${COMMIT}\n`);
    return false;
  }
})();

export interface OldGateway {
  /** Makes it do something, by a name of the table in `gateway.ts.txt`. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are another program's
  ask(verb: string, ...args: readonly unknown[]): Promise<any>;
  close(): Promise<void>;
}

/**
 * Starts one.
 * @param given what its rig is made of: authorities, hosts it may reach, when the agreement was made
 */
export async function startOldGateway(given: object): Promise<OldGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'amanat-707277f-'));
  const archive = execFileSync(
    'git',
    ['-C', ROOT, 'archive', COMMIT, 'src', 'adapters', 'test/support', 'package.json'],
    {
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const script = join(folder, 'test/support/gateway.ts');
  copyFileSync(CHILD, script);
  const database: TestDatabase = await restoreDatabase('');
  const options = JSON.stringify({ ...given, server: inject('server'), name: database.name });
  const child = fork(script, [options], {
    execPath: process.execPath,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, (answer: { value?: unknown; fault?: string }) => void>();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void ended.then(() => {
    for (const answer of waiting.values()) answer({ fault: 'the process ended' });
  });
  child.on('message', (answer: { id: number; value?: unknown; fault?: string }) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  let last = 0;
  const answered = (id: number) =>
    new Promise((resolve, reject) =>
      waiting.set(id, ({ value, fault }) =>
        fault === undefined ? resolve(value) : reject(new Error(fault)),
      ),
    );
  await answered(0);
  return {
    ask: (verb, ...args) => {
      last += 1;
      const answer = answered(last);
      child.send({ id: last, verb, args });
      return answer;
    },
    close: async () => {
      child.disconnect();
      await ended;
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
