/** What was verified is trusted no longer than the certificate that it was verified by. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boundedMemory } from '../../src/domain/bounded-memory.ts';
import { directoryOf, find } from '../../src/flow/directory/directory.ts';
import { type Rig, rig } from '../support/rig.ts';
import { officer } from '../support/story.ts';

let house: Rig;
beforeAll(async () => {
  house = await rig();
});
afterAll(() => house?.close());

test('a designation counts no longer once the certificate of its authority has ended', async () => {
  await house.designate({ slug: 'desk', name: 'Desk', country: 'ID', officers: [officer()] });
  const known = async () => find(await directoryOf(house.gateway, ['desk']), 'desk');
  expect(await known()).toBeDefined();
  const [anchor] = house.gateway.anchors.filter((one) => one.country === 'ID');
  const left = ((anchor?.until.getTime() ?? 0) - house.gateway.now().getTime()) / 1_000;
  house.pass(left - 60);
  expect(await known()).toBeDefined();
  house.pass(120);
  expect(await known()).toBeUndefined();
});

test('a memory forgets what is over, and the oldest where it is full', () => {
  const memory = boundedMemory<number>(2);
  const at = (ms: number) => new Date(ms);
  memory.keep('a', 1, at(10));
  expect([memory.get('a', at(9)), memory.get('a', at(10)), memory.get('a', at(9))]).toEqual([
    1,
    undefined,
    undefined,
  ]);
  for (const [n, name] of ['b', 'c', 'd'].entries()) memory.keep(name, n, at(100));
  expect(['b', 'c', 'd'].map((name) => memory.get(name, at(0)))).toEqual([undefined, 1, 2]);
});
