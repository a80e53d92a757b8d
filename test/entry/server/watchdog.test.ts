/**
 * A process whose event loop is blocked is ended by its watchdog, logs the reason, and another process continues its
 * work. A process that only has to wait goes on.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Bench, benchOnServer, freePort } from '../../cli/child.ts';
import { makeHome, postWaiting, withGateway } from '../../support/cli-home.ts';
import { answerNever, answerStatus, type HttpPeer, startPeer } from '../../support/http-peer.ts';
import { WAIT } from '../../support/patience.ts';

const PROGRAM = new URL('../../support/stuck-child.ts', import.meta.url).pathname;

let at: Bench;
let peer: HttpPeer;
let id: string;

beforeAll(async () => {
  [at, peer] = [await benchOnServer(), await startPeer()];
  const url = `http://127.0.0.1:${await freePort()}`;
  await makeHome(at, url);
});
afterAll(async () => {
  await at?.close();
  await peer?.close();
});

/** Seconds as the program has them: a busy machine keeps a loop that runs from its turn for less. */
const LIMIT = 10;

/** Starts the gateway whose loop can be made to stand. */
async function stuck() {
  const env = { ...process.env, ...at.values, AMANAT_ALLOW: peer.host };
  const child = spawn(process.execPath, [PROGRAM, at.home, String(LIMIT)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.on('data', (part: Buffer) => {
    words += part;
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('close', (_code, signal) => resolve(signal)),
  );
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return { child, ended, words: () => words };
}

const tasksOf = (pid: number | undefined): readonly string[] => readdirSync(`/proc/${pid}/task`);

const deliveries = () =>
  withGateway(at, async (gateway) =>
    (await gateway.store.messages.readMessage(id))?.deliveries.map((one) => one.state),
  );

test('a blocked process ends itself by a signal with a line in the log, and another process sends what it had claimed', async () => {
  id = await withGateway(at, (gateway) => postWaiting(at.home, gateway, `${peer.url}/desk`));
  peer.answer(answerNever);
  const { child, ended, words } = await stuck();
  // The delivery is claimed and under way when the loop stands.
  await vi.waitUntil(() => peer.received.length === 1, WAIT);
  child.send('stand');
  expect(await ended).toBe('SIGALRM');
  expect(
    words()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([{ level: 60, time: expect.any(String), event: 'watchdog.ended', seconds: LIMIT }]);
  expect(await deliveries()).toEqual(['queued']);

  peer.answer(answerStatus(200));
  const served = await at.serve({ AMANAT_ALLOW: peer.host });
  await vi.waitUntil(() => peer.received.length === 2, WAIT);
  await vi.waitFor(async () => expect(await deliveries()).toEqual(['delivered']), WAIT);
  const [first, second] = peer.received;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  await served.end('SIGTERM');
});

test('a process that was suspended and continues is not ended', async () => {
  const { child, ended, words } = await stuck();
  child.kill('SIGSTOP');
  await sleep((LIMIT + 3) * 1_000);
  child.kill('SIGCONT');
  await sleep(2_000);
  child.kill('SIGTERM');
  expect([await ended, words()]).toEqual(['SIGTERM', '']);
});

/** The first processor that this process may use, and whether a process can be bound to it (`taskset` and `renice` of util-linux). */
const processor = ((): string | undefined => {
  const can = ['taskset', 'renice'].every((tool) => spawnSync(tool, ['--version']).status === 0);
  return can
    ? /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    : undefined;
})();

test.skipIf(processor === undefined)(
  'a process that others keep from the processor for longer than the limit is not ended',
  async () => {
    const { child, ended, words } = await stuck();
    const spin = 'process.stdout.write("spins"); for (;;);';
    const busy = spawn('taskset', ['-c', String(processor), process.execPath, '-e', spin]);
    try {
      await new Promise((resolve) => busy.stdout.once('data', resolve));
      // The lowest rank on the same processor gets about one part in seventy of it: a third of a second becomes twenty seconds or more.
      spawnSync('taskset', ['-apc', String(processor), String(child.pid)]);
      for (const task of tasksOf(child.pid)) spawnSync('renice', ['-n', '19', '-p', task]);
      const computed = new Promise((resolve) => child.once('message', resolve));
      child.send('compute');
      expect(await Promise.race([computed, ended])).toBe('computed');
    } finally {
      busy.kill('SIGKILL');
    }
    child.kill('SIGTERM');
    expect([await ended, words()]).toEqual(['SIGTERM', '']);
  },
);
