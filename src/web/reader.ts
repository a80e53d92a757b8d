/** The reader: pages behind one-time links, on which an officer sees a summary, opens the message, accepts or declines. */
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Decision, MessageSummary } from '../domain/carriage/adapter.ts';
import type { KnownAcknowledgement } from '../domain/evidence/effective-acknowledgement.ts';
import { countAttachmentBytes } from '../domain/message/message.ts';
import { Refusal } from '../domain/words/error.ts';
import { describeRunnable, safeFileNameOf } from '../domain/words/file-name.ts';
import type { Reader } from '../domain/words/phrases.ts';
import { present } from '../domain/words/present.ts';
import {
  type CaseSoFar,
  readCaseSoFar,
  readEarlierMessage,
} from '../flow/acknowledgement/earlier-messages.ts';
import {
  acknowledgeByLink,
  lookAtLink,
  type ReadMessage,
  readByLink,
  type WaitingMessage,
} from '../flow/acknowledgement/reading.ts';
import { makeLetterCopy } from '../flow/content/letter-copy.ts';
import type { Admitting, Exchanging, Phrasing, Posting, Typesetting } from '../gateway-parts.ts';
import type { LinkRow } from '../store/contracts/links.ts';
import { readAcknowledgementForm, renderAcknowledgementForm } from './acknowledgement-form.ts';
import { createPageAnswerer } from './answering.ts';
import { renderCaseSection, renderEarlierMessage } from './case.ts';
import { renderBody, renderCorrections, renderHandling } from './message-body.ts';
import { type Html, PAGE_HEADERS, renderFacts, renderPage } from './page.ts';
import { redirectTo, renderNotYou } from './pin-page.ts';
import { readVisitor } from './visitor.ts';

type Purpose = LinkRow['purpose'];

/** Renders what may be shown before the message is opened. */
function summaryFacts(gateway: Phrasing, reader: Reader, summary: MessageSummary): Html {
  const say = gateway.translate;
  const moment = (at: Date): string => say(reader, 'moment', { at });
  const country = say(reader, `country-${summary.sender.country}`);
  return renderFacts([
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
  const say = gateway.translate;
  const ground = decision.ground === undefined ? '' : `: ${say(reader, `ground-${decision.ground}`)}`;
  return html`<p><strong>${say(reader, `decision-${decision.decision}`)}</strong>${ground}<br>
    <span class="soft">${decision.officer}, ${say(reader, 'moment', { at: decision.at })}</span></p>`;
}

/** Renders both acknowledgements with officer and time, and the form that settles the contradiction. */
function contradiction(
  gateway: Phrasing,
  reader: Reader,
  words: readonly KnownAcknowledgement[],
  action: string,
): Html {
  const shown = words.map(({ decision, officer, ground, at }) =>
    decided(gateway, reader, {
      decision,
      officer: officer.name,
      at: new Date(at),
      ...present({ ground }),
    }),
  );
  const ids = words.map((one) => one.id);
  return html`<h2>${gateway.translate(reader, 'page-contradiction')}</h2>${shown}
    <p>${gateway.translate(reader, 'page-settle')}</p>${renderAcknowledgementForm(gateway, reader, action, ids)}`;
}

/** Renders the mark of a drill, above everything else. */
const drillMark = (gateway: Phrasing, lang: string, { type }: MessageSummary): Html | string =>
  type === 'drill' ? html`<p class="urgent">${gateway.translate(lang, 'type-drill')}</p>` : '';

/** On a duty phone: renders the link for the next officer. */
const nextAt = (
  gateway: Phrasing,
  { isShared, officer, link }: WaitingMessage,
  token: string,
): Html | string => (isShared ? renderNotYou(gateway, officer.lang, link.purpose, token) : '');

function waitingPage(gateway: Phrasing, waiting: WaitingMessage, token: string): Html {
  const { summary, officer, reader, decision, link } = waiting;
  const { lang } = reader;
  const say = gateway.translate;
  const act =
    link.purpose === 'read'
      ? html`<form method="post" action="/r/${token}"><button>${say(lang, 'page-open')}</button></form><p class="soft">${say(lang, 'page-open-once')}</p>`
      : decision === undefined
        ? renderAcknowledgementForm(gateway, reader, `/a/${token}`)
        : waiting.contradiction.length > 0
          ? contradiction(gateway, reader, waiting.contradiction, `/a/${token}`)
          : decided(gateway, reader, decision);
  const isOver =
    decision !== undefined && waiting.contradiction.length === 0 && link.purpose === 'acknowledge';
  return renderPage(
    lang,
    `Amanat ${summary.reference}`,
    html`<section>${drillMark(gateway, lang, summary)}<h1>${say(lang, isOver ? 'page-thanks' : `page-title-${link.purpose}`)}</h1>
    <p>${say(lang, 'page-as', { officer: officer.name })}</p>${summaryFacts(gateway, reader, summary)}${act}${nextAt(gateway, waiting, token)}</section>`,
  );
}

/** Renders under whose name the acknowledgement will be recorded. */
const asWhom = (
  { translate: words }: Phrasing,
  { lang, name }: WaitingMessage['officer'],
  content: Html,
): Html => html`<p>${words(lang, 'page-as', { officer: name })}</p>${content}`;

function messagePage(gateway: Typesetting, opened: ReadMessage, around: CaseSoFar, token: string): Html {
  const { summary, officer, reader, message, decision } = opened;
  const { lang } = reader;
  const say = gateway.translate;
  // A button for each file: on a bad line the page must not contain ten megabytes.
  const files = message.attachments.map(
    (one, n) =>
      html`<button class="file" formaction="/r/${token}/files/${n}">${safeFileNameOf(one.filename)} (${Math.ceil(countAttachmentBytes([one]) / 1_024)} KiB${describeRunnable(one, lang, say)})</button>`,
  );
  const letter =
    gateway.writeLetter === undefined
      ? ''
      : html`<form method="post"><button class="file" formaction="/r/${token}/letter">${say(lang, 'letter-download')}</button></form>`;
  return renderPage(
    lang,
    `Amanat ${summary.reference}`,
    html`<section><h1>${say(lang, `type-${summary.type}`)}</h1>${summaryFacts(gateway, reader, summary)}
    ${renderHandling(gateway, lang, message)}</section>
    <section>${renderBody(gateway, reader, message)}${renderCorrections(gateway, reader, opened.corrections)}${files.length === 0 ? '' : html`<h2>${say(lang, 'page-attachments')}</h2><form method="post">${files}</form>`}${letter}</section>
    <section>${decision === undefined ? asWhom(gateway, officer, renderAcknowledgementForm(gateway, reader, `/r/${token}/decision`)) : decided(gateway, reader, decision)}</section>
    ${renderCaseSection(gateway, reader, around, token)}${nextAt(gateway, opened, token)}`,
  );
}

/** The parts of the gateway that the pages of a link need. */
type Serving = Posting & Typesetting & Admitting & Exchanging;

/** Pages by token: GET only shows, POST acts. */
export function readerRoutes(gateway: Serving): Hono {
  const shown = (context: Context, purpose: Purpose) => showQuestion(gateway, context, purpose);
  const said = (context: Context, purpose: Purpose) => takeAcknowledgement(gateway, context, purpose);
  return new Hono()
    .get('/r/:token', (context) => shown(context, 'read'))
    .get('/a/:token', (context) => shown(context, 'acknowledge'))
    .get('/r/:token/thread/:id', redirectTo('read'))
    .get('/r/:token/decision', redirectTo('read'))
    .post('/r/:token/decision', (context) => said(context, 'read'))
    .post('/a/:token', (context) => said(context, 'acknowledge'))
    .route('/', contentRoutes(gateway));
}

/** Shows the page before the message is opened: the summary, and what the officer may do. */
function showQuestion(gateway: Serving, context: Context, purpose: Purpose): Promise<Response> {
  const token = context.req.param('token') ?? '';
  const visitor = readVisitor(gateway, context);
  return createPageAnswerer(gateway)(context, purpose, async () =>
    waitingPage(gateway, await lookAtLink(gateway, token, purpose, visitor), token),
  );
}

/** Records an acknowledgement by a link, and shows what is now recorded. */
function takeAcknowledgement(gateway: Serving, context: Context, purpose: Purpose): Promise<Response> {
  const token = context.req.param('token') ?? '';
  const visitor = readVisitor(gateway, context);
  return createPageAnswerer(gateway)(context, purpose, async () => {
    const given = await readAcknowledgementForm(gateway, context);
    await acknowledgeByLink(gateway, { token, purpose }, visitor, given);
    const waiting = await lookAtLink(gateway, token, purpose, visitor);
    const { reader, decision, summary } = waiting;
    const around = await readCaseSoFar(gateway, waiting);
    const content = decision === undefined ? '' : decided(gateway, reader, decision);
    return renderPage(
      reader.lang,
      `Amanat ${summary.reference}`,
      html`<section>${drillMark(gateway, reader.lang, summary)}<h1>${gateway.translate(reader.lang, 'page-thanks')}</h1>${content}</section>
      ${renderCaseSection(gateway, reader, around, token)}${nextAt(gateway, waiting, token)}`,
    );
  });
}

/** Routes that open content: the message itself, an earlier one of its thread, an attachment and the letter. */
function contentRoutes(gateway: Serving): Hono {
  const answer = createPageAnswerer(gateway);
  const opened = (context: Context) =>
    readByLink(gateway, context.req.param('token') ?? '', readVisitor(gateway, context));
  return new Hono()
    .post('/r/:token', (context) =>
      answer(context, 'read', async () => {
        const message = await opened(context);
        const around = await readCaseSoFar(gateway, message);
        return messagePage(gateway, message, around, context.req.param('token'));
      }),
    )
    .post('/r/:token/thread/:id', (context) => {
      const { token, id } = context.req.param();
      const visitor = readVisitor(gateway, context);
      return answer(context, 'read', async () =>
        renderEarlierMessage(gateway, await readEarlierMessage(gateway, token, visitor, id)),
      );
    })
    .post('/r/:token/files/:n', (context) =>
      answer(context, 'read', async () => {
        const { message } = await opened(context);
        const file = message.attachments[Number(context.req.param('n'))];
        if (file === undefined) throw new Refusal('not-found', 'the message has no such attachment');
        return download({
          filename: safeFileNameOf(file.filename),
          content: Buffer.from(file.data.base64, 'base64url'),
        });
      }),
    )
    .post('/r/:token/letter', (context) =>
      answer(context, 'read', async () => {
        const { message, reference, recipient } = (await opened(context)).summary;
        const content = await makeLetterCopy(gateway, { message, by: 'officer', party: recipient.did });
        return download({ filename: `${reference}.pdf`, content });
      }),
    );
}

/** An attachment as a download, which the browser never shows, because somebody else made its content (RFC 6266, RFC 8187). */
function download(file: { readonly filename: string; readonly content: Uint8Array }): Response {
  return new Response(new Uint8Array(file.content), {
    headers: {
      ...PAGE_HEADERS,
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.filename)}`,
    },
  });
}
