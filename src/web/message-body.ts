/** Renders a message for a page: labels and codes in the reader's language, texts of people as they wrote them. */
import { html } from 'hono/html';
import type { Message } from '../domain/message/message.ts';
import { outlineOfBody } from '../domain/message/outline.ts';
import type { Reader } from '../domain/words/phrases.ts';
import type { Phrasing } from '../gateway-parts.ts';
import { type Html, renderFacts } from './page.ts';

/** Renders the body, in groups with headings. */
export const renderBody = (
  gateway: Phrasing,
  reader: Reader,
  message: Pick<Message, 'body' | 'lang'>,
): readonly Html[] =>
  outlineOfBody(message.body, reader, gateway.translate).map(
    ({ heading, lines }) =>
      html`${heading === undefined ? '' : html`<h2>${heading}</h2>`}${renderFacts(
        lines.map(({ label, text, isWritten }) => [
          label,
          isWritten ? written(reader.lang, message, text) : text,
        ]),
      )}`,
  );

/** Marks the language of a text that differs from the page's, for screen readers and fonts (WCAG 2.2, 3.1.2). */
const written = (lang: string, message: Pick<Message, 'lang'>, text: string): Html | string =>
  message.lang === lang ? text : html`<span lang="${message.lang}">${text}</span>`;

/** Renders later corrections by the sender beside the original values. */
export const renderCorrections = (gateway: Phrasing, reader: Reader, corrections: readonly Message[]): Html =>
  html`${corrections.map((one) => html`<h2>${gateway.translate(reader, 'page-corrected')}</h2>${renderHandling(gateway, reader.lang, one)}${renderBody(gateway, reader, one)}`)}`;

/** Renders the handling code in words, with the restriction of H3. */
export function renderHandling(
  gateway: Phrasing,
  lang: string,
  message: Pick<Message, 'handling' | 'handling_note' | 'lang'>,
): Html {
  const say = gateway.translate;
  const { handling, handling_note: note } = message;
  const restricted =
    note === undefined ? [] : [[say(lang, 'page-handling-note'), written(lang, message, note)] as const];
  return renderFacts([[say(lang, 'page-handling'), say(lang, `handling-${handling}`)], ...restricted]);
}
