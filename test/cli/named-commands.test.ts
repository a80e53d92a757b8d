/** Every command in the program's texts and in its documents exists, with the flags that they mention. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { beforeAll, expect, test } from 'vitest';
import { makeProgram } from '../../src/cli/program.ts';

let program: Command;
beforeAll(async () => {
  program = await makeProgram(['--help'], () => {});
});

const ROOT = new URL('../../', import.meta.url);
const files = [
  ...readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${name}`),
  ...readdirSync(new URL('docs/', ROOT)).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  'README.md',
];

interface Told {
  readonly file: string;
  readonly line: string;
}

/** What follows `amanat ` up to the end of what is to be typed. */
const told: readonly Told[] = files.flatMap((file) =>
  [
    ...readFileSync(new URL(file, ROOT), 'utf8').matchAll(
      /\bamanat (?:-- )?([a-z][a-z-]*[^'`"“”,;:.()\n]*)/g,
    ),
  ].map(([, line = '']) => ({ file, line })),
);

/** The command that words begin with, and what is left of them. */
function commandOf(words: readonly string[]): { found: Command; rest: readonly string[] } {
  let found = program;
  let rest = words;
  for (;;) {
    const next = found.commands.find((one) => one.name() === rest[0]);
    if (next === undefined) return { found, rest };
    found = next;
    rest = rest.slice(1);
  }
}

/** Prose goes on after `amanat`, as in "the amanat command": a line is one to be typed where its first word is a command. */
const isCommand = ({ line }: Told): boolean => commandOf(line.split(/\s+/)).found !== program;

test('each verb exists, with its flags', () => {
  const lines = told.filter(isCommand);
  expect(lines.length).toBeGreaterThan(100);
  const wrong = lines.flatMap(({ file, line }) => {
    const { found, rest } = commandOf(line.trim().split(/\s+/));
    const [next = ''] = rest;
    const isVerbless = found.commands.length > 0 && /^[a-z][a-z-]+$/.test(next);
    const flags = rest.flatMap((word) => /^--[a-z-]+/.exec(word)?.[0] ?? []);
    const known = [found, program, ...found.commands].flatMap((one) => one.options).map((one) => one.long);
    const strange = flags.filter((one) => !known.includes(one) && one !== '--help');
    return isVerbless || strange.length > 0 ? [`${file}: amanat ${line}`] : [];
  });
  expect(wrong).toEqual([]);
});

test('instructions for operators name only existing commands', () => {
  const toOperators = told.filter(({ file }) =>
    /^(?:README|docs|src\/entry\/doctor|src\/domain\/error)/.test(file),
  );
  expect(toOperators.length).toBeGreaterThan(50);
  const others = toOperators.filter((one) => !isCommand(one)).map(({ file, line }) => `${file}: ${line}`);
  expect(others).toEqual([]);
});
