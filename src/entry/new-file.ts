/** A new file: one that is there is never overwritten, and one that holds a secret is its owner's alone. */
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeUsageFailure } from './failure.ts';

/** `-` is standard output only where a command says so: it must not become a file of that name. */
function checkNamed(flag: string, file: string): void {
  if (file === '-') throw makeUsageFailure(`${flag}: cannot go to standard output; name a new file`);
}

/** Asks before the work whether {@link writeNewFile} can write there after it. @throws Failure `usage` */
export function checkFileFree(flag: string, file: string | undefined): void {
  if (file === undefined) return;
  checkNamed(flag, file);
  if (existsSync(file)) throw makeUsageFailure(`${flag}: the file is there already`);
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch {
    throw makeUsageFailure(`${flag}: the folder is not there or may not be written to`);
  }
}

/** Writes a new file; one that is there is never overwritten. `secret` files are their owner's alone. */
export function writeNewFile(
  flag: string,
  file: string,
  content: string | Uint8Array,
  secret: boolean,
): void {
  checkNamed(flag, file);
  try {
    writeFileSync(file, content, { flag: 'wx', mode: secret ? 0o600 : 0o644 });
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown';
    throw makeUsageFailure(
      code === 'EEXIST'
        ? `${flag}: the file is there already`
        : `${flag}: the file cannot be written (${code})`,
    );
  }
}
