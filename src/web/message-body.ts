/** What a message says, as a page shows it: in the reader's language what is ours, as it was written what people wrote. */
import { html } from 'hono/html';
import type { Message } from '../domain/message/message.ts';
import { outlineOfBody } from '../domain/message/outline.ts';
import type { Reader } from '../domain/words/phrases.ts';
import type { Phrasing } from '../gateway-parts.ts';
import { type Html, renderFacts } from './page.ts';

/** The body, in groups with their headings. */
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

/** What somebody wrote is marked as of its language, where the page is in another: for voices and fonts (WCAG 2.2, 3.1.2). */
const written = (lang: string, message: Pick<Message, 'lang'>, text: string): Html | string =>
  message.lang === lang ? text : html`<span lang="${message.lang}">${text}</span>`;

/** What its sender put right in it since, beside what was said first. */
export const renderCorrections = (gateway: Phrasing, reader: Reader, corrections: readonly Message[]): Html =>
  html`${corrections.map((one) => html`<h2>${gateway.translate(reader, 'page-corrected')}</h2>${renderHandling(gateway, reader.lang, one)}${renderBody(gateway, reader, one)}`)}`;

/** The handling code in words, and what H3 restricts. */
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
