/** Which designation is in force at a time, which of its keys, and what a withdrawal ends. */
import { expect, test } from 'vitest';
import type { Designation, PublicJwk } from '../../../src/domain/party/designation.ts';
import {
  designationInForceAt,
  effectiveDesignation,
  versionAt,
  type Withdrawal,
} from '../../../src/domain/party/in-force.ts';

const DID = 'did:web:gateway.test:fp:desk';
const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();
const at = (n: number): Date => new Date(day(n));
const key = (name: string): PublicJwk => ({ kty: 'OKP', crv: 'Ed25519', x: name, kid: `${DID}#${name}` });

const version = (from: number, over: Partial<Designation> = {}): Designation => ({
  kind: 'designation',
  authority: 'ID',
  focal_point: DID,
  slug: 'desk',
  name: `from ${from}`,
  country: 'ID',
  gateway: 'did:web:gateway.test',
  custody: 'gateway',
  officers: [],
  keys: { signing: [key('s1'), key('s2')], agreement: [key('a1'), key('a2')] },
  enc: ['A256CBC-HS512'],
  from: day(from),
  until: day(100),
  ...over,
});

const withdrawal = (from: number, through: number, country = 'ID'): Withdrawal => ({
  kind: 'withdrawal',
  authority: country,
  country,
  focal_point: DID,
  slug: 'desk',
  reason: 'keyCompromise',
  from: day(from),
  through: day(through),
});

test('the version that began last is in force, in any order of arrival; before all of them the first one', () => {
  const [one, two, three] = [version(0), version(10), version(20)];
  const all = [three, one, two];
  expect(versionAt(all, at(-1))).toBe(one);
  expect(versionAt(all, at(0))).toBe(one);
  expect(versionAt(all, at(15))).toBe(two);
  expect(versionAt(all, at(50))).toBe(three);
  expect(versionAt([], at(0))).toBeUndefined();
});

test('of two that begin together the one stored last is in force', () => {
  const [one, two] = [version(0, { name: 'one' }), version(0, { name: 'two' })];
  expect(versionAt([one, two], at(1))).toBe(two);
});

test('a newer version that has ended leaves no older one in force', () => {
  expect(designationInForceAt([version(0), version(10, { until: day(20) })], [], at(30))).toBeUndefined();
});

test('a key is in force until the instant it retires', () => {
  const one = version(0, { retires: { [`${DID}#s1`]: day(5), [`${DID}#a1`]: day(6) } });
  const left = (n: number) =>
    [
      ...(effectiveDesignation([one], [], at(n))?.keys.signing ?? []),
      ...(effectiveDesignation([one], [], at(n))?.keys.agreement ?? []),
    ].map(({ x }) => x);
  expect(left(4)).toEqual(['s1', 's2', 'a1', 'a2']);
  expect(left(5)).toEqual(['s2', 'a1', 'a2']);
  expect(left(6)).toEqual(['s2', 'a2']);
});

test('a withdrawal ends designations that begin by its "through", now at once and in the past from its "from"', () => {
  const all = [version(0), version(10), version(40)];
  const ends = [withdrawal(20, 40)];
  for (const now of [19, 20, 21, 50])
    expect(Date.parse(effectiveDesignation(all, ends, at(now))?.until ?? '')).toBeLessThanOrEqual(
      at(now).getTime(),
    );
  expect(designationInForceAt(all, ends, at(19))?.name).toBe('from 10');
  expect(designationInForceAt(all, ends, at(20))).toBeUndefined();
  expect(designationInForceAt(all, ends, at(45))).toBeUndefined();
  expect(designationInForceAt([...all, version(41)], ends, at(45))?.name).toBe('from 41');
});

test('a withdrawal of another country or of another focal point ends nothing', () => {
  const elsewhere = { ...withdrawal(20, 40), focal_point: `${DID}-2` };
  expect(designationInForceAt([version(0)], [withdrawal(20, 40, 'KH'), elsewhere], at(30))?.name).toBe(
    'from 0',
  );
});
