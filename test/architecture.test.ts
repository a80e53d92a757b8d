/** The documents about the code: ARCHITECTURE.md is short and names every room, and no document names a missing file. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ARCHITECTURE = 'ARCHITECTURE.md';
const INVARIANTS = 'docs/invariants.md';
const DOCUMENTS = [ARCHITECTURE, INVARIANTS, 'docs/trust.md', 'docs/decisions.md', 'CONTRIBUTING.md'];

/** Ten minutes of reading. */
const WORDS_AT_MOST = 1_800;

const read = (path: string): string => readFileSync(path, 'utf8');

/** What stands in backticks on one line, outside blocks of code. */
const quoted = (text: string): string[] =>
  [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, inside = '']) => inside);

/** Folders and files: `src/flow`, `test/walls.test.ts`, also with `*`; and every name of a source file, however short. */
const isPath = (name: string): boolean =>
  /^(?:src|adapters|demo|bench|test|docs|certs|\.ci)(?:\/[\w.*-]+)*\/?$/.test(name) ||
  /^[\w./*-]+\.(?:ts|typ|sql|md)$/.test(name);

/** Rows of a table that begins after a heading: the cells of each, without heads and rules. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('|---'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));

/** The part of a document under one heading. */
const sectionOf = (text: string, heading: string): string =>
  text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';

test('ARCHITECTURE.md can be read in ten minutes, and has two drawings', () => {
  const text = read(ARCHITECTURE);
  expect(text.split(/\s+/).filter((word) => word !== '').length).toBeLessThan(WORDS_AT_MOST);
  expect(text.match(/^```$/gm)).toHaveLength(4);
});

test.each(['domain', 'flow'])('ARCHITECTURE.md names every room of %s', (floor) => {
  const rooms = readdirSync(`src/${floor}`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const named = rowsOf(sectionOf(read(ARCHITECTURE), `The rooms of ${floor}`)).slice(1);
  expect(named.map(([room]) => room).toSorted()).toEqual(rooms.map(({ name }) => `\`${name}\``).toSorted());
});

describe.each(DOCUMENTS)('%s', (document) => {
  test('names no file or folder that is not there', () => {
    const paths = quoted(read(document)).filter(isPath);
    expect(paths.length).toBeGreaterThan(2);
    expect(paths.filter((path) => globSync(path).length === 0)).toEqual([]);
  });

  test('links to nothing that does not exist', () => {
    const links = [...read(document).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? document : join(dirname(document), file);
      if (!existsSync(target)) return true;
      const heads = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, head = '']) =>
        head
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      return anchor !== undefined && !heads.includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});

test('each invariant names the code that keeps it and the test that breaks', () => {
  const rows = rowsOf(read(INVARIANTS)).filter(([first]) => first !== 'invariant');
  expect(rows.length).toBeGreaterThan(40);
  const incomplete = rows.filter(
    ([, code = '', tests = '']) =>
      !quoted(code).some((path) => /^(?:src|adapters)\//.test(path)) ||
      !quoted(tests).some((path) => path.startsWith('test/')),
  );
  expect(incomplete.map(([invariant]) => invariant)).toEqual([]);
});
