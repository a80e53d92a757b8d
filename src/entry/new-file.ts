/** Writes new files: never overwrites an existing file, and lets only the owner read a file with a secret. */
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeUsageFailure } from './failure.ts';

/** Refuses `-`: commands that cannot write to standard output must not make a file with that name. */
function checkNamed(flag: string, file: string): void {
  if (file === '-') throw makeUsageFailure(`${flag}: cannot go to standard output; name a new file`);
}

/** Checks before the work whether {@link writeNewFile} can write there after it. @throws Failure `usage` */
export function checkFileFree(flag: string, file: string | undefined): void {
  if (file === undefined) return;
  checkNamed(flag, file);
  if (existsSync(file)) throw makeUsageFailure(`${flag}: the file already exists`);
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch {
    throw makeUsageFailure(`${flag}: the folder does not exist or is not writable`);
  }
}

/** Writes a new file; never overwrites an existing one. Only the owner can read a `secret` file. */
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
        ? `${flag}: the file already exists`
        : `${flag}: the file cannot be written (${code})`,
    );
  }
}
