/** A message's body as lines of plain text. */
import { type OutlineGroup, type OutlineLine, outline } from '../../src/domain/message/outline.ts';
import type { Reader, Words } from '../../src/domain/words/words.ts';

/**
 * The body as text. A value of several lines is indented throughout, so that nothing a sender writes can pass for a
 * line of the gateway's own.
 */
export const bodyLines = (body: Readonly<Record<string, unknown>>, reader: Reader, words: Words): string[] =>
  outline(body, reader, words).flatMap((group) => groupLines(group, reader.lang, words));

function groupLines({ heading, lines }: OutlineGroup, lang: string, words: Words): string[] {
  const text = lines.flatMap((line) => textLines(line, lang, words));
  return heading === undefined ? text : ['', heading, ...text.map((line) => `  ${line}`)];
}

function textLines({ label, text }: OutlineLine, lang: string, words: Words): string[] {
  if (!text.includes('\n')) return [words(lang, 'line', { label, value: text })];
  return [words(lang, 'head', { label }), ...text.split('\n').map((line) => `  ${line}`)];
}
