/** What the Workers bundle may hold: nothing that needs files, processes or servers, and no library that does. */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const IMPORT = /^(?:import|export)\s+(?!type\b)(?:[\w$\s{},*]+?\s+from\s+)?'([^']+)';/gm;

/** Every module of ours that is reached from a file at run time, and every package they name. */
function reached(entry: string) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    if (!file.endsWith('.ts')) return;
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      if (name.startsWith('.')) visit(resolve(dirname(file), name));
      else packages.add(name);
    }
  };
  visit(resolve(ROOT, entry));
  return { files: [...files].map((file) => relative(ROOT, file)), packages: [...packages].sort() };
}

const worker = reached('src/entry/worker.ts');

test('the Workers entry reaches the whole application', () => {
  expect(worker.files).toEqual(
    expect.arrayContaining([
      'src/http/app.ts',
      'src/flow/loop.ts',
      'src/store/postgres.ts',
      'adapters/telegram/adapter.ts',
    ]),
  );
});

test('and no package but these', () => {
  expect(worker.packages.filter((name) => !/^hono(?:\/|$)/.test(name))).toEqual([
    '@fluent/bundle',
    '@hono/zod-openapi',
    'grammy',
    'ipaddr.js',
    'jose',
    'node:buffer',
    'node:crypto',
    'postgres',
    'uuidv7',
    'zod',
  ]);
});

test('the embedded database, migrations and mail stay outside', () => {
  expect(
    worker.files.filter((file) => /embedded|migrate|adapters\/email|entry\/(?:node|home)/.test(file)),
  ).toEqual([]);
});

test('the Node entry would not pass', () => {
  expect(reached('src/entry/node.ts').packages).toEqual(expect.arrayContaining(['node:fs', 'undici']));
});

test('the Node entry starts without the typesetter, which is loaded with the first letter', () => {
  const node = reached('src/entry/node.ts');
  expect(node.files).toContain('src/entry/typst.ts');
  expect(node.packages).not.toContain('@myriaddreamin/typst-ts-node-compiler');
});
