/** The zone in which a focal point reads times. */
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

test('a zone for the focal point takes precedence over one for its country', () => {
  for (const all of [
    [withMalaysia, withCambodia],
    [withCambodia, withMalaysia],
  ]) {
    expect(zoneOfFocalPoint(all, NUNUKAN, now)).toBe('Asia/Makassar');
    expect(zoneOfFocalPoint(all, JAYAPURA, now)).toBe('Asia/Pontianak');
  }
});

test('an agreement without the country as a party does not change its zone', () => {
  const others = terms(
    'kh-my',
    { ID: { zone: 'Asia/Jayapura', desks: { [NUNUKAN.did]: 'Asia/Jayapura' } } },
    { parties: ['KH', 'MY'], from: '2026-06-01T00:00:00Z' },
  );
  expect(zoneOfFocalPoint([withMalaysia, others], NUNUKAN, now)).toBe('Asia/Makassar');
  expect(zoneOfFocalPoint([others], JAYAPURA, now)).toBe('Asia/Jakarta');
});

test('an agreement in force takes precedence over an ended one, which still gives the office’s zone', () => {
  const moved = terms('a-later', { ID: { zone: 'Asia/Jakarta', desks: { [NUNUKAN.did]: 'Asia/Jayapura' } } });
  const over = { ...withMalaysia, until: '2026-06-01T00:00:00Z' };
  expect(zoneOfFocalPoint([over], NUNUKAN, now)).toBe('Asia/Makassar');
  expect(zoneOfFocalPoint([over, moved], NUNUKAN, now)).toBe('Asia/Jayapura');
});

test('a newer version in force takes precedence over the one it replaces', () => {
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
])('if no agreement gives a zone for %s it is %s', (country, zone) => {
  expect(zoneOfFocalPoint([terms('none')], { did: 'did:web:one.example', country }, now)).toBe(zone);
});
