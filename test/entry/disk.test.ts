/** A disk that is nearly full, full, or read-only: named by `amanat doctor`, and as the part `disk` of a served gateway. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const CHILD = new URL('disk-child.ts', import.meta.url).pathname;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amanat-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is said of a home folder on a disk that is mounted so, after `before` was done in it. */
function saidOf(skip: (note?: string) => void, options: string, before = 'true') {
  const script = `mount -t tmpfs -o ${options} none "$1" && { cd "$1" && ${before}; "$2" "$3" "$1"; }`;
  const words = ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh'];
  const { stdout } = spawnSync('unshare', [...words, folder, process.execPath, CHILD], { encoding: 'utf8' });
  if (!stdout?.startsWith('{')) skip('no disk of its own can be mounted here');
  return JSON.parse(stdout);
}

test('with enough space all is well', ({ skip }) => {
  const { disk, findings } = saidOf(skip, 'size=2g');
  expect(disk).toBeNull();
  expect(findings).toMatchObject([{ verdict: 'ok' }]);
});

test('little space is a warning, and the part still works', ({ skip }) => {
  const { disk, findings } = saidOf(skip, 'size=256m');
  expect(disk).toBeNull();
  expect(findings).toMatchObject([
    { verdict: 'warning', detail: expect.stringMatching(/has 2\d\d MiB left$/) },
  ]);
});

test('too little space is a part that does not work', ({ skip }) => {
  const { disk, findings } = saidOf(skip, 'size=64m');
  expect(disk).toMatchObject({
    detail: expect.stringMatching(/has 6\d MiB left$/),
    todo: expect.stringContaining('make room'),
  });
  expect(findings).toMatchObject([{ verdict: 'failed' }]);
});

test('a full disk cannot be written to either, and the probe leaves nothing', ({ skip }) => {
  const fill = 'dd if=/dev/zero of=full bs=4k 2>/dev/null';
  const { disk, findings, left } = saidOf(skip, 'size=32k', fill);
  expect(disk).toMatchObject({ detail: expect.stringMatching(/has 0 MiB left$/) });
  expect(findings[0]).toMatchObject({ verdict: 'warning', detail: expect.stringContaining('ENOSPC') });
  expect(left).toEqual(['full']);
});

test('a read-only disk is named', ({ skip }) => {
  const { findings } = saidOf(skip, 'size=2g,ro');
  expect(findings).toMatchObject([{ verdict: 'warning', detail: expect.stringContaining('EROFS') }]);
});
