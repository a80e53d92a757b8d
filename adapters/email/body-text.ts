/** Renders a message's body as lines of plain text. */
import { type OutlineGroup, type OutlineLine, outlineOfBody } from '../../src/domain/message/outline.ts';
import type { Phrases, Reader } from '../../src/domain/words/phrases.ts';

/**
 * Renders the body as text. Every line of a value is indented, so that no text of a sender can look like a line of the gateway.
 */
export const linesOfBody = (
  body: Readonly<Record<string, unknown>>,
  reader: Reader,
  translate: Phrases,
): string[] =>
  outlineOfBody(body, reader, translate).flatMap((group) => groupLines(group, reader.lang, translate));

function groupLines({ heading, lines }: OutlineGroup, lang: string, translate: Phrases): string[] {
  const text = lines.flatMap((line) => textLines(line, lang, translate));
  return heading === undefined ? text : ['', heading, ...text.map((line) => `  ${line}`)];
}

function textLines({ label, text }: OutlineLine, lang: string, translate: Phrases): string[] {
  if (!text.includes('\n')) return [translate(lang, 'line', { label, value: text })];
  return [translate(lang, 'head', { label }), ...text.split('\n').map((line) => `  ${line}`)];
}
