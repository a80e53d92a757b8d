/** Reads and writes the files of a command: with a size limit, and private where they hold a secret. */

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { Refusal } from '../domain/words/error.ts';
import { readBounded } from '../domain/words/read-bounded.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { parseStrict } from '../seal/strict-json.ts';
import { printBytes } from './output.ts';
import type { Terminal } from './terminal.ts';

/** Reads a file, or standard input if it is `-`. @throws Failure `usage`, which names the flag */
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

/** The bytes of a file; undefined above the limit. Counted while reading, because a pipe or a device has no size. */
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
 * Reads a text, such as a PEM or a secret, without the final line break and without a byte order mark, which Windows writes.
 * @throws Failure `usage`, also if it is not UTF-8: replacement characters would be signed and shown
 */
export async function readText(flag: string, file: string, limit = 64 * 1024): Promise<string> {
  const bytes = await readInput(flag, file, limit);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch {
    throw makeUsageFailure(`${flag}: not text in UTF-8`, 'Save it as UTF-8; save a certificate as PEM.');
  }
}

/** Reads JSON without duplicate members. @throws Failure `usage` */
export async function readJson(flag: string, file: string, limit: number): Promise<unknown> {
  const text = await readText(flag, file, limit);
  try {
    return parseStrict(text, JSON_BOUNDS.agreement);
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    throw makeUsageFailure(`${flag}: not valid JSON, a duplicate member, or too large (${fault.detail})`);
  }
}

/**
 * Checks before the work whether {@link writeOutput} can write each of these files after it.
 * @param files each file under the flag that names it
 * @throws Failure `usage`, also where two outputs would go to standard output
 */
export function checkOutputs(
  { json }: Pick<Terminal, 'json'>,
  files: Readonly<Record<string, string | undefined>>,
): void {
  const all = Object.entries(files);
  const streamed = all.flatMap(([flag, file]) => (file === '-' ? [flag] : []));
  if (streamed.length > 1)
    throw makeUsageFailure(`${streamed.join(', ')}: only one of these can go to standard output`);
  if (json && streamed.length > 0)
    throw makeUsageFailure(`${streamed.join()}: --json already writes to standard output; name a new file`);
  for (const [flag, file] of all) if (file !== '-') checkFileFree(flag, file);
}

/** Writes a command's output: to standard output if the file is `-`, else as {@link writeNewFile} does. */
export async function writeOutput(
  flag: string,
  file: string,
  content: string | Uint8Array,
  secret: boolean,
): Promise<void> {
  if (file === '-') await printBytes(content);
  else writeNewFile(flag, file, content, secret);
}

/** The member of the answer for a secret: the secret itself, or the file to which it was written. */
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
