/** One name, one thing: no two files export the same name, so an import line says what it imports. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const SOURCES = globSync(['src/**/*.ts', 'adapters/**/*.ts']).toSorted();
const EXPORT =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type) (\w+)/gm;

/** The exported names of a file; an overloaded function counts once. */
const namesIn = (path: string): string[] => [
  ...new Set([...readFileSync(path, 'utf8').matchAll(EXPORT)].map((found) => found[1] ?? '')),
];

test('no name is exported by two files', () => {
  const files = Map.groupBy(
    SOURCES.flatMap((path) => namesIn(path).map((name) => ({ name, path }))),
    (one) => one.name,
  );
  expect(files.size).toBeGreaterThan(1_000);
  const doubles = [...files]
    .filter(([, all]) => all.length > 1)
    .map(([name, all]) => `${name}: ${all.map((one) => one.path).join(', ')}`);
  expect(doubles).toEqual([]);
});
