/** `amanat agreement draft`: plain texts, or every type that may go between the countries that sign. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MESSAGE_NAMES } from '../../src/domain/message/message.ts';
import { type Bench, bench } from './child.ts';

let at: Bench;
beforeAll(() => {
  at = bench();
});
afterAll(() => at.close());

async function typesOf(name: string, ...more: readonly string[]): Promise<readonly string[]> {
  const out = at.file(`${name}.json`);
  const words = ['agreement', 'draft', '--id', name, '--title', 'Invented', ...more, '--out', out];
  expect((await at.json(words)).code).toBe(0);
  return JSON.parse(readFileSync(out, 'utf8')).rules[0].types;
}

test('only the agreement of one country with itself has tips', async () => {
  const two = ['--party', 'ID', '--party', 'KH'];
  expect(await typesOf('plain', ...two)).toEqual(['text']);
  expect(await typesOf('two', ...two, '--all-types')).toEqual(MESSAGE_NAMES.filter((one) => one !== 'tip'));
  expect(await typesOf('one', '--party', 'ID', '--all-types')).toEqual([...MESSAGE_NAMES]);
});
