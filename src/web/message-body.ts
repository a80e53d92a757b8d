/** What a message says, as a page shows it: in the reader's language what is ours, as it was written what people wrote. */
import { html } from 'hono/html';
import type { Message } from '../domain/message.ts';
import { outline } from '../domain/outline.ts';
import type { Gateway } from '../gateway.ts';
import { facts, type Html } from './page.ts';

/** The body, in groups with their headings. */
export const bodyHtml = (gateway: Gateway, lang: string, { body }: Pick<Message, 'body'>): readonly Html[] =>
  outline(body, lang, gateway.words).map(
    ({ heading, lines }) =>
      html`${heading === undefined ? '' : html`<h2>${heading}</h2>`}${facts(lines.map((line) => [line.label, line.text]))}`,
  );

/** What its sender put right in it since, beside what was said first. */
export const correctionsHtml = (gateway: Gateway, lang: string, corrections: readonly Message[]): Html =>
  html`${corrections.map((one) => html`<h2>${gateway.words(lang, 'page-corrected')}</h2>${handlingHtml(gateway, lang, one)}${bodyHtml(gateway, lang, one)}`)}`;

/** The handling code in words, and what H3 restricts. */
export function handlingHtml(
  gateway: Gateway,
  lang: string,
  { handling, handling_note: note }: Pick<Message, 'handling' | 'handling_note'>,
): Html {
  const say = gateway.words;
  const restricted = note === undefined ? [] : [[say(lang, 'page-handling-note'), note] as const];
  return facts([[say(lang, 'page-handling'), say(lang, `handling-${handling}`)], ...restricted]);
}
