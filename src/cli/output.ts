/**
 * The only file that prints. Answers go to standard output, as lines for a person or as one JSON document for a script.
 * Progress, remarks and errors go to standard error.
 */
import { stripVTControlCharacters, styleText } from 'node:util';
import { spinner } from '@clack/prompts';
import { EXIT } from '../entry/exit.ts';
import type { FailureDescription } from '../entry/failure.ts';
import type { Terminal } from './terminal.ts';

/** Prints a command's answer. Calls `lines` only where a person reads. */
export function printAnswer(
  { json }: Pick<Terminal, 'json'>,
  document: object,
  lines: () => readonly string[],
): void {
  process.stdout.write(json ? `${visibleJsonOf(document)}\n` : `${lines().join('\n')}\n`);
}

/** Writes bytes to standard output instead of an answer. */
export const printBytes = (content: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(content, (fault) => (fault ? reject(fault) : resolve()));
  });

/** Prints a failure. @returns its exit code */
export function printFailure(json: boolean, { exit, code, detail, help }: FailureDescription): number {
  process.stderr.write(
    `${colourText('red', 'amanat:', process.stderr)} ${plainTextOf(detail)}\n${plainTextOf(help)}\n`,
  );
  if (json) process.stdout.write(`${visibleJsonOf({ error: { code, detail, help } })}\n`);
  return EXIT[exit].code;
}

/** Prints a remark to standard error, such as a hint for the operator. */
export function printRemark(text: string): void {
  process.stderr.write(`${colourText('yellow', '!', process.stderr)} ${text}\n`);
}

/** Does the work; at a terminal, shows progress meanwhile. */
export async function showProgress<T>(
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

/** Colours the text if the stream is a terminal with colour; obeys NO_COLOR and FORCE_COLOR. */
export const colourText = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(style, text, { stream });

/** Characters that control a terminal, change the writing direction or are invisible; not ZWNJ and ZWJ, which some scripts need. */
const INVISIBLE = /[\p{Cc}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/gu;

/**
 * Makes text from outside safe for a terminal: invisible characters become spaces, and each run of spaces becomes one, so that
 * a name cannot look like another column or row.
 */
export const plainTextOf = (text: string): string =>
  stripVTControlCharacters(text.toWellFormed())
    .replaceAll(INVISIBLE, ' ')
    .replaceAll(/(?:\p{Zs}{3,}|(?! )\p{Zs})/gu, ' ');

/** JSON (RFC 8259) with invisible characters as escapes: the values stay the same, and a terminal finds nothing to obey. */
export const visibleJsonOf = (document: unknown): string =>
  JSON.stringify(document).replaceAll(INVISIBLE, (found) =>
    Array.from({ length: found.length }, (_, n) => found.charCodeAt(n))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );

/** An instant (RFC 3339, UTC) as commands tell it: UTC to the second, marked `Z`; if there is none, what stands for that. */
export const instantText = (instant: string | null, none = '–'): string =>
  instant === null ? none : instant.replace('T', ' ').replace(/(?:\.\d+)?Z$/, 'Z');

/** The day of UTC on which an instant falls, under a heading that says so; `–` if there is none. */
export const dayText = (instant: string | null | undefined): string => instant?.slice(0, 10) ?? '–';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const width = (text: string): number => [...graphemes.segment(text)].length;

/** Formats rows under a heading, in columns as wide as their cells. Each cell goes through {@link plainTextOf}. */
export function formatTable(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [heading, ...rows.map((row) => row.map(plainTextOf))];
  const widths = heading.map((_, n) => Math.max(...cells.map((row) => width(row[n] ?? ''))));
  const [head = '', ...lines] = cells.map((row) =>
    row
      .map((cell, n) => cell + ' '.repeat((widths[n] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
  return [colourText('bold', head), ...lines];
}

/** Formats names and values, one pair a line. */
export function formatPairs(list: readonly (readonly [name: string, value: string])[]): string[] {
  const widest = Math.max(...list.map(([name]) => width(name)));
  return list.map(([name, value]) => `${colourText('dim', name.padEnd(widest))}  ${plainTextOf(value)}`);
}
