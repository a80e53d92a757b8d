/** The case around a message, for the officer who opened it: whose turn it is, and the other messages of the thread. */
import { html } from 'hono/html';
import type { CaseSoFar, Earlier, Offered } from '../flow/word/earlier.ts';
import type { Gateway } from '../gateway.ts';
import { bodyHtml, handlingHtml } from './message-body.ts';
import { facts, type Html, page } from './page.ts';

/** Whose turn it is and until when, and a button for each other message; `token` is that of the link to read by. */
export function caseSection(
  gateway: Gateway,
  lang: string,
  { turn, earlier, isDamaged }: CaseSoFar,
  token: string,
): Html {
  const say = gateway.words;
  const buttons = earlier.map(
    (one) =>
      html`<button class="file" formaction="/r/${token}/thread/${one.id}">${titleOf(gateway, lang, one)}</button>`,
  );
  const others =
    earlier.length === 0
      ? ''
      : html`<h2>${say(lang, 'page-earlier')}</h2><p class="soft">${say(lang, 'page-earlier-note')}</p>
        <form method="post">${buttons}</form>`;
  const damage = isDamaged ? html`<p class="urgent">${say(lang, 'page-thread-damaged')}</p>` : '';
  const now = isDamaged && turn === undefined ? '' : turnHtml(gateway, lang, turn);
  return html`<section><h2>${say(lang, 'page-thread')}</h2>${damage}${now}${others}</section>`;
}

function turnHtml(gateway: Gateway, lang: string, turn: CaseSoFar['turn']): Html {
  const say = gateway.words;
  if (turn === undefined) return html`<p>${say(lang, 'page-turn-nobody')}</p>`;
  const at = say(lang, 'moment', { at: turn.until });
  const until = turn.isOverdue
    ? html`<span class="urgent">${say(lang, 'page-turn-late', { at })}</span>`
    : at;
  return facts([
    [say(lang, 'page-turn'), turn.owner],
    [
      say(lang, 'page-turn-act'),
      say(lang, turn.noWay === true ? 'page-turn-no-way' : `reminder-act-${turn.act}`),
    ],
    [say(lang, 'page-turn-until'), until],
  ]);
}

const titleOf = (gateway: Gateway, lang: string, { type, from, at }: Offered): string =>
  gateway.words(lang, 'page-earlier-message', { type: gateway.words(lang, `type-${type}`), from, at });

/** Another message of the case, opened. Its files are with its own link. */
export function earlierPage(gateway: Gateway, { officer, offered, message }: Earlier): Html {
  const { lang } = officer;
  return page(
    lang,
    'Amanat',
    html`<section><h1>${gateway.words(lang, `type-${offered.type}`)}</h1>
    <p class="soft">${titleOf(gateway, lang, offered)}</p>${handlingHtml(gateway, lang, message)}</section>
    <section>${bodyHtml(gateway, lang, message)}</section>`,
  );
}
