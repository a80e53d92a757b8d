/** The queue in front of the Bot API: which call is next, and that no call is lost or made twice. */
import { expect, test } from 'vitest';
import { createSendingLine, type LineRank } from '../../../adapters/telegram/line.ts';

const never = new AbortController().signal;
/** A call that is under way until it is ended. */
function call(rank: LineRank, line: ReturnType<typeof createSendingLine>, begun: LineRank[]) {
  let end = (): void => {};
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  const done = line.enter(rank, never, () => {
    begun.push(rank);
    return held;
  });
  return { end, done };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('slow answers to strangers leave capacity for everything else, and a notice gets a place at once', async () => {
  const line = createSendingLine();
  const begun: LineRank[] = [];
  const strangers = Array.from({ length: 500 }, () => call(3, line, begun));
  await turn();
  expect(begun).toHaveLength(6);
  const officers = Array.from({ length: 500 }, () => call(2, line, begun));
  const routine = Array.from({ length: 500 }, () => call(1, line, begun));
  await turn();
  expect(begun.length).toBe(40);
  const notice = call(0, line, begun);
  await turn();
  expect(begun.at(-1)).toBe(0);
  for (const one of [...strangers, ...officers, ...routine, notice]) one.end();
  await Promise.all([...strangers, ...officers, ...routine, notice].map(({ done }) => done));
  expect(begun).toHaveLength(1_501);
});

test('waiting calls are started by rank, not by time of arrival', async () => {
  const line = createSendingLine();
  const begun: LineRank[] = [];
  const full = Array.from({ length: 48 }, () => call(0, line, begun));
  await turn();
  const waiting = ([3, 2, 1, 0] as const).map((rank) => call(rank, line, begun));
  await turn();
  expect(begun).toHaveLength(48);
  for (const one of full) one.end();
  for (const one of waiting) one.end();
  await Promise.all(waiting.map(({ done }) => done));
  expect(begun.slice(48)).toEqual([0, 1, 2, 3]);
});

test('a call whose time is up leaves the queue, and does nothing afterwards', async () => {
  const line = createSendingLine();
  const begun: LineRank[] = [];
  const full = Array.from({ length: 6 }, () => call(3, line, begun));
  const stop = new AbortController();
  const gone = line.enter(3, stop.signal, async () => 'done');
  stop.abort();
  expect(await gone).toBeUndefined();
  expect(await line.enter(3, stop.signal, async () => 'done')).toBeUndefined();
  for (const one of full) one.end();
  await Promise.all(full.map(({ done }) => done));
  expect(await line.enter(3, never, async () => 'done')).toBe('done');
});

test('a failed call frees its place', async () => {
  const line = createSendingLine();
  for (let n = 0; n < 100; n += 1)
    await expect(line.enter(3, never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await line.enter(3, never, async () => 'done')).toBe('done');
});
