/** Instants in statements: RFC 3339 in UTC, in years in which this system can have been used. */
import { expect, test } from 'vitest';
import { instant } from '../../../src/domain/party/designation.ts';

test.each(['2000-01-01T00:00:00Z', '2026-11-30T10:20:30.123Z', '2099-12-31T23:59:59.999Z'])('%s', (text) => {
  expect(instant.safeParse(text).success).toBe(true);
});

test.each([
  '1999-12-31T23:59:59Z',
  '2100-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '0000-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-11-30T10:20:30+07:00',
  '2026-11-30',
  `2026-11-30T10:20:30.${'0'.repeat(40)}Z`,
])('not %s', (text) => {
  expect(instant.safeParse(text).success).toBe(false);
});
