/** Shows the case of an opened message: whose turn it is, and the other messages of the thread. */
import { html } from 'hono/html';
import type { Reader } from '../domain/words/phrases.ts';
import type { CaseSoFar, EarlierMessage, OfferedMessage } from '../flow/acknowledgement/earlier-messages.ts';
import type { Phrasing } from '../gateway-parts.ts';
import { renderBody, renderHandling } from './message-body.ts';
import { type Html, renderFacts, renderPage } from './page.ts';

/** Renders whose turn it is and until when, and a button for each other message. `token` is that of the reading link. */
export function renderCaseSection(
  gateway: Phrasing,
  reader: Reader,
  { turn, earlier, isDamaged }: CaseSoFar,
  token: string,
): Html {
  const say = gateway.translate;
  const buttons = earlier.map(
    (one) =>
      html`<button class="file" formaction="/r/${token}/thread/${one.id}">${titleOf(gateway, reader, one)}</button>`,
  );
  const others =
    earlier.length === 0
      ? ''
      : html`<h2>${say(reader, 'page-earlier')}</h2><p class="soft">${say(reader, 'page-earlier-note')}</p>
        <form method="post">${buttons}</form>`;
  const damage = isDamaged ? html`<p class="urgent">${say(reader, 'page-thread-damaged')}</p>` : '';
  const now = isDamaged && turn === undefined ? '' : turnHtml(gateway, reader, turn);
  return html`<section><h2>${say(reader, 'page-thread')}</h2>${damage}${now}${others}</section>`;
}

function turnHtml(gateway: Phrasing, reader: Reader, turn: CaseSoFar['turn']): Html {
  const say = gateway.translate;
  if (turn === undefined) return html`<p>${say(reader, 'page-turn-nobody')}</p>`;
  const at = say(reader, 'moment', { at: turn.until });
  const until = turn.isOverdue
    ? html`<span class="urgent">${say(reader, 'page-turn-late', { at })}</span>`
    : at;
  return renderFacts([
    [say(reader, 'page-turn'), turn.owner],
    [
      say(reader, 'page-turn-act'),
      say(reader, turn.hasNoEndpoint === true ? 'page-turn-no-way' : `reminder-act-${turn.act}`),
    ],
    [say(reader, 'page-turn-until'), until],
  ]);
}

const titleOf = (gateway: Phrasing, reader: Reader, { type, from, at }: OfferedMessage): string =>
  gateway.translate(reader, 'page-earlier-message', {
    type: gateway.translate(reader, `type-${type}`),
    from,
    at,
  });

/** Renders another message of the case. Its attachments are only behind its own link. */
export function renderEarlierMessage(gateway: Phrasing, { reader, offered, message }: EarlierMessage): Html {
  const { lang } = reader;
  return renderPage(
    lang,
    'Amanat',
    html`<section><h1>${gateway.translate(reader, `type-${offered.type}`)}</h1>
    <p class="soft">${titleOf(gateway, reader, offered)}</p>${renderHandling(gateway, lang, message)}</section>
    <section>${renderBody(gateway, reader, message)}</section>`,
  );
}
