/** What a message says, as a page shows it: in the reader's language what is ours, as it was written what people wrote. */
import { html } from 'hono/html';
import type { Message } from '../domain/message/message.ts';
import { outline } from '../domain/message/outline.ts';
import type { Reader } from '../domain/words/words.ts';
import type { Phrasing } from '../gateway-parts.ts';
import { facts, type Html } from './page.ts';

/** The body, in groups with their headings. */
export const bodyHtml = (
  gateway: Phrasing,
  reader: Reader,
  message: Pick<Message, 'body' | 'lang'>,
): readonly Html[] =>
  outline(message.body, reader, gateway.words).map(
    ({ heading, lines }) =>
      html`${heading === undefined ? '' : html`<h2>${heading}</h2>`}${facts(
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
export const correctionsHtml = (gateway: Phrasing, reader: Reader, corrections: readonly Message[]): Html =>
  html`${corrections.map((one) => html`<h2>${gateway.words(reader, 'page-corrected')}</h2>${handlingHtml(gateway, reader.lang, one)}${bodyHtml(gateway, reader, one)}`)}`;

/** The handling code in words, and what H3 restricts. */
export function handlingHtml(
  gateway: Phrasing,
  lang: string,
  message: Pick<Message, 'handling' | 'handling_note' | 'lang'>,
): Html {
  const say = gateway.words;
  const { handling, handling_note: note } = message;
  const restricted =
    note === undefined ? [] : [[say(lang, 'page-handling-note'), written(lang, message, note)] as const];
  return facts([[say(lang, 'page-handling'), say(lang, `handling-${handling}`)], ...restricted]);
}
