import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CODES_BY_FATE } from '../../../src/domain/carriage/non-delivery.ts';

test('the published table of outcomes is the one in use', () => {
  const text = readFileSync(new URL('../../../docs/wire.md', import.meta.url), 'utf8');
  const section = text.slice(text.indexOf('## Each recipient by itself'), text.indexOf('## Threads'));
  const rows = [...section.matchAll(/^\| `([a-z]+)` \|([^|]*)\|/gm)].map(([, fate = '', codes = '']) => [
    fate,
    [...codes.matchAll(/`([a-z-]+)`/g)].map(([, one]) => one),
  ]);
  expect(Object.fromEntries(rows)).toEqual(CODES_BY_FATE);
});
