/** The operator's page explains exactly the groups of findings that `amanat doctor` has. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CHECK_NAMES } from '../../src/entry/doctor/examine.ts';

test('docs/operate.md has a line for each group of the doctor', () => {
  const page = readFileSync(new URL('../../docs/operate.md', import.meta.url), 'utf8');
  const table = /^\| group \|.*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(page)?.[1] ?? '';
  const explained = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  expect(explained.toSorted()).toEqual([...CHECK_NAMES].toSorted());
});
