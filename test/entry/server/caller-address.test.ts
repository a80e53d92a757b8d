/** The network for which a call is counted: headers that callers write are used only behind known proxies. */
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../../src/config/settings.ts';
import { makeNetworkReader } from '../../../src/entry/server/caller-address.ts';
import { createAddressMarker } from '../../../src/seal/address-mark.ts';

let told = 0;
const plain = makeNetworkReader([], () => {
  told += 1;
});
const behind = makeNetworkReader(['127.0.0.1', '10.0.0.0/8', 'fd00::/8'], () => {
  throw new Error('the proxy is known');
});

describe('without proxies', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
    ['2001:db8:1:2:ffff::', '2001:db8:1:2::'],
    ['127.0.0.1', '127.0.0.1'],
    ['fe80::1%eth0', 'fe80::'],
  ])('the socket %s is %s', (socket, network) => {
    expect(plain({ socket })).toBe(network);
  });

  test('the header of a public caller is not trusted', () => {
    expect(plain({ socket: '198.41.0.4', forwarded: '203.0.113.7' })).toBe('198.41.0.4');
    expect(told).toBe(0);
  });

  test('an unknown proxy is reported, and its address is not used for any caller', () => {
    expect(plain({ socket: '127.0.0.1', forwarded: '203.0.113.7' })).toBeUndefined();
    expect(told).toBe(1);
  });

  test.each([undefined, '', 'no address', '999.1.1.1'])('the socket "%s" is nobody', (socket) => {
    expect(plain({ socket })).toBeUndefined();
  });
});

describe('behind own proxies', () => {
  test.each([
    ['127.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['10.9.8.7', '192.0.2.1, 203.0.113.7, 10.1.1.1', '203.0.113.7'],
    ['10.9.8.7', '203.0.113.7:4711', '203.0.113.7'],
    ['fd00::1', '"junk", [2001:db8::1]:443', '2001:db8::'],
    ['10.9.8.7', '203.0.113.7, junk', '10.9.8.7'],
    ['10.9.8.7', '', '10.9.8.7'],
    ['198.41.0.4', '192.0.2.1', '198.41.0.4'],
  ])('%s with "%s" is %s', (socket, forwarded, network) => {
    expect(behind({ socket, forwarded })).toBe(network);
  });

  test('a header of a megabyte costs no more than its end', () => {
    const forwarded = `${'203.0.113.7, '.repeat(80_000)}10.0.0.1`;
    expect(behind({ socket: '127.0.0.1', forwarded })).toBe('203.0.113.7');
  });
});

test('the proxies are read from the configuration, and anything else is refused with the setting named', () => {
  const values = { AMANAT_URL: 'https://g.test', AMANAT_MASTER_KEY: 'x', AMANAT_GATEWAY_KEY: '{}' };
  const read = (proxies: string) =>
    readSettings({
      ...values,
      AMANAT_ANCHORS: JSON.stringify([{ country: 'ID', pem: 'invented' }]),
      AMANAT_PROXIES: proxies,
    }).proxies;
  expect(read('127.0.0.1, 10.0.0.0/8, ::1')).toEqual(['127.0.0.1', '10.0.0.0/8', '::1']);
  for (const wrong of ['proxy.internal', '10.0.0.0/33', '1.2.3', '*'])
    expect(() => read(wrong)).toThrow('AMANAT_PROXIES');
});

test('a mark distinguishes addresses for a day, is the same in every process, and contains no address', () => {
  const [one, other] = [
    createAddressMarker('invented-master-key'),
    createAddressMarker('invented-master-key'),
  ];
  const today = new Date('2026-11-30T08:00:00Z');
  const mark = one('203.0.113.7', today);
  expect(mark).toMatch(/^[\w-]{22}$/);
  expect(other('203.0.113.7', new Date('2026-11-30T23:59:59Z'))).toBe(mark);
  expect(one('203.0.113.8', today)).not.toBe(mark);
  expect(one('203.0.113.7', new Date('2026-12-01T00:00:00Z'))).not.toBe(mark);
  expect(createAddressMarker('another-master-key')('203.0.113.7', today)).not.toBe(mark);
});
