/** What the Workers bundle may contain: nothing that needs files, processes or servers, and no library that does. */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const AT_START = /^(?:import|export)\s+(?!type\b)(?:[\w$\s{},*]+?\s+from\s+)?'([^']+)';/gm;
/** What is imported later is part of a bundle, too. */
const EVER = new RegExp(`${AT_START.source}|\\bimport\\('([^']+)'\\)`, 'gm');

/** Every module of ours that is reached from a file by such imports, and every package they name. */
function reached(entry: string, imports = AT_START) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    if (!file.endsWith('.ts')) return;
    for (const [, first, later] of readFileSync(file, 'utf8').matchAll(imports)) {
      const name = first ?? later ?? '';
      if (name.startsWith('.')) visit(resolve(dirname(file), name));
      else packages.add(name);
    }
  };
  visit(resolve(ROOT, entry));
  return { files: [...files].map((file) => relative(ROOT, file)), packages: [...packages].sort() };
}

const worker = reached('src/entry/worker.ts', EVER);

test('the Workers entry reaches the whole application', () => {
  expect(worker.files).toEqual(
    expect.arrayContaining([
      'src/http/app.ts',
      'src/flow/loop/loop.ts',
      'src/store/postgres.ts',
      'adapters/telegram/adapter.ts',
    ]),
  );
});

// The bundle has certificates' two in it for `makeAuthority`, which nothing there calls: they are never loaded.
test('and only these packages', () => {
  expect(worker.packages.filter((name) => !/^hono(?:\/|$)/.test(name))).toEqual([
    '@fluent/bundle',
    '@hono/zod-openapi',
    '@noble/ed25519',
    'asn1js',
    'grammy',
    'ipaddr.js',
    'jose',
    'node:buffer',
    'node:crypto',
    'pkijs',
    'postgres',
    'uqr',
    'uuidv7',
    'zod',
  ]);
});

test('the embedded database, migrations and mail stay outside', () => {
  expect(
    worker.files.filter((file) => /migrate|adapters\/email|entry\/(?:node|home|postgres|typst)/.test(file)),
  ).toEqual([]);
});

test('the Node entry would not pass this test', () => {
  const { packages } = reached('src/entry/server/serving.ts', EVER);
  expect(packages).toEqual(expect.arrayContaining(['node:fs', 'undici', 'nodemailer']));
});

test('the Node entry never loads the typesetter: the first letter starts a process that does', () => {
  const node = reached('src/entry/server/serving.ts');
  expect(node.files).toContain('src/entry/typst/typesetting.ts');
  expect(node.files).not.toContain('src/entry/typst/typst.ts');
  expect(node.packages).not.toContain('@myriaddreamin/typst-ts-node-compiler');
});

test('a command loads neither the application nor a channel that may be off, and the program loads no command', () => {
  const gateway = reached('src/entry/node.ts');
  expect(
    gateway.files.filter((file) => /^src\/(?:http|web\/reader)|^adapters\/(?:email|telegram)/.test(file)),
  ).toEqual([]);
  const program = reached('src/cli/amanat.ts');
  expect(program.files).toContain('src/cli/program.ts');
  // What a fault of the database is called is asked of whatever a command throws.
  expect(program.files.filter((file) => /^src\/(?:flow|store|seal)/.test(file))).toEqual([
    'src/store/database-fault.ts',
  ]);
});
