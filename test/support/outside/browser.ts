/** A browser without script: it opens pages, keeps its cookies, fills in forms and presses buttons. */

import { present } from '../../../src/domain/words/present.ts';
import { callUntilAnswered } from './calling.ts';

type Fields = Readonly<Record<string, string>>;

interface Form {
  readonly action: string;
  /** The page after its first button. */
  readonly button: Fields;
  /** The names of its text fields. */
  readonly inputs: readonly string[];
}

export interface OpenedPage {
  readonly status: number;
  readonly html: string;
  /** Whether it has a text field of this name. */
  asks(name: string): boolean;
  /** Presses the first button of the form that has these fields; by default of the first form. */
  press(fields?: Fields): Promise<OpenedPage>;
}

/** Opens a link in a new browser, as an officer does. */
export const openPage = (url: string): Promise<OpenedPage> => load(url, new Map());

async function load(url: string, cookies: Map<string, string>, sent?: Fields): Promise<OpenedPage> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { ...present({ cookie: cookie === '' ? undefined : cookie }) };
  const init =
    sent === undefined ? { headers } : { method: 'POST', headers, body: new URLSearchParams(sent) };
  const answer = await callUntilAnswered(async () => ({ url, init }));
  for (const set of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=;]+)=([^;]*)/.exec(set) ?? [];
    if (name !== undefined && value !== undefined) cookies.set(name, value);
  }
  const next = answer.headers.get('location');
  if (answer.status === 303 && next !== null) return load(new URL(next, url).href, cookies);
  const forms = formsOf(answer.text);
  return {
    status: answer.status,
    html: answer.text,
    asks: (name) => forms.some((one) => one.inputs.includes(name)),
    press: (fields = {}) => {
      const found = forms.find((one) => takes(one, fields));
      if (found === undefined) throw new Error(`the page (status ${answer.status}) has no such button`);
      return load(new URL(found.action, url).href, cookies, { ...found.button, ...fields });
    },
  };
}

const takes = ({ button, inputs }: Form, fields: Fields): boolean =>
  Object.entries(fields).every(([name, value]) => inputs.includes(name) || button[name] === value);

/** Forms that post. */
const formsOf = (html: string): Form[] =>
  [...html.matchAll(/<form method="post" action="([^"]+)">(.*?)<\/form>/gs)].map(
    ([, action = '', inner = '']) => {
      const [, name, value] = /<button[^>]*\bname="([^"]+)" value="([^"]*)"/.exec(inner) ?? [];
      const inputs = [...inner.matchAll(/<input name="([^"]+)"/g)].map(([, one = '']) => one);
      return { action, button: name === undefined || value === undefined ? {} : { [name]: value }, inputs };
    },
  );
