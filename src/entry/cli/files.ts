/** Files a command reads and writes: bounded, and private where they hold a secret. */
import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readBounded } from '../../domain/bounded.ts';
import { parseStrict } from '../../seal/strict-json.ts';
import { usage } from './failure.ts';

/** Reads a file, or standard input where it is `-`. @throws Failure `usage`, naming the flag it was given by */
export async function readInput(flag: string, file: string, limit: number): Promise<Uint8Array> {
  const bytes = file === '-' ? await readStandardInput(limit) : readFile(flag, file, limit);
  if (bytes === undefined) throw usage(`${flag}: more than ${limit} bytes`);
  return bytes;
}

async function readStandardInput(limit: number): Promise<Uint8Array | undefined> {
  const { Readable } = await import('node:stream');
  return readBounded(Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>, limit);
}

function readFile(flag: string, file: string, limit: number): Uint8Array | undefined {
  try {
    const found = statSync(file);
    if (found.isDirectory()) throw usage(`${flag}: is a folder`);
    return found.size > limit ? undefined : readFileSync(file);
  } catch (fault) {
    if (
      fault instanceof Error &&
      'code' in fault &&
      typeof fault.code === 'string' &&
      /^E[A-Z]+$/.test(fault.code)
    )
      throw usage(`${flag}: the file cannot be read (${fault.code})`);
    throw fault;
  }
}

/** Reads a text, such as a PEM or a secret, without the line's end. */
export async function readText(flag: string, file: string, limit = 64 * 1024): Promise<string> {
  return new TextDecoder().decode(await readInput(flag, file, limit)).trim();
}

/** Reads JSON without duplicate members. @throws Failure `usage` */
export async function readJson(flag: string, file: string, limit: number): Promise<unknown> {
  const text = await readText(flag, file, limit);
  try {
    return parseStrict(text);
  } catch {
    throw usage(`${flag}: not valid JSON, or a member stands in it twice`);
  }
}

/** Asks before the work whether {@link writeNew} can write there after it. @throws Failure `usage` */
export function checkFree(flag: string, file: string | undefined): void {
  if (file === undefined) return;
  if (existsSync(file)) throw usage(`${flag}: the file is there already`);
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch {
    throw usage(`${flag}: the folder is not there or may not be written to`);
  }
}

/** Writes a new file; one that is there is never overwritten. `secret` files are their owner's alone. */
export function writeNew(flag: string, file: string, content: string | Uint8Array, secret: boolean): void {
  try {
    writeFileSync(file, content, { flag: 'wx', mode: secret ? 0o600 : 0o644 });
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown';
    throw usage(
      code === 'EEXIST'
        ? `${flag}: the file is there already`
        : `${flag}: the file cannot be written (${code})`,
    );
  }
}

/** A secret for the answer: itself, or the file it was written to. */
export function keptOrShown(
  name: string,
  value: string,
  flagName: string,
  file?: string,
): Record<string, string> {
  if (file === undefined) return { [name]: value };
  writeNew(flagName, file, `${value}\n`, true);
  return { [`${name}_file`]: file };
}
