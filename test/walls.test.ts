/** The layers of the code: imports go only downward, each library stays in its room, and no room is called "utils". */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { parseAst } from 'vitest/node';

/** All floors below the entry, and the channels. */
const BELOW_ENTRY = [
  'http',
  'web',
  'paper',
  'flow',
  'gateway',
  'store',
  'seal',
  'ledger',
  'domain',
  'log',
  'metrics',
  'call-limits',
  'peer-signs',
  'parts',
  'refusals',
  'config',
  'adapters',
];

/** Each room and the rooms it may import from, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  seal: ['domain'],
  store: ['domain', 'log'],
  ledger: ['domain'],
  log: [],
  metrics: ['domain'],
  'call-limits': ['domain'],
  'peer-signs': [],
  parts: ['log'],
  refusals: ['domain'],
  config: ['domain'],
  gateway: [
    'domain',
    'seal',
    'store',
    'ledger',
    'log',
    'metrics',
    'call-limits',
    'peer-signs',
    'parts',
    'refusals',
  ],
  flow: ['gateway', 'refusals', 'store', 'seal', 'ledger', 'domain'],
  http: ['flow', 'gateway', 'store', 'seal', 'ledger', 'domain', 'log'],
  web: ['flow', 'gateway', 'store', 'seal', 'domain', 'log'],
  paper: ['domain'],
  adapters: ['domain', 'seal'],
  entry: BELOW_ENTRY,
  cli: ['entry', ...BELOW_ENTRY],
};

/**
 * What the demo may import besides itself: what opens a home folder and the command line, as operators have them; and what
 * an outside party's developer would take from a library. Gateways it asks over their own API, mail, chats and webhooks.
 */
const DEMO = ['src/cli', 'src/entry', 'src/domain', 'src/seal', 'src/log.ts', 'test/support/outside'];

/** What stands outside the gateways, for the demo and for tests, and may import no more than the demo. */
const OUTSIDE = ['src/entry/home/certificates.ts', 'src/domain', 'src/seal'];

/** The floors that know a runtime. */
const OPEN = ['entry', 'cli', 'adapters'];

/** The rooms of `domain`, from the bottom: each imports from those before it only. */
const DOMAIN = ['words', 'party', 'message', 'terms', 'evidence', 'carriage', 'turn', 'figures'];

/** The rooms of `flow`, from the bottom: each imports from those before it only. `chase` and `loop` stand on top. */
const FLOW = [
  'directory',
  'evidence',
  'operator',
  'ledger',
  'statements',
  'keep',
  'account',
  'content',
  'thread',
  'intake',
  'figures',
  'drill',
  'escalation',
  'carry',
  'endpoint',
  'acknowledgement',
  'case',
  'schema.ts',
  'limit-sharing.ts',
  'escalation.ts',
  'loop',
];

/** Libraries that live in one room. What is not listed may be imported by the open floors only. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  zod: ['domain', 'config', 'seal', 'store', 'http', 'adapters', 'entry'],
  jose: ['seal'],
  '@noble/ed25519': ['seal'],
  pkijs: ['seal', 'adapters', 'entry'],
  asn1js: ['seal', 'adapters', 'entry'],
  postgres: ['store', 'entry'],
  hono: ['http', 'web', 'entry'],
  '@hono/zod-openapi': ['http'],
  '@fluent/bundle': ['web'],
  uqr: ['paper', 'web', 'entry', 'cli'],
};

/** What a room may take from the runtime; the open floors may take anything. */
const RUNTIME: Readonly<Record<string, readonly string[]>> = {
  seal: ['node:crypto', 'node:buffer'],
  // SHA-256 and bytes as text: functions of their arguments, which every log of this kind fixes.
  ledger: ['node:crypto', 'node:buffer'],
  // Digests of rows, migrations beside the code, faults of connections, waits between tries.
  store: ['node:crypto', 'node:fs', 'node:net', 'node:timers/promises'],
};

const SOURCES = globSync(['src/**/*.ts', 'adapters/**/*.ts']).toSorted();
const IMPORT = /^(?:import|export)\s[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;

const roomOf = (path: string): string => {
  const [top = '', second = ''] = path.split('/');
  // What may be taken of the gateway stands where the gateway stands.
  return top === 'src' ? second.replace(/(?:-parts)?\.ts$/, '') : top;
};

const importsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(IMPORT)].map((found) => found[1] ?? found[2] ?? found[3] ?? '');

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

function faultsOf(path: string): string[] {
  const room = roomOf(path);
  const open = OPEN.includes(room);
  return importsOf(path).flatMap((name) => {
    if (name.startsWith('.')) {
      const target = normalize(join(dirname(path), name));
      const other = roomOf(target);
      const allowed = other === room || MAY_IMPORT[room]?.includes(other);
      const neighbours =
        room === 'adapters' && other === 'adapters' && path.split('/')[1] !== target.split('/')[1];
      return allowed && !neighbours ? [] : [`${path} reaches up or across to ${target}`];
    }
    if (name.startsWith('node:'))
      return open || RUNTIME[room]?.includes(name) ? [] : [`${path} takes ${name} out of the air`];
    const allowed = LIBRARIES[packageOf(name)]?.includes(room) ?? open;
    return allowed ? [] : [`${path} imports ${name}, which is not for ${room}`];
  });
}

test('every room is known', () => {
  expect([...new Set(SOURCES.map(roomOf))].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
});

test('files import only from layers below', () => {
  expect(SOURCES.flatMap(faultsOf)).toEqual([]);
});

test.each([
  ['demo', DEMO],
  ['test/support/outside', OUTSIDE],
])('%s is imported only through its public files', (folder, rooms) => {
  const files = globSync(`${folder}/**/*.ts`);
  expect(files.length).toBeGreaterThan(10);
  const strays = files.flatMap((path) =>
    importsOf(path)
      .filter((name) => name.startsWith('.'))
      .map((name) => normalize(join(dirname(path), name)))
      .filter(
        (target) => ![folder, ...rooms].some((room) => target === room || target.startsWith(`${room}/`)),
      )
      .map((target) => `${path} reaches into ${target}`),
  );
  expect(strays).toEqual([]);
});

test.each([
  ['domain', DOMAIN],
  ['flow', FLOW],
])('the rooms of %s import only from rooms below', (floor, rooms) => {
  const stepOf = (path: string): number => rooms.indexOf(path.split('/')[2] ?? '');
  const files = SOURCES.filter((path) => roomOf(path) === floor);
  expect(files.filter((path) => stepOf(path) < 0)).toEqual([]);
  const up = files.flatMap((path) =>
    importsOf(path)
      .map((name) => normalize(join(dirname(path), name)))
      .filter((target) => target.startsWith(`src/${floor}/`) && stepOf(target) > stepOf(path))
      .map((target) => `${path} reaches up to ${target}`),
  );
  expect(up).toEqual([]);
});

test('no imports form a cycle', () => {
  const graph = new Map(
    SOURCES.map((path) => [
      path,
      importsOf(path)
        .filter((name) => name.startsWith('.'))
        .map((name) => normalize(join(dirname(path), name))),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '));
    if (done.has(path) || way.includes(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...way, path]);
    done.add(path);
  };
  for (const path of SOURCES) walk(path, []);
  expect(circles).toEqual([]);
});

test('no file is a collection of unrelated things', () => {
  const drawers = /(?:^|\/)(?:index|utils?|helpers?|common|base|manager|service|processor)\.ts$/;
  expect(
    globSync(['src/**/*.ts', 'adapters/**/*.ts', 'test/**/*.ts']).filter((path) => drawers.test(path)),
  ).toEqual([]);
});

test('only the entry provides clock, chance and environment', () => {
  const air =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.env\b|\bglobalThis\.fetch\b|(?<![.\w])fetch\(/;
  const below = SOURCES.filter((path) => !OPEN.includes(roomOf(path)));
  const lines = below.flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line, n) => (air.test(line) && !/^\s*(\/?\*|\/\/)/.test(line) ? [`${path}:${n + 1}`] : [])),
  );
  expect(lines).toEqual([]);
});

/** A literal in a literal hides a line from the formatter, and its members from the check for those that do not belong. */
test('no object literal is spread into another one', () => {
  const all = globSync(['src/**/*.ts', 'adapters/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'demo/**/*.ts']);
  const lines = all.flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line, n) => (/\.\.\.\(?\{(?!\})/.test(line) ? [`${path}:${n + 1}`] : [])),
  );
  expect(lines).toEqual([]);
});

/** How many functions take the whole gateway. What is new takes a part of it, named in `src/gateway-parts.ts`. */
const TAKE_ALL = 18;

test('no more functions than before take the whole gateway', () => {
  const taking = SOURCES.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/(?:[(,]|^)\s*(?:\w+|\{[^{}]*\}): Gateway\b(?!\[)/gm)].map(
      () => path,
    ),
  );
  const advice = taking.length > TAKE_ALL ? 'take a part of it' : 'lower TAKE_ALL';
  expect(taking.length, `${advice}:\n${taking.join('\n')}`).toBe(TAKE_ALL);
});

/** The longest function that is seen whole on a screen, in lines from its first word to its last. */
const SCREEN = 60;

/** Every function in a tree of the parser, however deep: declared, an arrow, a method. */
function functionsIn(node: unknown): { readonly start: number; readonly end: number }[] {
  if (Array.isArray(node)) return node.flatMap(functionsIn);
  if (typeof node !== 'object' || node === null) return [];
  const inside = Object.values(node).flatMap(functionsIn);
  const { type, start, end } = node as { type?: unknown; start: number; end: number };
  return typeof type === 'string' && type.includes('Function') ? [{ start, end }, ...inside] : inside;
}

test('no function is longer than a screen, with blank lines and comments', () => {
  const files = [...SOURCES, ...globSync('demo/**/*.ts')];
  const linesOf = (text: string): number => text.split('\n').length;
  const long = files.flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    if (linesOf(text) <= SCREEN) return [];
    return functionsIn(parseAst(text, { lang: 'ts' }))
      .filter(({ start, end }) => linesOf(text.slice(start, end)) > SCREEN)
      .map(
        ({ start, end }) => `${path}:${linesOf(text.slice(0, start))} has ${linesOf(text.slice(start, end))}`,
      );
  });
  expect(long).toEqual([]);
});
