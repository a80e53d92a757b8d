/** The page that asks for the PIN before it shows anything of a message. */
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { present } from '../domain/words/present.ts';
import {
  givePinAtLink,
  type LinkPurpose,
  leavePinAtLink,
  type PinQuestion,
  readPinQuestion,
} from '../flow/acknowledgement/pin-question.ts';
import type { Phrasing, Reaching, Showing } from '../gateway-parts.ts';
import { type Html, PAGE_HEADERS, renderPage } from './page.ts';
import { answerRefusedPage } from './refused.ts';
import { checkSameSite, forgetSession, keepSession, readFields, readVisitor } from './visitor.ts';

const ROOMS = { read: '/r/', acknowledge: '/a/', confirm: '/c/' } as const;

/** Renders a field for six digits. The browser must not save the PIN. */
export const renderPinField = (name: string, label: string): Html =>
  html`<label>${label}<input name="${name}" type="password" inputmode="numeric" autocomplete="off" maxlength="12" required></label>`;

/** Renders the warning above the form after a wrong PIN. */
export const renderWarning = (text: string): Html => html`<p class="urgent" role="alert">${text}</p>`;

/**
 * Redirects a GET of a form's address to the page with the form, without any check. A phone makes that call when it opens its
 * browser again.
 */
export const redirectTo =
  (purpose: LinkPurpose) =>
  (context: Context): Response =>
    context.redirect(`${ROOMS[purpose]}${encodeURIComponent(context.req.param('token') ?? '')}`, 303);

/** On a duty phone: renders the link with which the next officer says who reads. */
export const renderNotYou = (
  { translate: words }: Phrasing,
  lang: string,
  purpose: LinkPurpose,
  token: string,
): Html =>
  html`<form method="post" action="${ROOMS[purpose]}${token}/pin">
    <button class="file" name="leave" value="yes">${words(lang, 'page-not-you')}</button></form>`;

/** On a duty phone: renders the choice of its officers. */
const chooser = (
  { translate: words }: Phrasing,
  { lang, officers }: PinQuestion,
  chosen: string | undefined,
): Html =>
  html`<label>${words(lang, 'pin-who')}<select name="officer" required><option value=""></option>
    ${officers.map(({ id, initials }) => html`<option value="${id}" ${id === chosen ? 'selected' : ''}>${initials}</option>`)}</select></label>`;

interface Asking {
  readonly action: string;
  readonly told?: Html;
  readonly chosen?: string | undefined;
}

const asking = (gateway: Phrasing, asked: PinQuestion, { action, told, chosen }: Asking): Html => {
  const say = gateway.translate;
  const { lang } = asked;
  // Not after a wrong PIN, because that attempt is recorded for the chosen officer.
  const why =
    told === undefined ? `${say(lang, 'pin-why')} ${say(lang, 'pin-nothing-yet')}` : say(lang, 'pin-why');
  const who = asked.officers.length === 0 ? '' : chooser(gateway, asked, chosen);
  return renderPage(
    lang,
    `Amanat: ${say(lang, 'pin-title')}`,
    html`<section><h1>${say(lang, 'pin-title')}</h1><p>${why}</p>${told ?? ''}
    <form method="post" action="${action}">${who}${renderPinField('pin', say(lang, 'pin-label'))}
    <button>${say(lang, 'pin-go')}</button></form></section>`,
  );
};

/** Renders what to do if there is no PIN to ask for, or it is locked. */
const stopped = ({ translate: words }: Phrasing, lang: string, why: 'none' | 'locked'): Html =>
  renderPage(
    lang,
    `Amanat: ${words(lang, 'start-title')}`,
    html`<section><h1>${words(lang, 'start-title')}</h1>${renderWarning(words(lang, `pin-${why}`))}</section>`,
  );

/**
 * Renders the question for the PIN at a link.
 * @throws Refusal where the link itself is not valid
 */
export async function renderPinPage(gateway: Showing, context: Context, purpose: LinkPurpose): Promise<Html> {
  const token = context.req.param('token') ?? '';
  const asked = await readPinQuestion(gateway, token, purpose, readVisitor(gateway, context));
  return asked.state === 'ask'
    ? asking(gateway, asked, { action: `${ROOMS[purpose]}${token}/pin` })
    : stopped(gateway, asked.lang, asked.state);
}

async function given(gateway: Reaching, context: Context, purpose: LinkPurpose): Promise<Response> {
  checkSameSite(gateway, context);
  const token = context.req.param('token') ?? '';
  const fields = await readFields(gateway, context);
  const visitor = readVisitor(gateway, context);
  if (fields.has('leave')) {
    await leavePinAtLink(gateway, token, visitor);
    forgetSession(gateway, context);
    return context.redirect(`${ROOMS[purpose]}${token}`, 303);
  }
  const chosen = fields.get('officer') ?? undefined;
  const typed = { pin: fields.get('pin') ?? '', ...present({ officer: chosen }) };
  const answer = await givePinAtLink(gateway, { token, purpose }, visitor, typed);
  const { lang, given: come, session } = answer;
  const say = gateway.translate;
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
      const told = renderWarning(say(lang, `pin-${come.kind}`, values));
      const asked = await readPinQuestion(gateway, token, purpose, visitor);
      const action = `${ROOMS[purpose]}${token}/pin`;
      return context.html(asking(gateway, asked, { action, told, chosen }), 403);
    }
  }
}

export function pinRoutes(gateway: Reaching): Hono {
  const answer = (purpose: LinkPurpose) => async (context: Context) => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) context.header(name, value);
    return given(gateway, context, purpose).catch((thrown) =>
      answerRefusedPage(gateway, context, thrown, purpose),
    );
  };
  return new Hono()
    .get('/r/:token/pin', redirectTo('read'))
    .get('/a/:token/pin', redirectTo('acknowledge'))
    .get('/c/:token/pin', redirectTo('confirm'))
    .post('/r/:token/pin', answer('read'))
    .post('/a/:token/pin', answer('acknowledge'))
    .post('/c/:token/pin', answer('confirm'));
}
