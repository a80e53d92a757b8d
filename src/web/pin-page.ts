/** The page that asks for the PIN, before anything of a message is shown. */
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { givePinAt, pinAskedAt } from '../flow/word/asking.ts';
import type { Gateway } from '../gateway.ts';
import type { LinkRow } from '../store/records.ts';
import { type Html, PAGE_HEADERS, page } from './page.ts';
import { refusedPage } from './refused.ts';
import { checkSameSite, fieldsOf, keepSession, visitorOf } from './visitor.ts';

type Purpose = LinkRow['purpose'];
const ROOMS = { read: '/r/', acknowledge: '/a/' } as const;

/** A field for six digits. What is typed is never kept by the browser. */
export const pinField = (name: string, label: string): Html =>
  html`<label>${label}<input name="${name}" type="password" inputmode="numeric" autocomplete="off" maxlength="12" required></label>`;

/** What is said over the form of a PIN that was not taken. */
export const warned = (text: string): Html => html`<p class="urgent" role="alert">${text}</p>`;

const asking = (gateway: Gateway, lang: string, action: string, told: Html | string): Html => {
  const say = gateway.words;
  return page(
    lang,
    'Amanat',
    html`<section><h1>${say(lang, 'pin-title')}</h1><p>${say(lang, 'pin-why')}</p>${told}
    <form method="post" action="${action}">${pinField('pin', say(lang, 'pin-label'))}
    <button>${say(lang, 'pin-go')}</button></form></section>`,
  );
};

/** There is nothing to ask: what to do is said. */
const stopped = ({ words }: Gateway, lang: string, why: 'none' | 'locked'): Html =>
  page(
    lang,
    'Amanat',
    html`<section><h1>${words(lang, 'pin-title')}</h1>${warned(words(lang, `pin-${why}`))}</section>`,
  );

/**
 * Asks for the PIN at a link.
 * @throws Refusal where the link itself is to be refused
 */
export async function pinPage(gateway: Gateway, context: Context, purpose: Purpose): Promise<Html> {
  const token = context.req.param('token') ?? '';
  const { lang, state } = await pinAskedAt(gateway, token, purpose, visitorOf(gateway, context));
  return state === 'ask'
    ? asking(gateway, lang, `${ROOMS[purpose]}${token}/pin`, '')
    : stopped(gateway, lang, state);
}

async function given(gateway: Gateway, context: Context, purpose: Purpose): Promise<Response> {
  checkSameSite(gateway, context);
  const token = context.req.param('token') ?? '';
  const fields = await fieldsOf(gateway, context);
  const typed = fields.get('pin') ?? '';
  const answer = await givePinAt(gateway, token, purpose, visitorOf(gateway, context), typed);
  const { lang, given: come, session } = answer;
  const say = gateway.words;
  switch (come.kind) {
    case 'right':
      if (session !== undefined) keepSession(gateway, context, session);
      return context.redirect(`${ROOMS[purpose]}${token}`, 303);
    case 'none':
    case 'locked':
      return context.html(stopped(gateway, lang, come.kind), 403);
    case 'unreadable':
    case 'wrong': {
      const values = come.kind === 'wrong' ? { left: come.left } : {};
      const told = warned(say(lang, `pin-${come.kind}`, values));
      return context.html(asking(gateway, lang, `${ROOMS[purpose]}${token}/pin`, told), 403);
    }
  }
}

export function pinPages(gateway: Gateway): Hono {
  const answer = (purpose: Purpose) => async (context: Context) => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) context.header(name, value);
    return given(gateway, context, purpose).catch((thrown) => refusedPage(gateway, context, thrown));
  };
  return new Hono().post('/r/:token/pin', answer('read')).post('/a/:token/pin', answer('acknowledge'));
}
