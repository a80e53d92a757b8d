/**
 * A stranger follows the README from an empty folder, then the operator's page: every file is saved and every line typed
 * as it stands, in the order of the page. Only what the page tells the reader to replace is replaced. What cannot run
 * here is named with what it needs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from './cli/child.ts';
import { readSteps, type Step } from './support/readme-blocks.ts';
import { type Machine, machine } from './support/readme-machine.ts';

/** What is not run here, and what it needs. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'npm ci && npm run demo': 'the package registry; test/journeys/demo.test.ts runs the demo',
  'npm ci && npm test': 'the package registry; this is one of those tests',
};
/** What ends with another code than 0, as the README says: the drill is running. */
const CODES: Readonly<Record<string, number>> = { 'drill score': 6 };

/** What a line must print, where its exit code says too little. */
const PRINTED: Readonly<Record<string, RegExp>> = {
  'node post.mjs':
    /id: '[0-9a-f]{32}',\s+thid: '[0-9a-f]{32}',\s+evidence: \{\s+payload: '[\s\S]+\/v1\/messages\/[0-9a-f]{32}'/,
};

const stepsOf = (file: string): readonly Step[] =>
  readSteps(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
const [readme, operate] = [stepsOf('README.md'), stepsOf('docs/operate.md')];

let here: Machine;
/** What the reader fills in: ports that are free here, and the ids that the program printed last. */
const known = { ports: ['', ''], id: '', thread: '', endpoint: '' };

beforeAll(async () => {
  here = machine();
  known.ports = [String(await freePort()), String(await freePort())];
});
afterAll(() => here?.close());

/** The text with what the page tells to replace: a port that is taken, and the example id. */
const filledIn = (text: string): string =>
  text
    .replaceAll(':8080', `:${known.ports[0]}`)
    .replaceAll(':8081', `:${known.ports[1]}`)
    .replaceAll('01a20435a6c670bcb1970ec89baea445', text.includes(' drill score ') ? known.thread : known.id)
    .replace('endpoint confirm ID', `endpoint confirm ${known.endpoint}`);

/** Keeps what was printed under these names. */
function note(out: string): void {
  known.id = /^\W*id\W+([0-9a-f]{32})\b/m.exec(out)?.[1] ?? known.id;
  known.thread = /^thread +([0-9a-f]{32})\b/m.exec(out)?.[1] ?? known.thread;
}

/** The verbs of a line of ours. */
const verbsOf = (line: string): string => /amanat -- ([a-z-]+ [a-z-]+)/.exec(line)?.[1] ?? '';

async function follow(step: Step): Promise<void> {
  if (typeof step !== 'string') {
    writeFileSync(join(here.folder, step.name), filledIn(step.text));
    return;
  }
  if (/ amanat -- serve$/.test(step)) return here.begin(filledIn(step), /^serving /m);
  const { code, out } = await here.type(filledIn(step));
  note(out);
  expect(code, out).toBe(CODES[verbsOf(step)] ?? 0);
  expect(out).toMatch(PRINTED[step] ?? /(?:)/);
}

const nameOf = (step: Step): string => (typeof step === 'string' ? step : `save ${step.name}`);
const named = (steps: readonly Step[]) =>
  steps.filter((one) => !(nameOf(one) in LEFT_OUT)).map((step) => ({ name: nameOf(step), step }));

test('README still has each line that the test skips or expects to end with another code', () => {
  const names = readme.map(nameOf);
  expect(Object.keys(LEFT_OUT).filter((line) => !names.includes(line))).toEqual([]);
  expect(Object.keys(CODES).filter((verbs) => !names.map(verbsOf).includes(verbs))).toEqual([]);
  const more = ['save post.mjs', 'save roster.json', ...Object.keys(PRINTED)];
  expect(names).toEqual(expect.arrayContaining(more));
  expect(names.length).toBeGreaterThan(60);
});

test.each(named(readme))('README: $name', async ({ step }) => {
  await expect(follow(step)).resolves.toBeUndefined();
});

test('the files that the README has the reader write exist', () => {
  const beside = (name: string): string =>
    readFileSync(join(here.folder, '..', name))
      .subarray(0, 5)
      .toString();
  expect(['letter.pdf', 'same-letter.pdf', 'figures.pdf'].map(beside)).toEqual(['%PDF-', '%PDF-', '%PDF-']);
  for (const name of ['.amanat', '../gateway-id', '../gateway-kh'])
    expect(existsSync(join(here.folder, name, 'data')), name).toBe(true);
});

test('a second endpoint waits for its focal point, as the operator’s page supposes', async () => {
  const add =
    'npm run -s amanat -- --json endpoint add --focal-point pos-entikong --channel webhook --address';
  for (const address of ['https://desk.example/first', 'https://desk.example/second']) {
    const { code, out } = await here.type(`${add} ${address}`);
    expect(code, out).toBe(0);
    known.endpoint = /"endpoint":"([0-9a-f]{32})"/.exec(out)?.[1] ?? '';
  }
  expect(known.endpoint).not.toBe('');
});

test.each(named(operate))('docs/operate.md: $name', async ({ step }) => {
  await expect(follow(step)).resolves.toBeUndefined();
});
