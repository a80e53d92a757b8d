/** `init` accepts no unencrypted address, unless a second flag allows it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, bench } from './child.ts';

let at: Bench;
beforeAll(() => {
  at = bench();
});
afterAll(() => at?.close());

const init = (url: string, ...more: string[]) => at.json(['init', '--url', url, ...more]);

test('http to other machines is refused, unless a second flag allows it', async () => {
  for (const url of ['http://gateway.example', 'http://192.0.2.7:8080', 'http://127.0.0.1.example']) {
    const { code, document } = await init(url);
    expect([url, code, document.error.code]).toEqual([url, 2, 'usage']);
  }
  expect((await init('http://gateway.example', '--plain-http')).code).toBe(0);
});
