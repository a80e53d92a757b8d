/** A server that ends by itself is started again until it runs, but not after it was told to stop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { keepServerRunning, type RevivedServer } from '../../../src/entry/postgres/reviving.ts';
import { silentLog } from '../../../src/log.ts';

const started: ChildProcess[] = [];
let kept: RevivedServer | undefined;
afterEach(async () => {
  await kept?.rest();
  for (const one of started.splice(0)) one.kill('SIGKILL');
});

const process = async (): Promise<ChildProcess> => {
  const one = spawn('sleep', ['600']);
  started.push(one);
  await once(one, 'spawn');
  return one;
};

/** Keeps a server whose start fails this often each time. */
async function keeping(failures: number) {
  const tries: string[] = [];
  const told: string[] = [];
  let left = failures;
  const launch = async (): Promise<ChildProcess> => {
    left -= 1;
    tries.push(left >= 0 ? 'failed' : 'started');
    if (left >= 0) throw new Error('invented');
    left = failures;
    return process();
  };
  const first = await process();
  const back = Promise.withResolvers<void>();
  const fate = {
    lost: () => void told.push('lost'),
    back: () => {
      told.push('back');
      back.resolve();
    },
  };
  kept = keepServerRunning(first, launch, silentLog, fate);
  return { kept, first, tries, told, back: back.promise };
}

test('it is started again until it runs, and the log says when it was lost and when it is back', async () => {
  const { kept: one, first, tries, told, back } = await keeping(2);
  first.kill('SIGKILL');
  await back;
  expect([tries, told]).toEqual([
    ['failed', 'failed', 'started'],
    ['lost', 'back'],
  ]);
  expect(one.server()).toBe(started.at(-1));
  expect(one.server().signalCode).toBeNull();
});

test('nothing is started after it was told to stop, neither a waiting attempt nor a later end', async () => {
  const { kept: one, first, tries } = await keeping(1_000);
  first.kill('SIGKILL');
  await once(first, 'close');
  await one.rest();
  const seen = tries.length;
  const other = await keeping(0);
  await other.kept.rest();
  other.first.kill('SIGKILL');
  await once(other.first, 'close');
  expect(other.tries).toEqual([]);
  expect(tries).toHaveLength(seen);
});
