/** The start page: an officer sets the PIN, or gives the one there is, and is led to the chat. */
import { type Context, Hono } from 'hono';
import { html, raw } from 'hono/html';
import { renderSVG } from 'uqr';
import { choosePin, givePinToStart, START_PAGE, type Starting, startOf } from '../flow/account/start.ts';
import type { Phrasing, Reaching } from '../gateway-parts.ts';
import { type Html, PAGE_HEADERS, page } from './page.ts';
import { pinField, warned } from './pin-page.ts';
import { refusedPage } from './refused.ts';
import { browserOf, checkSameSite, fieldsOf } from './visitor.ts';

/** As whom, and what there is to do. */
const framed = ({ words }: Phrasing, { lang, officer, desk }: Starting, content: Html): Html =>
  page(
    lang,
    `Amanat: ${words(lang, 'start-title')}`,
    html`<section><h1>${words(lang, 'start-title')}</h1>
    <p>${words(lang, 'start-as', { officer: officer.name, desk })}</p>${content}</section>`,
  );

function chooseForm({ words }: Phrasing, { lang }: Starting, action: string): Html {
  return html`<p>${words(lang, 'start-choose')}</p><form method="post" action="${action}">
    ${pinField('pin', words(lang, 'start-pin'))}${pinField('again', words(lang, 'start-again'))}
    <button>${words(lang, 'start-set')}</button></form>`;
}

function giveForm({ words }: Phrasing, { lang }: Starting, action: string): Html {
  return html`<p>${words(lang, 'start-give')}</p><form method="post" action="${action}">
    ${pinField('pin', words(lang, 'pin-label'))}<button>${words(lang, 'pin-go')}</button></form>`;
}

/** The way on into the chat, as a link and as a code for another phone's camera. */
async function chatHtml({ words, adapters }: Reaching, { lang, chatCode, links }: Starting): Promise<Html> {
  const done = html`<p><strong>${words(lang, 'start-done')}</strong></p>`;
  if (!links || chatCode === undefined) return html`${done}<p>${words(lang, 'start-close')}</p>`;
  const link = await adapters.get('telegram')?.startLink?.(chatCode);
  const byHand = html`<p class="soft">${words(lang, 'start-by-hand')}</p><p><code>/start ${chatCode}</code></p>`;
  if (link === undefined) return html`${done}<p>${words(lang, 'start-no-link')}</p>${byHand}`;
  const code = renderSVG(link, { border: 2, pixelSize: 5 });
  return html`${done}<p>${words(lang, 'start-next')}</p>
    <p><a class="go" href="${link}" rel="noreferrer">${words(lang, 'start-link')}</a></p>
    <p class="soft">${words(lang, 'start-scan')}</p><p class="code">${raw(code)}</p>${byHand}`;
}

async function startHtml(
  gateway: Reaching,
  starting: Starting,
  token: string,
  told: Html | string = '',
): Promise<Html> {
  const action = `${START_PAGE}${token}`;
  switch (starting.step) {
    case 'choose':
      return framed(gateway, starting, html`${told}${chooseForm(gateway, starting, action)}`);
    case 'give':
      return framed(gateway, starting, html`${told}${giveForm(gateway, starting, action)}`);
    case 'locked':
    case 'lost':
      return framed(gateway, starting, warned(gateway.words(starting.lang, `pin-${starting.step}`)));
    case 'done':
      return framed(gateway, starting, await chatHtml(gateway, starting));
  }
}

/** Why what was typed was not taken; undefined where it was. */
async function refusedBecause(
  gateway: Reaching,
  { lang, step }: Starting,
  token: string,
  browser: string,
  fields: URLSearchParams,
): Promise<Html | undefined> {
  const say = gateway.words;
  const typed = fields.get('pin') ?? '';
  if (step === 'choose') {
    const chosen = await choosePin(gateway, token, browser, [typed, fields.get('again') ?? '']);
    return chosen === 'set' ? undefined : warned(say(lang, `pin-${chosen}`));
  }
  if (step !== 'give') return undefined;
  const given = await givePinToStart(gateway, token, browser, typed);
  if (given.kind === 'right') return undefined;
  return warned(say(lang, `pin-${given.kind}`, given.kind === 'wrong' ? { left: given.left } : {}));
}

export function startPages(gateway: Reaching): Hono {
  const answer = (make: (context: Context) => Promise<Response>) => async (context: Context) => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) context.header(name, value);
    return make(context).catch((thrown) => refusedPage(gateway, context, thrown, 'start'));
  };
  const shown = async (context: Context): Promise<Response> => {
    const token = context.req.param('token') ?? '';
    const starting = await startOf(gateway, token, browserOf(gateway, context));
    return context.html(await startHtml(gateway, starting, token));
  };
  const posted = async (context: Context): Promise<Response> => {
    checkSameSite(gateway, context);
    const token = context.req.param('token') ?? '';
    const browser = browserOf(gateway, context);
    const fields = await fieldsOf(gateway, context);
    const before = await startOf(gateway, token, browser);
    const told = await refusedBecause(gateway, before, token, browser, fields);
    const now = await startOf(gateway, token, browser);
    return context.html(await startHtml(gateway, now, token, told), now.step === 'done' ? 200 : 403);
  };
  return new Hono().get(`${START_PAGE}:token`, answer(shown)).post(`${START_PAGE}:token`, answer(posted));
}
