/** Agreements and their versions: which may follow which, which one is in force, and where two overlap. */
import { describe, expect, test } from 'vitest';
import { type Agreement, agreementSchema } from '../../../src/domain/terms/agreement.ts';
import {
  checkAgreementVersion,
  compareByPrecedence,
  findOverlaps,
} from '../../../src/domain/terms/agreement-versions.ts';
import { catchRefusal } from '../../support/people.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const DESK = 'did:web:gateway.test:fp:desk';
const SHELTER = 'did:web:gateway.test:fp:shelter';

const signed = (over: object = {}): Agreement =>
  agreementSchema.parse({
    kind: 'agreement',
    id: 'id-kh',
    version: 1,
    title: 'Test',
    parties: ['ID', 'KH'],
    rules: [{ from: ['KH'], to: ['ID'], types: ['report', 'text'], handling: ['H0', 'H1'] }],
    from: '2026-01-01T00:00:00Z',
    until: '2028-01-01T00:00:00Z',
    ...over,
  });

const version = (number: number, from: string, over: object = {}): Agreement =>
  signed({ version: number, from: `${from}T00:00:00Z`, ...over });

describe('a version among the others', () => {
  const kept = [version(1, '2026-01-01'), version(3, '2026-09-01')];
  test.each([
    ['the first', signed({ id: 'other' }), []],
    ['between two', version(2, '2026-05-01'), kept],
    ['the next', version(4, '2026-10-01'), kept],
    ['the parties in another order', version(4, '2026-10-01', { parties: ['KH', 'ID'] }), kept],
    ['the same again', version(3, '2026-09-01'), kept],
  ])('%s fits', (_name, one, others) => {
    expect(() => checkAgreementVersion(one, others)).not.toThrow();
  });

  test.each([
    ['begins with the one before', version(4, '2026-09-01')],
    ['begins before the one before', version(4, '2026-06-01')],
    ['begins with the one after', version(2, '2026-09-01')],
    ['begins after the one after', version(2, '2026-10-01')],
    ['is of other countries', version(4, '2026-10-01', { parties: ['ID', 'MY'] })],
    ['leaves a party out', version(4, '2026-10-01', { parties: ['ID'] })],
  ])('is refused if it %s', async (_name, one) => {
    expect(await catchRefusal(() => checkAgreementVersion(one, kept))).toBe('statement-refused');
  });
});

describe('an overlapping agreement is reported', () => {
  const countryOf = (did: string) => (did === DESK ? 'ID' : did === SHELTER ? 'KH' : undefined);
  const rule = (over: object) => ({ rules: [{ from: ['KH'], to: ['ID'], types: ['text'], ...over }] });
  const overlaps = (over: object): boolean =>
    findOverlaps(signed({ id: 'new', ...over }), [signed()], countryOf, NOW).length > 0;
  test.each([
    ['the same rule', {}, true],
    ['a focal point of the country', rule({ to: [DESK], from: [SHELTER] }), true],
    ['a focal point that is not known', rule({ to: ['did:web:else.test:fp:any'] }), true],
    ['a focal point of another country', rule({ to: [SHELTER] }), false],
    ['the other way round', rule({ from: ['ID'], to: ['KH'] }), false],
    ['another type', rule({ types: ['closure'] }), false],
    ['another handling', rule({ handling: ['H3'] }), false],
    ['after the other has ended', { from: '2028-01-01T00:00:00Z', until: '2029-01-01T00:00:00Z' }, false],
    ['over already', { until: '2026-11-20T02:00:00Z' }, false],
  ])('%s: %j', (_name, over, expected) => {
    expect(overlaps(over)).toBe(expected);
  });

  test('but not if a version of it replaces it in time, nor itself', () => {
    const one = signed({ id: 'new', from: '2027-01-01T00:00:00Z' });
    const narrow = version(2, '2026-12-01', { rules: [{ from: ['ID'], to: ['KH'], types: ['text'] }] });
    expect(findOverlaps(one, [signed(), narrow, one], countryOf, NOW)).toEqual([]);
    expect(findOverlaps(one, [signed()], countryOf, NOW).map((each) => each.id)).toEqual(['id-kh']);
  });
});

test('of several that cover a message the one that began last applies, the same at every gateway', () => {
  const a = signed({ id: 'a' });
  const b = signed({ id: 'b', from: '2026-01-01T00:00:00.000Z' });
  const later = signed({ id: 'c', from: '2026-06-01T00:00:00Z' });
  const higher = signed({ id: 'z', version: 2 });
  for (const list of [
    [a, b, later, higher],
    [higher, later, b, a],
  ])
    expect(list.toSorted(compareByPrecedence).map((one) => one.id)).toEqual(['c', 'z', 'a', 'b']);
});
