/** The last day of a permission that another gateway sealed: nobody has checked it against the schema before. */
import { expect, test } from 'vitest';
import { checkPermissionBody } from '../../../src/domain/terms/permission.ts';

const third = 'did:web:gateway.example:fp:invented';
const original = {
  id: '01a20435a6c670bcb1970ec89baea445',
  type: 'report',
  sender: 'did:web:gateway.example:fp:sender',
  addressees: [],
  handling: 'H2',
} as const;
const check = (until: unknown, at: string): void =>
  checkPermissionBody(
    original,
    [third],
    { granted: true, original: original.id, third_party: { focal_point: third }, until },
    new Date(at),
  );

test('a permission lasts until its last day has ended everywhere', () => {
  expect(() => check(undefined, '2099-01-01T00:00:00Z')).not.toThrow();
  expect(() => check('2026-12-31', '2027-01-01T11:59:59Z')).not.toThrow();
  expect(() => check('2026-12-31', '2027-01-01T12:00:00Z')).toThrow('the permission has ended');
});

test.each(['whenever', '2026-02-30', '', 20_261_231, null])(
  'a permission until %j permits nothing',
  (until) => {
    expect(() => check(until, '2026-01-01T00:00:00Z')).toThrow('the last day of the permission is no date');
  },
);
