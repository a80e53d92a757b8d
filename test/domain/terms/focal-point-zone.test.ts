/** On which clock a focal point reads. */
import { expect, test } from 'vitest';
import { zoneOfFocalPoint } from '../../../src/domain/terms/focal-point-zone.ts';

const NUNUKAN = { did: 'did:web:gateway.id.example:fp:nunukan', country: 'ID' };
const JAYAPURA = { did: 'did:web:gateway.id.example:fp:jayapura', country: 'ID' };
const now = new Date('2026-11-30T02:00:00Z');

const terms = (id: string, calendars?: object, over: object = {}) => ({
  id,
  version: 1,
  parties: ['ID', 'MY'],
  from: '2026-01-01T00:00:00Z',
  until: '2027-01-01T00:00:00Z',
  ...(calendars === undefined ? {} : { calendars: calendars as never }),
  ...over,
});
const withMalaysia = terms('id-my', {
  ID: { zone: 'Asia/Jakarta', hours: '24x7', desks: { [NUNUKAN.did]: 'Asia/Makassar' } },
  MY: { zone: 'Asia/Kuala_Lumpur', hours: '24x7' },
});
const withCambodia = terms('id-kh', { ID: { zone: 'Asia/Pontianak', hours: '24x7' } });

test('what an agreement names for the focal point comes before what one says of its country', () => {
  for (const all of [
    [withMalaysia, withCambodia],
    [withCambodia, withMalaysia],
  ]) {
    expect(zoneOfFocalPoint(all, NUNUKAN, now)).toBe('Asia/Makassar');
    expect(zoneOfFocalPoint(all, JAYAPURA, now)).toBe('Asia/Pontianak');
  }
});

test('an agreement that the country is no party to moves none of its clocks', () => {
  const others = terms(
    'kh-my',
    { ID: { zone: 'Asia/Jayapura', desks: { [NUNUKAN.did]: 'Asia/Jayapura' } } },
    { parties: ['KH', 'MY'], from: '2026-06-01T00:00:00Z' },
  );
  expect(zoneOfFocalPoint([withMalaysia, others], NUNUKAN, now)).toBe('Asia/Makassar');
  expect(zoneOfFocalPoint([others], JAYAPURA, now)).toBe('Asia/Jakarta');
});

test('what is in force comes before what has ended, which still tells where the office is', () => {
  const moved = terms('a-later', { ID: { zone: 'Asia/Jakarta', desks: { [NUNUKAN.did]: 'Asia/Jayapura' } } });
  const over = { ...withMalaysia, until: '2026-06-01T00:00:00Z' };
  expect(zoneOfFocalPoint([over], NUNUKAN, now)).toBe('Asia/Makassar');
  expect(zoneOfFocalPoint([over, moved], NUNUKAN, now)).toBe('Asia/Jayapura');
});

test('a newer version in force comes before the one it replaces', () => {
  const newer = terms(
    'id-my',
    { ID: { zone: 'Asia/Jakarta', desks: { [NUNUKAN.did]: 'Asia/Jayapura' } } },
    { version: 2, from: '2026-06-01T00:00:00Z' },
  );
  expect(zoneOfFocalPoint([withMalaysia, newer], NUNUKAN, now)).toBe('Asia/Jayapura');
});

test.each([
  ['ID', 'Asia/Jakarta'],
  ['MY', 'Asia/Kuala_Lumpur'],
  ['KH', 'Asia/Phnom_Penh'],
  ['XX', 'UTC'],
])('where no agreement says anything of %s it is %s', (country, zone) => {
  expect(zoneOfFocalPoint([terms('none')], { did: 'did:web:one.example', country }, now)).toBe(zone);
});
