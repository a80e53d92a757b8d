/**
 * `init` on a disk that fills up, or with one place that cannot be written: nothing incomplete stays, and nothing is
 * lost.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chance } from '../../../src/entry/chance.ts';
import { initHome } from '../../../src/entry/home/init.ts';
import { makeAuthority } from '../../../src/seal/authority.ts';

const PROGRAM = new URL('../../../src/cli/amanat.ts', import.meta.url).pathname;
const OPTIONS = { url: 'https://gateway.example', countries: ['ID', 'KH'] };

let folder: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amanat-'));
  home = join(folder, 'deep', 'home');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const init = (options = OPTIONS) => initHome(home, options, new Date(), chance);
const content = (path: string) => readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted();

test('a folder that it made itself is removed again, with those above it', async () => {
  // The second is no country, which shows once the first has its keys.
  await expect(init({ ...OPTIONS, countries: ['ID', 'no'] })).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([]);
});

test('an existing folder stays as it was, with its contents', async () => {
  mkdirSync(join(home, 'certs', 'KH'), { recursive: true });
  const { certificate } = await makeAuthority('KH', 'Invented', new Date());
  writeFileSync(join(home, 'certs', 'KH', 'kh.pem'), certificate);
  // A file cannot be written where a folder has its name.
  mkdirSync(join(home, 'operator-log.json', 'in-the-way'), { recursive: true });
  const before = content(home);
  await expect(init()).rejects.toThrow();
  expect(content(home)).toEqual(before);
  rmSync(join(home, 'operator-log.json'), { recursive: true });
  await init({ ...OPTIONS, countries: ['ID'] });
  expect(content(home)).toContain('certs/KH/kh.pem');
  expect(existsSync(join(home, 'config.json'))).toBe(true);
});

test('on a full disk it says so, and leaves nothing', ({ skip }) => {
  const script = `mount -t tmpfs -o size=16k none "$1" && "$2" "$3" --json --home "$1/home" init --url https://gateway.example --country ID --country KH; code=$?; ls -A "$1"; exit $code`;
  const run = (words: readonly string[]) =>
    spawnSync('unshare', ['--user', '--map-root-user', '--mount', ...words], { encoding: 'utf8' });
  const may = run(['mount', '-t', 'tmpfs', '-o', 'size=16k', 'none', folder]);
  if (may.status !== 0) skip('no disk of its own can be mounted here');
  const full = run(['sh', '-c', script, 'sh', folder, process.execPath, PROGRAM]);
  expect(full.status).toBe(5);
  const [line = '', ...left] = full.stdout.trim().split('\n');
  expect(JSON.parse(line).error).toMatchObject({ detail: 'the disk is full' });
  expect(left).toEqual([]);
});

test('keys of a gateway without config.json, and an authority’s certificate, are not overwritten', async () => {
  await init();
  const key = readFileSync(join(home, 'secrets', 'AMANAT_MASTER_KEY'), 'utf8');
  rmSync(join(home, 'config.json'));
  await expect(init()).rejects.toMatchObject({
    code: 'already-exists',
    detail: expect.stringContaining('secrets/'),
  });
  expect(readFileSync(join(home, 'secrets', 'AMANAT_MASTER_KEY'), 'utf8')).toBe(key);
  for (const one of ['secrets', 'authority']) rmSync(join(home, one), { recursive: true });
  const certificate = readFileSync(join(home, 'certs', 'ID', 'authority.pem'), 'utf8');
  await expect(init()).rejects.toMatchObject({
    code: 'already-exists',
    detail: expect.stringContaining('certs/ID/'),
  });
  expect(readFileSync(join(home, 'certs', 'ID', 'authority.pem'), 'utf8')).toBe(certificate);
});
