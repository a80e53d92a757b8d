/** The reader: pages behind one-time links, where an officer sees who and what, opens, acknowledges or declines. */
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Decision, Summary } from '../domain/carriage/adapter.ts';
import type { SaidWord } from '../domain/evidence/standing.ts';
import { attachmentBytes } from '../domain/message/message.ts';
import { Refusal } from '../domain/words/error.ts';
import { runningMark, shownFileName } from '../domain/words/file-name.ts';
import { present } from '../domain/words/present.ts';
import { DECLINE_GROUNDS } from '../domain/words/vocabulary.ts';
import type { Reader } from '../domain/words/words.ts';
import { letterCopy } from '../flow/content/letter-copy.ts';
import { type CaseSoFar, caseSoFar, readEarlier } from '../flow/word/earlier.ts';
import { acknowledgeByLink, look, type Read, read, type Waiting } from '../flow/word/reading.ts';
import type { Gateway } from '../gateway.ts';
import type { Phrasing, Typesetting } from '../gateway-parts.ts';
import type { LinkRow } from '../store/contracts/links.ts';
import { answering } from './answering.ts';
import { caseSection, earlierPage } from './case.ts';
import { bodyHtml, correctionsHtml, handlingHtml } from './message-body.ts';
import { facts, type Html, PAGE_HEADERS, page } from './page.ts';
import { backTo, notYou } from './pin-page.ts';
import { visitorOf } from './visitor.ts';
import { wordOf } from './word-form.ts';

type Purpose = LinkRow['purpose'];

/** What may be said before opening. */
function summaryFacts(gateway: Phrasing, reader: Reader, summary: Summary): Html {
  const say = gateway.words;
  const moment = (at: Date): string => say(reader, 'moment', { at });
  const country = say(reader, `country-${summary.sender.country}`);
  return facts([
    [say(reader, 'page-from'), `${summary.sender.name}, ${country}`],
    [say(reader, 'page-to'), summary.recipient.name],
    [say(reader, 'page-type'), say(reader, `type-${summary.type}`)],
    [
      say(reader, 'page-urgency'),
      html`<span class="${summary.urgency === 'immediate' ? 'urgent' : ''}">${say(reader, `urgency-${summary.urgency}`)}</span>`,
    ],
    [say(reader, 'page-reference'), summary.reference],
    ...(summary.about === undefined ? [] : [[say(reader, 'page-about'), summary.about] as const]),
    [say(reader, 'page-sent'), moment(summary.sentAt)],
    [say(reader, 'page-acknowledge-by'), moment(summary.acknowledgeBy)],
  ]);
}

function decided(gateway: Phrasing, reader: Reader, decision: Decision): Html {
  const say = gateway.words;
  const ground = decision.ground === undefined ? '' : `: ${say(reader, `ground-${decision.ground}`)}`;
  return html`<p><strong>${say(reader, `decision-${decision.decision}`)}</strong>${ground}<br>
    <span class="soft">${decision.officer}, ${say(reader, 'moment', { at: decision.at })}</span></p>`;
}

/** One button to acknowledge; declining is one step further and asks why. */
function forms(gateway: Phrasing, reader: Reader, action: string, settles: readonly string[] = []): Html {
  const say = gateway.words;
  const settled =
    settles.length === 0 ? '' : html`<input type="hidden" name="settles" value="${settles.join(' ')}">`;
  return html`<form method="post" action="${action}">${settled}
    <button name="decision" value="accepted">${say(reader, 'page-acknowledge')}</button>
  </form>
  <details><summary>${say(reader, 'page-decline')}</summary>
    <form method="post" action="${action}">${settled}
      <label>${say(reader, 'page-ground')} <select name="ground" required><option value=""></option>
        ${DECLINE_GROUNDS.map((ground) => html`<option value="${ground}">${say(reader, `ground-${ground}`)}</option>`)}
      </select></label>
      <button class="stop" name="decision" value="declined">${say(reader, 'page-decline')}</button>
    </form>
  </details>`;
}

/** Both words, who said them and when; and the way to say which one stands. */
function contradiction(gateway: Phrasing, reader: Reader, words: readonly SaidWord[], action: string): Html {
  const shown = words.map(({ decision, officer, ground, at }) =>
    decided(gateway, reader, {
      decision,
      officer: officer.name,
      at: new Date(at),
      ...present({ ground }),
    }),
  );
  const ids = words.map((one) => one.id);
  return html`<h2>${gateway.words(reader, 'page-contradiction')}</h2>${shown}
    <p>${gateway.words(reader, 'page-settle')}</p>${forms(gateway, reader, action, ids)}`;
}

/** An exercise says so over everything else. */
const drillMark = (gateway: Phrasing, lang: string, { type }: Summary): Html | string =>
  type === 'drill' ? html`<p class="urgent">${gateway.words(lang, 'type-drill')}</p>` : '';

/** Of a duty phone: the way to the next officer at it. */
const nextAt = (gateway: Phrasing, { isShared, officer, link }: Waiting, token: string): Html | string =>
  isShared ? notYou(gateway, officer.lang, link.purpose, token) : '';

function waitingPage(gateway: Phrasing, waiting: Waiting, token: string): Html {
  const { summary, officer, reader, decision, link } = waiting;
  const { lang } = reader;
  const say = gateway.words;
  const act =
    link.purpose === 'read'
      ? html`<form method="post" action="/r/${token}"><button>${say(lang, 'page-open')}</button></form><p class="soft">${say(lang, 'page-open-once')}</p>`
      : decision === undefined
        ? forms(gateway, reader, `/a/${token}`)
        : waiting.contradiction.length > 0
          ? contradiction(gateway, reader, waiting.contradiction, `/a/${token}`)
          : decided(gateway, reader, decision);
  const isOver =
    decision !== undefined && waiting.contradiction.length === 0 && link.purpose === 'acknowledge';
  return page(
    lang,
    `Amanat ${summary.reference}`,
    html`<section>${drillMark(gateway, lang, summary)}<h1>${say(lang, isOver ? 'page-thanks' : `page-title-${link.purpose}`)}</h1>
    <p>${say(lang, 'page-as', { officer: officer.name })}</p>${summaryFacts(gateway, reader, summary)}${act}${nextAt(gateway, waiting, token)}</section>`,
  );
}

/** The word is that officer’s: it says so where it is said. */
const asWhom = ({ words }: Phrasing, { lang, name }: Waiting['officer'], content: Html): Html =>
  html`<p>${words(lang, 'page-as', { officer: name })}</p>${content}`;

function messagePage(gateway: Typesetting, opened: Read, around: CaseSoFar, token: string): Html {
  const { summary, officer, reader, message, decision } = opened;
  const { lang } = reader;
  const say = gateway.words;
  // A button for each: on a bad line nobody wants ten megabytes inside a page.
  const files = message.attachments.map(
    (one, n) =>
      html`<button class="file" formaction="/r/${token}/files/${n}">${shownFileName(one.filename)} (${Math.ceil(attachmentBytes([one]) / 1_024)} KiB${runningMark(one, lang, say)})</button>`,
  );
  const letter =
    gateway.writeLetter === undefined
      ? ''
      : html`<form method="post"><button class="file" formaction="/r/${token}/letter">${say(lang, 'letter-download')}</button></form>`;
  return page(
    lang,
    `Amanat ${summary.reference}`,
    html`<section><h1>${say(lang, `type-${summary.type}`)}</h1>${summaryFacts(gateway, reader, summary)}
    ${handlingHtml(gateway, lang, message)}</section>
    <section>${bodyHtml(gateway, reader, message)}${correctionsHtml(gateway, reader, opened.corrections)}${files.length === 0 ? '' : html`<h2>${say(lang, 'page-attachments')}</h2><form method="post">${files}</form>`}${letter}</section>
    <section>${decision === undefined ? asWhom(gateway, officer, forms(gateway, reader, `/r/${token}/decision`)) : decided(gateway, reader, decision)}</section>
    ${caseSection(gateway, reader, around, token)}${nextAt(gateway, opened, token)}`,
  );
}

/** Pages by token: GET shows and changes nothing, POST acts. */
export function readerPages(gateway: Gateway): Hono {
  const answer = answering(gateway);
  const shown = (context: Context, purpose: Purpose) => {
    const token = context.req.param('token') ?? '';
    const visitor = visitorOf(gateway, context);
    return answer(context, purpose, async () =>
      waitingPage(gateway, await look(gateway, token, purpose, visitor), token),
    );
  };
  const said = (context: Context, purpose: Purpose) => {
    const token = context.req.param('token') ?? '';
    const visitor = visitorOf(gateway, context);
    return answer(context, purpose, async () => {
      await acknowledgeByLink(gateway, token, purpose, visitor, await wordOf(gateway, context));
      const waiting = await look(gateway, token, purpose, visitor);
      const { reader, decision, summary } = waiting;
      const around = await caseSoFar(gateway, waiting);
      const content = decision === undefined ? '' : decided(gateway, reader, decision);
      return page(
        reader.lang,
        `Amanat ${summary.reference}`,
        html`<section>${drillMark(gateway, reader.lang, summary)}<h1>${gateway.words(reader.lang, 'page-thanks')}</h1>${content}</section>
        ${caseSection(gateway, reader, around, token)}${nextAt(gateway, waiting, token)}`,
      );
    });
  };
  const opened = (context: Context) =>
    read(gateway, context.req.param('token') ?? '', visitorOf(gateway, context));
  return new Hono()
    .get('/r/:token', (context) => shown(context, 'read'))
    .get('/a/:token', (context) => shown(context, 'acknowledge'))
    .post('/r/:token', (context) =>
      answer(context, 'read', async () => {
        const message = await opened(context);
        return messagePage(gateway, message, await caseSoFar(gateway, message), context.req.param('token'));
      }),
    )
    .get('/r/:token/thread/:id', backTo('read'))
    .get('/r/:token/decision', backTo('read'))
    .post('/r/:token/thread/:id', (context) => {
      const { token, id } = context.req.param();
      const visitor = visitorOf(gateway, context);
      return answer(context, 'read', async () =>
        earlierPage(gateway, await readEarlier(gateway, token, visitor, id)),
      );
    })
    .post('/r/:token/files/:n', (context) =>
      answer(context, 'read', async () => {
        const { message } = await opened(context);
        const file = message.attachments[Number(context.req.param('n'))];
        if (file === undefined) throw new Refusal('not-found', 'the message has no such attachment');
        return download({
          filename: shownFileName(file.filename),
          content: Buffer.from(file.data.base64, 'base64url'),
        });
      }),
    )
    .post('/r/:token/letter', (context) =>
      answer(context, 'read', async () => {
        const { message, reference, recipient } = (await opened(context)).summary;
        const content = await letterCopy(gateway, { message, by: 'officer', party: recipient.did });
        return download({ filename: `${reference}.pdf`, content });
      }),
    )
    .post('/r/:token/decision', (context) => said(context, 'read'))
    .post('/a/:token', (context) => said(context, 'acknowledge'));
}

/** An attachment, always saved and never shown: what is in it was made by somebody else (RFC 6266, RFC 8187). */
function download(file: { readonly filename: string; readonly content: Uint8Array }): Response {
  return new Response(new Uint8Array(file.content), {
    headers: {
      ...PAGE_HEADERS,
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.filename)}`,
    },
  });
}
