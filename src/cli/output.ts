/**
 * Output: the one place that prints. Answers go to standard output, as lines for a person or as one JSON document for
 * a script; everything about the work, such as progress and errors, goes to standard error.
 */
import { stripVTControlCharacters, styleText } from 'node:util';
import { spinner } from '@clack/prompts';
import { EXIT } from '../entry/exit.ts';
import type { Described } from '../entry/failure.ts';
import type { Terminal } from './terminal.ts';

/** Prints a command's answer. `lines` are made only for a person. */
export function answer(
  { json }: Pick<Terminal, 'json'>,
  document: object,
  lines: () => readonly string[],
): void {
  process.stdout.write(json ? `${visibleJson(document)}\n` : `${lines().join('\n')}\n`);
}

/** Writes what was asked for to standard output, byte for byte, in place of an answer. */
export const stream = (content: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(content, (fault) => (fault ? reject(fault) : resolve()));
  });

/** Prints a failure, and gives the exit code for it. */
export function failed(json: boolean, { exit, code, detail, help }: Described): number {
  process.stderr.write(`${mark('red', 'amanat:', process.stderr)} ${plain(detail)}\n${plain(help)}\n`);
  if (json) process.stdout.write(`${visibleJson({ error: { code, detail, help } })}\n`);
  return EXIT[exit].code;
}

/** Says something beside the answer, such as what an operator should look at. */
export function remark(text: string): void {
  process.stderr.write(`${mark('yellow', '!', process.stderr)} ${text}\n`);
}

/** Shows at a terminal that long work is under way; elsewhere just does it. */
export async function progress<T>(
  { json }: Pick<Terminal, 'json'>,
  message: string,
  work: () => Promise<T>,
): Promise<T> {
  if (json || !process.stderr.isTTY) return work();
  const shown = spinner({ output: process.stderr });
  shown.start(message);
  try {
    const done = await work();
    shown.clear();
    return done;
  } catch (fault) {
    shown.error(message);
    throw fault;
  }
}

type Style = Parameters<typeof styleText>[0];

/** Coloured where the stream is a terminal that wants colour (NO_COLOR, FORCE_COLOR are heard). */
export const mark = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(style, text, { stream });

/** What moves a terminal's cursor, turns its writing direction or shows nothing; joiners belong to the scripts that need them. */
const INVISIBLE = /[\p{Cc}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/gu;

/**
 * Text from outside as a terminal may show it: invisible characters become spaces, and a run of spaces one, so that no name
 * looks like a column or a row of its own.
 */
export const plain = (text: string): string =>
  stripVTControlCharacters(text.toWellFormed())
    .replaceAll(INVISIBLE, ' ')
    .replaceAll(/(?:\p{Zs}{3,}|(?! )\p{Zs})/gu, ' ');

/** JSON (RFC 8259) in which invisible characters stand as escapes: the same values, and nothing for a terminal to obey. */
export const visibleJson = (document: unknown): string =>
  JSON.stringify(document).replaceAll(INVISIBLE, (found) =>
    Array.from({ length: found.length }, (_, n) => found.charCodeAt(n))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const width = (text: string): number => [...graphemes.segment(text)].length;

/** Rows under a heading, in columns as wide as they need. Cells are made plain. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [heading, ...rows.map((row) => row.map(plain))];
  const widths = heading.map((_, n) => Math.max(...cells.map((row) => width(row[n] ?? ''))));
  const [head = '', ...lines] = cells.map((row) =>
    row
      .map((cell, n) => cell + ' '.repeat((widths[n] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
  return [mark('bold', head), ...lines];
}

/** Names and values, one pair a line. */
export function pairs(list: readonly (readonly [name: string, value: string])[]): string[] {
  const widest = Math.max(...list.map(([name]) => width(name)));
  return list.map(([name, value]) => `${mark('dim', name.padEnd(widest))}  ${plain(value)}`);
}
