/**
 * A browser without script: it follows links and redirects, posts the forms of the gateway's pages, and keeps its
 * cookies.
 */

import { present } from '../../src/domain/words/present.ts';
import type { Application } from '../../src/entry/application.ts';

export interface BrowserPage {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The addresses to which the forms of the page post, in order. */
  readonly forms: readonly string[];
}

export interface TestBrowser {
  open(url: string): Promise<BrowserPage>;
  submit(url: string, fields?: Readonly<Record<string, string>>): Promise<BrowserPage>;
}

/** A new browser for an application; `url` may be a path. */
export function openBrowser(app: Application, origin: string): TestBrowser {
  const cookies = new Map<string, string>();
  const ask = async (url: string, init: RequestInit): Promise<BrowserPage> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, ...present({ cookie: cookie === '' ? undefined : cookie }) };
    const response = await app.request(new URL(url, origin).href, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const next = response.headers.get('location');
    if (response.status === 303 && next !== null) return ask(new URL(next, new URL(url, origin)).href, {});
    const text = await response.text();
    const forms = [...text.matchAll(/<form method="post" action="([^"]+)"/g)].map(
      ([, action = '']) => action,
    );
    return { status: response.status, headers: response.headers, text, forms };
  };
  return {
    open: (url) => ask(url, {}),
    submit: (url, fields = {}) =>
      ask(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      }),
  };
}
