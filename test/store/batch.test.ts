/** Entries that wait while one batch is under way go into the next. */
import { expect, test } from 'vitest';
import { type BatchResult, batchReads, createBatcher } from '../../src/store/batch.ts';

/** Work that waits until the test releases it, and remembers its batches. */
function workshop(limits: { inFlight: number; entries: number; bytes: number }) {
  const batches: (readonly number[])[] = [];
  const gates: (() => void)[] = [];
  const work = (entries: readonly number[]): Promise<readonly BatchResult<string>[]> => {
    batches.push(entries);
    return new Promise((done) =>
      gates.push(() =>
        done(entries.map((one) => (one < 0 ? { fault: new Error(`${one}`) } : { answer: `${one}` }))),
      ),
    );
  };
  const release = async (): Promise<void> => {
    gates.shift()?.();
    await new Promise((done) => setImmediate(done));
  };
  const call = createBatcher<number, string>({
    work,
    weigh: (one) => Math.abs(one),
    limits,
    isOfOne: () => false,
  });
  return { call, batches, release };
}
const turn = () => new Promise((done) => setImmediate(done));

test('requests made at the same time go together; later ones wait for the next batch', async () => {
  const { call, batches, release } = workshop({ inFlight: 1, entries: 10, bytes: 1_000 });
  const first = [call(1), call(2)];
  await turn();
  const all = Promise.allSettled([...first, call(3), call(-4), call(5)]);
  await turn();
  expect(batches).toEqual([[1, 2]]);
  await release();
  expect(batches).toEqual([
    [1, 2],
    [3, -4, 5],
  ]);
  await release();
  expect(await all).toEqual([
    { status: 'fulfilled', value: '1' },
    { status: 'fulfilled', value: '2' },
    { status: 'fulfilled', value: '3' },
    { status: 'rejected', reason: new Error('-4') },
    { status: 'fulfilled', value: '5' },
  ]);
});

test('batches keep to the limits of count, bytes and number in flight', async () => {
  const { call, batches, release } = workshop({ inFlight: 2, entries: 3, bytes: 10 });
  const all = [1, 1, 1, 1, 50, 6, 4, 1].map((one) => call(one));
  await turn();
  expect(batches).toEqual([[1, 1, 1], [1]]);
  await release();
  expect(batches.slice(2)).toEqual([[50]]);
  await release();
  expect(batches.slice(3)).toEqual([[6, 4]]);
  await release();
  await release();
  await release();
  expect(batches.slice(4)).toEqual([[1]]);
  await Promise.all(all);
});

test('a failed batch is done again entry by entry if one of them may be the cause', async () => {
  const tried: (readonly number[])[] = [];
  const work = async (entries: readonly number[]): Promise<readonly BatchResult<number>[]> => {
    tried.push(entries);
    if (entries.includes(2)) throw new Error('two');
    return entries.map((answer) => ({ answer }));
  };
  const limits = { inFlight: 1, entries: 10, bytes: 100 };
  const call = createBatcher<number, number>({ work, weigh: () => 1, limits, isOfOne: () => true });
  const ended = await Promise.allSettled([1, 2, 3].map((one) => call(one)));
  expect(ended.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(tried).toEqual([[1, 2, 3], [1], [2], [3]]);
  const stiff = createBatcher<number, number>({ work, weigh: () => 1, limits, isOfOne: () => false });
  const all = await Promise.allSettled([1, 2, 3].map((one) => stiff(one)));
  expect(all.map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected']);
});

test('an entry that conflicts goes again, before later ones; finished entries are not done twice', async () => {
  const done: string[] = [];
  const work = async (entries: readonly string[]): Promise<readonly BatchResult<string>[]> => {
    const lanes = new Set<string>();
    return entries.map((one) => {
      const lane = one.slice(0, 1);
      if (lanes.has(lane)) return { again: true };
      lanes.add(lane);
      done.push(one);
      return one === 'b3' ? { fault: new Error(one) } : { answer: one };
    });
  };
  const limits = { inFlight: 1, entries: 3, bytes: 100 };
  const call = createBatcher<string, string>({ work, weigh: () => 1, limits, isOfOne: () => true });
  const ended = await Promise.allSettled(['a1', 'a2', 'b1', 'a3', 'b2', 'b3'].map((one) => call(one)));
  expect(ended.map((one) => one.status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
  ]);
  expect(done.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
  expect(done.filter((one) => one.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
});

test('a missing answer is a fault, not an endless wait', async () => {
  const limits = { inFlight: 1, entries: 10, bytes: 100 };
  const call = createBatcher<number, number>({
    work: async () => [],
    weigh: () => 1,
    limits,
    isOfOne: () => false,
  });
  await expect(call(1)).rejects.toThrow(/got no answer/);
});

test('a read is sent after its request: its answer is never older than the request', async () => {
  let kept = 'old';
  const gates: (() => void)[] = [];
  const read = batchReads(async (asked: readonly string[]) => {
    const seen = kept;
    await new Promise<void>((open) => gates.push(open));
    return asked.map((one) => `${one} ${seen}`);
  });
  const before = [read('a'), read('b')];
  await turn();
  const queued = [read('c'), read('d')];
  await turn();
  kept = 'new';
  for (let n = 0; n < 2; n += 1) {
    gates[n]?.();
    await turn();
  }
  expect(await Promise.all(before)).toEqual(['a old', 'b old']);
  expect(await Promise.all(queued)).toEqual(['c new', 'd new']);
  expect(gates).toHaveLength(2);
});
