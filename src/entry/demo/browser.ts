/** A browser without script: opens a page, keeps its cookies, presses the buttons of its forms. */
import { insist } from './insist.ts';

interface Form {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Page {
  readonly status: number;
  readonly html: string;
  /** Presses the first button that brings this value; of a form without values, its only button. */
  press(value?: string): Promise<Page>;
}

/** Opens a link with no history, as an officer's browser does. */
export const openPage = (url: string): Promise<Page> => load(url, new Map());

async function load(url: string, cookies: Map<string, string>, form?: Form): Promise<Page> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { ...(cookie === '' ? {} : { cookie }) };
  const init =
    form === undefined ? { headers } : { method: 'POST', headers, body: new URLSearchParams(form.fields) };
  const answer = await insist(async () => ({ url, init }));
  for (const set of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=;]+)=([^;]*)/.exec(set) ?? [];
    if (name !== undefined && value !== undefined) cookies.set(name, value);
  }
  const forms = formsOf(answer.text);
  return {
    status: answer.status,
    html: answer.text,
    press: (value) => {
      const found = forms.find((one) => value === undefined || Object.values(one.fields).includes(value));
      if (found === undefined) throw new Error(`the page (status ${answer.status}) has no such button`);
      return load(new URL(found.action, url).href, cookies, found);
    },
  };
}

/** Forms that post, each with the value its first button brings. */
function formsOf(html: string): Form[] {
  return [...html.matchAll(/<form method="post" action="([^"]+)">(.*?)<\/form>/gs)].map(
    ([, action = '', inner = '']) => {
      const [, name, value] = /<button[^>]*\bname="([^"]+)" value="([^"]*)"/.exec(inner) ?? [];
      return { action, fields: name === undefined || value === undefined ? {} : { [name]: value } };
    },
  );
}
