/** Files a command reads and writes: bounded, and private where they hold a secret. */

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { Refusal } from '../domain/words/error.ts';
import { readBounded } from '../domain/words/read-bounded.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { parseStrict } from '../seal/strict-json.ts';
import { printBytes } from './output.ts';
import type { Terminal } from './terminal.ts';

/** Reads a file, or standard input where it is `-`. @throws Failure `usage`, naming the flag it was given by */
export async function readInput(flag: string, file: string, limit: number): Promise<Uint8Array> {
  const bytes = file === '-' ? await readStandardInput(limit) : readFile(flag, file, limit);
  if (bytes === undefined) throw makeUsageFailure(`${flag}: more than ${limit} bytes`);
  return bytes;
}

async function readStandardInput(limit: number): Promise<Uint8Array | undefined> {
  const { Readable } = await import('node:stream');
  return readBounded(Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>, limit);
}

function readFile(flag: string, file: string, limit: number): Uint8Array | undefined {
  try {
    const found = statSync(file);
    if (found.isDirectory()) throw makeUsageFailure(`${flag}: is a folder`);
    return found.size > limit ? undefined : bytesUpTo(file, limit);
  } catch (fault) {
    if (
      fault instanceof Error &&
      'code' in fault &&
      typeof fault.code === 'string' &&
      /^E[A-Z]+$/.test(fault.code)
    )
      throw makeUsageFailure(`${flag}: the file cannot be read (${fault.code})`);
    throw fault;
  }
}

/** The bytes of a file; undefined where there are more. A pipe or a device does not say how many it has. */
function bytesUpTo(file: string, limit: number): Uint8Array | undefined {
  const open = openSync(file, 'r');
  try {
    const pieces: Buffer[] = [];
    for (let length = 0; length <= limit; ) {
      const piece = Buffer.allocUnsafe(64 * 1024);
      const read = readSync(open, piece);
      if (read === 0) return Buffer.concat(pieces, length);
      pieces.push(piece.subarray(0, read));
      length += read;
    }
    return undefined;
  } finally {
    closeSync(open);
  }
}

/**
 * Reads a text, such as a PEM or a secret, without the line's end. A byte order mark, as Windows writes it, is passed over.
 * @throws Failure `usage`, also where it is not UTF-8: characters that were lost would be signed and shown
 */
export async function readText(flag: string, file: string, limit = 64 * 1024): Promise<string> {
  const bytes = await readInput(flag, file, limit);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch {
    throw makeUsageFailure(
      `${flag}: not text in UTF-8`,
      'Save it again as UTF-8, or as PEM where it is a certificate.',
    );
  }
}

/** Reads JSON without duplicate members. @throws Failure `usage` */
export async function readJson(flag: string, file: string, limit: number): Promise<unknown> {
  const text = await readText(flag, file, limit);
  try {
    return parseStrict(text, JSON_BOUNDS.agreement);
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    throw makeUsageFailure(
      `${flag}: not valid JSON, a member stands in it twice, or it holds too much (${fault.detail})`,
    );
  }
}

/**
 * Asks before the work whether {@link writeOutput} can write each of these after it.
 * @param files the file by the flag that names it
 * @throws Failure `usage`, also where two things would be written to standard output
 */
export function checkOutputs(
  { json }: Pick<Terminal, 'json'>,
  files: Readonly<Record<string, string | undefined>>,
): void {
  const all = Object.entries(files);
  const streamed = all.flatMap(([flag, file]) => (file === '-' ? [flag] : []));
  if (streamed.length > 1)
    throw makeUsageFailure(`${streamed.join(', ')}: only one can go to standard output`);
  if (json && streamed.length > 0)
    throw makeUsageFailure(`${streamed.join()}: --json answers on standard output; name a new file`);
  for (const [flag, file] of all) if (file !== '-') checkFileFree(flag, file);
}

/** Writes what a command makes: to standard output where the file is `-`, else as {@link writeNewFile}. */
export async function writeOutput(
  flag: string,
  file: string,
  content: string | Uint8Array,
  secret: boolean,
): Promise<void> {
  if (file === '-') await printBytes(content);
  else writeNewFile(flag, file, content, secret);
}

/** A secret for the answer: itself, or the file it was written to. */
export function writeOrShowSecret(
  name: string,
  value: string,
  flagName: string,
  file?: string,
): Record<string, string> {
  if (file === undefined) return { [name]: value };
  writeNewFile(flagName, file, `${value}\n`, true);
  return { [`${name}_file`]: file };
}
