/** A home folder that this user may not enter or read: the refusal says so, and what to do. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeFailure } from '../../../src/entry/failure.ts';
import { readHome } from '../../../src/entry/home/home.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'amanat-closed-'));
  mkdirSync(join(home, 'secrets'));
  writeFileSync(join(home, 'config.json'), '{}');
  writeFileSync(join(home, 'secrets/AMANAT_MASTER_KEY'), 'invented');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** What a command says of the home folder to a user who is neither root nor its owner. */
function failureForOther() {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return describeFailure(readHome(home, {}));
  } catch (fault) {
    return describeFailure(fault);
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(home, 0o700);
  }
}

test('a folder that cannot be read is not treated as empty', () => {
  chmodSync(home, 0o000);
  const { exit, code, detail } = failureForOther();
  expect([exit, code]).toEqual(['configuration', 'configuration']);
  expect(detail).toMatch(
    /config\.json in the home folder cannot be read \(EACCES\).*the user that made the home folder/,
  );
});

test.each(['config.json', 'secrets/AMANAT_MASTER_KEY'])(
  '%s that cannot be read is named, with what to do',
  (file) => {
    chmodSync(home, 0o755);
    chmodSync(join(home, file), 0o000);
    expect(failureForOther().detail).toBe(
      `${file} in the home folder cannot be read (EACCES); this user has no permission for it: run the command as the user that made the home folder`,
    );
  },
);

test('the help for a configuration fault fits files and folders as well as settings', () => {
  chmodSync(home, 0o755);
  rmSync(join(home, 'config.json'));
  const { help, detail } = failureForOther();
  expect(detail).toContain('amanat init');
  expect(help).toBe('Correct what the detail names, then run it again.');
});
