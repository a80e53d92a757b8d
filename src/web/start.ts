/** The start page: an officer sets a PIN, or enters the existing one, and then continues in the chat. */
import { type Context, Hono } from 'hono';
import { html, raw } from 'hono/html';
import { renderSVG } from 'uqr';
import {
  choosePin,
  givePinToStart,
  readStartState,
  START_PATH,
  type StartState,
} from '../flow/account/start.ts';
import type { Phrasing, Reaching } from '../gateway-parts.ts';
import { type Html, PAGE_HEADERS, renderPage } from './page.ts';
import { renderPinField, renderWarning } from './pin-page.ts';
import { answerRefusedPage } from './refused.ts';
import { checkSameSite, nameBrowser, readFields } from './visitor.ts';

/** Renders the page with the officer's name and the task. */
const framed = (
  { translate: words }: Phrasing,
  { lang, officer, focalPointName: focalPoint }: StartState,
  content: Html,
): Html =>
  renderPage(
    lang,
    `Amanat: ${words(lang, 'start-title')}`,
    html`<section><h1>${words(lang, 'start-title')}</h1>
    <p>${words(lang, 'start-as', { officer: officer.name, desk: focalPoint })}</p>${content}</section>`,
  );

function chooseForm({ translate: words }: Phrasing, { lang }: StartState, action: string): Html {
  return html`<p>${words(lang, 'start-choose')}</p><form method="post" action="${action}">
    ${renderPinField('pin', words(lang, 'start-pin'))}${renderPinField('again', words(lang, 'start-again'))}
    <button>${words(lang, 'start-set')}</button></form>`;
}

function giveForm({ translate: words }: Phrasing, { lang }: StartState, action: string): Html {
  return html`<p>${words(lang, 'start-give')}</p><form method="post" action="${action}">
    ${renderPinField('pin', words(lang, 'pin-label'))}<button>${words(lang, 'pin-go')}</button></form>`;
}

/** Renders the link into the chat, also as a QR code for another phone. */
async function chatHtml(
  { translate: words, adapters }: Reaching,
  { lang, chatCode, links }: StartState,
): Promise<Html> {
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
  starting: StartState,
  token: string,
  told: Html | string = '',
): Promise<Html> {
  const action = `${START_PATH}${token}`;
  switch (starting.step) {
    case 'choose':
      return framed(gateway, starting, html`${told}${chooseForm(gateway, starting, action)}`);
    case 'give':
      return framed(gateway, starting, html`${told}${giveForm(gateway, starting, action)}`);
    case 'locked':
    case 'lost':
      return framed(
        gateway,
        starting,
        renderWarning(gateway.translate(starting.lang, `pin-${starting.step}`)),
      );
    case 'done':
      return framed(gateway, starting, await chatHtml(gateway, starting));
  }
}

/** Renders why the typed PIN was refused; undefined if it was accepted. */
async function refusedBecause(
  gateway: Reaching,
  { lang, step }: StartState,
  { token, browser }: { readonly token: string; readonly browser: string },
  fields: URLSearchParams,
): Promise<Html | undefined> {
  const say = gateway.translate;
  const typed = fields.get('pin') ?? '';
  if (step === 'choose') {
    const chosen = await choosePin(gateway, token, browser, [typed, fields.get('again') ?? '']);
    return chosen === 'set' ? undefined : renderWarning(say(lang, `pin-${chosen}`));
  }
  if (step !== 'give') return undefined;
  const given = await givePinToStart(gateway, token, browser, typed);
  if (given.kind === 'right') return undefined;
  return renderWarning(say(lang, `pin-${given.kind}`, given.kind === 'wrong' ? { left: given.left } : {}));
}

export function startRoutes(gateway: Reaching): Hono {
  const answer = (make: (context: Context) => Promise<Response>) => async (context: Context) => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) context.header(name, value);
    return make(context).catch((thrown) => answerRefusedPage(gateway, context, thrown, 'start'));
  };
  const shown = async (context: Context): Promise<Response> => {
    const token = context.req.param('token') ?? '';
    const starting = await readStartState(gateway, token, nameBrowser(gateway, context));
    return context.html(await startHtml(gateway, starting, token));
  };
  const posted = async (context: Context): Promise<Response> => {
    checkSameSite(gateway, context);
    const token = context.req.param('token') ?? '';
    const browser = nameBrowser(gateway, context);
    const fields = await readFields(gateway, context);
    const before = await readStartState(gateway, token, browser);
    const told = await refusedBecause(gateway, before, { token, browser }, fields);
    const now = await readStartState(gateway, token, browser);
    return context.html(await startHtml(gateway, now, token, told), now.step === 'done' ? 200 : 403);
  };
  return new Hono().get(`${START_PATH}:token`, answer(shown)).post(`${START_PATH}:token`, answer(posted));
}
