import { expect, test } from 'vitest';
import type { PostInit } from '../../src/domain/carriage/outbound-fetch.ts';
import { createPublicFetch } from '../../src/entry/outgoing-worker.ts';
import { never } from '../support/patience.ts';

const init: PostInit = {
  method: 'POST',
  headers: {},
  body: new Uint8Array(),
  redirect: 'manual',
  signal: never(),
};

/** The calls that were allowed. */
function calls(allow: readonly string[]) {
  const went: string[] = [];
  const fetch = createPublicFetch(allow, async (url) => {
    went.push(url);
    return new Response(null, { status: 204 });
  });
  return { went, fetch: (url: string) => fetch(url, init) };
}

test.each([
  'https://8.8.8.8/',
  'https://partner.example/hook',
  'https://partner.example.:8443/',
  'https://[2606:4700:4700::1111]/',
  'https://localhost.example.com/',
])('%s is called', async (url) => {
  const { went, fetch } = calls([]);
  expect((await fetch(url)).status).toBe(204);
  expect(went).toEqual([url]);
});

test.each([
  'http://partner.example/hook',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://127.0.0.1./',
  'https://10.0.0.8/',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/',
  'https://[::ffff:7f00:1]/',
  'https://[fd00::1]/',
  'https://localhost/',
  'https://LOCALHOST./',
  'https://db.localhost/',
  'https://metadata.google.internal/',
  'https://printer.local/',
  'https://intranet/',
])('%s is refused without a call', async (url) => {
  const { went, fetch } = calls([]);
  await expect(fetch(url)).rejects.toMatchObject({ code: 'ERR_ADDRESS_REFUSED' });
  expect(went).toEqual([]);
});

test('a host on the list may have any address and use plain HTTP, on the named port', async () => {
  const { went, fetch } = calls(['127.0.0.1:8099']);
  await fetch('http://127.0.0.1:8099/hook');
  expect(went).toEqual(['http://127.0.0.1:8099/hook']);
  await expect(fetch('http://127.0.0.1:8098/hook')).rejects.toMatchObject({ code: 'ERR_ADDRESS_REFUSED' });
});

test('the refusal does not repeat the address', async () => {
  const fault = await calls([]).fetch('https://10.1.2.3/secret').catch(String);
  expect(fault).not.toMatch(/10\.1|secret/);
});

test('a list that cannot be read is refused at once', () => {
  expect(() => calls(['http://127.0.0.1/'])).toThrow('configuration');
});
