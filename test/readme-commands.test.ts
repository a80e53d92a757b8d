/**
 * The commands of the README, then of the operator's page, run as they are written, in their order. Each is run, or named here
 * as left out.
 */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadAuthorityKey } from '../src/cli/opened-home.ts';
import type { SettingValues } from '../src/config/settings.ts';
import { chance } from '../src/entry/chance.ts';
import { designateFocalPoint } from '../src/entry/enrolling/enrol.ts';
import { acceptSubmission } from '../src/flow/intake/assisted.ts';
import { freePort } from './cli/child.ts';
import { withGateway } from './support/cli-home.ts';
import { makeTestDatabase } from './support/database.ts';
import { type Machine, machine, type Ran } from './support/readme-machine.ts';
import { reachDatabase } from './support/server.ts';
import { makeOfficer, makeReportPost } from './support/story.ts';

/** What is not run here, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'npm ci && npm run demo': 'installs from the network; test/journeys/demo.test.ts runs the demo',
  'npm ci && npm test': 'installs from the network; this is it',
};
/** What ends with another code than 0: an exercise that nobody has answered yet is not passed. */
const CODES: Readonly<Record<string, number>> = { 'drill score': 1 };
/** The id that stands in the README for one of your own. */
const ANY_ID = /\b01a20435a6c670bcb1970ec89baea445\b/;

interface Typed {
  readonly line: string;
  /** The comment above it: where it is typed. */
  readonly where: string;
}

/** The commands of every block for a shell, without their comments; a backslash joins lines. */
function commandsOf(document: string): readonly Typed[] {
  const blocks = [...document.matchAll(/^```sh\n([\s\S]+?)^```/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) => {
    let where = '';
    return block
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .flatMap((text) => {
        if (text.startsWith('#')) where = text;
        const line = text.replace(/(?:^|\s)#.*$/, '').trim();
        return line === '' ? [] : [{ line, where }];
      });
  });
}

const commands = ['README.md', 'docs/operate.md'].flatMap((file) =>
  commandsOf(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')),
);

let databases: readonly Awaited<ReturnType<typeof makeTestDatabase>>[];
let gateway: Machine;
let authority: Machine;
let other: Machine;
/** What `$URL`, `$KEY` and the ids in the README stand for. */
const known = { port: 0, key: '', message: '', drill: '', endpoint: '' };

beforeAll(async () => {
  databases = await Promise.all([makeTestDatabase(), makeTestDatabase()]);
  const places = databases.map(({ server, name }) => reachDatabase(server, name));
  Object.assign(process.env, places[0]?.env);
  const [here, there] = places.map(({ url, env }): SettingValues => ({ ...env, DATABASE_URL: url }));
  [gateway, other, authority] = [machine(here), machine(there), machine()];
  known.port = await freePort();
});

afterAll(async () => {
  await Promise.all([gateway?.close(), other?.close(), authority?.close()]);
  await Promise.all((databases ?? []).map((one) => one.close()));
});

/** An authority signs with its key and shows what it is to sign; all else is typed at a gateway. */
function placeOf({ line, where }: Typed): Machine {
  if (/ authority |--key authority\/|designation show/.test(line)) return authority;
  return where === '# at the other gateway' ? other : gateway;
}

const amanat = (at: Machine, words: string): Promise<Ran> => at.type(`npm run -s amanat -- ${words}`);

/** What the README tells in its text, and not in a command, before a line can be typed. */
const BEFORE: Readonly<Record<string, () => Promise<void>>> = {
  'gateway import': async () => {
    expect((await amanat(other, 'init --url https://gateway.kh.example --country KH')).code).toBe(0);
    for (const { home } of [gateway, other])
      cpSync(join(authority.folder, 'authority/ID.pem'), join(home, 'certs/ID/office.pem'));
  },
  'designation import': async () =>
    cpSync(join(authority.folder, 'authority/ID.pem'), join(gateway.home, 'certs/ID/office.pem')),
  export: async () => {
    const own = 'gateway sign gateway.json --as ID --out own.signed.json';
    for (const words of [own, 'gateway import own.signed.json'])
      expect((await amanat(gateway, words)).code, words).toBe(0);
    known.message = await withGateway(gateway, async (open) => {
      const key = await loadAuthorityKey(gateway.home, 'KH');
      const draft = {
        slug: 'attache-phnom-penh',
        name: 'Invented Attaché',
        country: 'KH',
        officers: [makeOfficer()],
      };
      const attache = await designateFocalPoint(open, key, draft);
      const submission = { ...makeReportPost(['pos-putussibau']), handling: 'H1' } as never;
      const post = {
        kind: 'submission',
        focalPoint: attache.focal_point,
        key: chance.newId(),
        digest: 'any',
      } as const;
      return (await acceptSubmission(open, { ...post, submission })).id;
    });
    for (const country of ['ID', 'KH'])
      cpSync(join(gateway.home, `certs/${country}/authority.pem`), join(gateway.folder, `${country}.pem`));
  },
  curl: async () => {
    const made = await amanat(gateway, 'focal-point access-key --slug attache-phnom-penh');
    known.key = /amk_[\w-]{43}/.exec(made.out)?.[0] ?? '';
  },
  'endpoint confirm': async () => {
    if (known.endpoint !== '') return;
    const add = 'endpoint add --focal-point pos-entikong --channel webhook --address https://desk.example/';
    expect((await amanat(gateway, `${add}first`)).code).toBe(0);
    known.endpoint =
      /"endpoint":"([0-9a-f]{32})"/.exec((await amanat(gateway, `--json ${add}second`)).out)?.[1] ?? '';
  },
};

/** The line with what stands in the README for something of your own: an id, and a port that may be taken here. */
const filledIn = (line: string): string =>
  line
    .replace(ANY_ID, line.includes('drill score') ? known.drill : known.message)
    .replace('endpoint confirm ID', `endpoint confirm ${known.endpoint}`)
    .replace('127.0.0.1:8080', `127.0.0.1:${known.port}`);

/** The verbs of a line, or its program where it is not ours. */
const nameOf = (line: string): string =>
  /amanat -- ([a-z-]+(?: [a-z-]+)?)/.exec(line)?.[1] ?? line.split(' ')[0] ?? '';

const ofNames = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  table[name] ?? table[name.split(' ')[0] ?? ''];

test('README has commands, and each that the test skips is still there', () => {
  const lines = commands.map(({ line }) => line);
  expect(lines.length).toBeGreaterThan(25);
  expect(Object.keys(LEFT_OUT).filter((line) => !lines.includes(line))).toEqual([]);
  const names = lines.map(nameOf);
  const told = [...Object.keys(CODES), ...Object.keys(BEFORE)];
  expect(told.filter((name) => !names.some((one) => one === name || one.startsWith(`${name} `)))).toEqual([]);
});

test.each(commands.filter(({ line }) => !(line in LEFT_OUT)))('$line', async (typed) => {
  const at = placeOf(typed);
  const name = nameOf(typed.line);
  for (const one of [gateway, other, authority]) if (one !== at) at.takeFrom(one);
  await ofNames(BEFORE, name)?.();
  const line = filledIn(typed.line);
  const env = { KEY: known.key, URL: `http://127.0.0.1:${known.port}` };
  if (name === 'serve') {
    expect(await at.begin(line, /https:\/\/gateway\.example/, env)).toBeTruthy();
    return;
  }
  const { code, out } = await at.type(line, env);
  expect(code, out).toBe(ofNames(CODES, name) ?? 0);
  if (name === 'drill start') known.drill = /drill score ([0-9a-f]{32})/.exec(out)?.[1] ?? '';
});

test('the files that the commands write exist', () => {
  const letter = readFileSync(join(gateway.folder, 'letter.pdf'));
  const figures = readFileSync(join(gateway.folder, 'figures.pdf'));
  expect([letter, figures].map((file) => file.subarray(0, 5).toString())).toEqual(['%PDF-', '%PDF-']);
});
