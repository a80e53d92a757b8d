/** `amanat report` and `amanat drill`, as an operator runs them on the gateway of the home folder. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadAuthorityKey } from '../../src/cli/opened-home.ts';
import { designateFocalPoint } from '../../src/entry/enrolling/enrol.ts';
import { readHome } from '../../src/entry/home/home.ts';
import { openGateway } from '../../src/entry/node.ts';
import { silentLog } from '../../src/log.ts';
import { makeHome } from '../support/cli-home.ts';
import { addHook } from '../support/confirmed.ts';
import { concludeAgreement } from '../support/signed-statements.ts';
import { makeOfficer } from '../support/story.ts';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;

/** Two desks of one country, and an agreement by which they may hold drills. */
async function enrol(): Promise<void> {
  const { gateway, close } = await openGateway(readHome(at.home, at.values), silentLog);
  try {
    const authority = await loadAuthorityKey(at.home, 'ID');
    const draft = { name: 'Invented', country: 'ID', officers: [makeOfficer()] };
    for (const slug of ['shelter', 'desk']) {
      const focalPoint = await designateFocalPoint(gateway, authority, { ...draft, slug });
      await addHook(gateway, focalPoint.focal_point, { address: 'https://x.example/in' });
    }
    await concludeAgreement(gateway, [authority], {
      kind: 'agreement',
      id: 'domestic',
      version: 1,
      title: 'Invented',
      parties: ['ID'],
      rules: [{ from: ['ID'], to: ['ID'], types: ['drill'] }],
      from: new Date(Date.now() - 1_000).toISOString(),
      until: new Date(Date.now() + 365 * 86_400_000).toISOString(),
    });
  } finally {
    await close();
  }
}

beforeAll(async () => {
  at = await benchOnServer();
  await makeHome(at, 'https://gateway.example');
  await enrol();
});
afterAll(() => at.close());

// Of one moment: a test that runs over midnight asks for one day still.
const begun = Date.now();
const day = (days: number): string => new Date(begun + days * 86_400_000).toISOString().slice(0, 10);
const period = ['report', '--agreement', 'domestic', '--from', day(-1), '--to', day(1)];

test('a drill is started and scored; while it runs the exit code says so', async () => {
  const begun = await at.json(['drill', 'start', '--from', 'shelter', '--to', 'desk', '--name', 'Invented']);
  expect(begun.code).toBe(0);
  const { id, thid } = begun.document;
  const { code, document } = await at.json(['drill', 'score', thid]);
  expect(code).toBe(6);
  expect(document).toMatchObject({
    thread: thid,
    verdict: 'running',
    late: [],
    ways: [{ message: id, from: 'shelter', to: 'desk', state: 'waiting' }],
  });
  const said = await at.amanat(['drill', 'score', thid]);
  expect(said.out).toMatch(/^drill +running$/m);
  expect(said.out).toMatch(/^shelter +desk +waiting/m);
  expect(await at.json(['drill', 'score', '0'.repeat(32)])).toMatchObject({
    code: 3,
    document: { error: { code: 'not-found' } },
  });
});

test('a report is printed, and written as table, page and PDF, readable by its owner alone and never over another file', async () => {
  const files = { csv: at.file('r.csv'), html: at.file('r.html'), pdf: at.file('r.pdf') };
  const flags = Object.entries(files).flatMap(([name, file]) => [`--${name}`, file]);
  const { code, document } = await at.json([...period, ...flags, '--lang', 'id']);
  expect(code).toBe(0);
  expect(document).toMatchObject({
    kind: 'amanat-report',
    agreement: { id: 'domestic', version: 1 },
    from: `${day(-1)}T00:00:00.000Z`,
    to: `${day(2)}T00:00:00.000Z`,
    suppress_under: 5,
  });
  const figures = document.rows.map((row: { figure: string }) => row.figure);
  expect([...new Set(figures)]).toEqual(['drill-messages', 'drill-acknowledge']);
  expect(readFileSync(files.csv, 'utf8').split('\r\n')).toHaveLength(document.rows.length + 2);
  expect(readFileSync(files.html, 'utf8')).toContain('<html lang="id">');
  expect(readFileSync(files.pdf).subarray(0, 5).toString()).toBe('%PDF-');
  for (const file of Object.values(files)) expect(statSync(file).mode & 0o077).toBe(0);
  expect((await at.json([...period, '--csv', files.csv])).code).toBe(2);
  const said = await at.amanat(period);
  expect(said.out).toMatch(/^drill-messages +ID +drill +all +1/m);
});

test('an invalid day, period or agreement is refused, and nothing is written', async () => {
  const file = at.file('none.csv');
  const wrong = (flag: string, value: string) => [...period, '--csv', file, flag, value];
  for (const value of ['2026-02-30', '2026-01-01T00:00:00'])
    expect((await at.json(wrong('--from', value))).code).toBe(2);
  expect((await at.json(wrong('--from', day(5)))).code).toBe(2);
  expect(await at.json(wrong('--agreement', 'none'))).toMatchObject({
    code: 3,
    document: { error: { code: 'not-found' } },
  });
  expect(existsSync(file)).toBe(false);
});

test('- means standard output, alone; it is never a file name', async () => {
  const csv = await at.amanat([...period, '--csv', '-']);
  expect([csv.code, csv.err]).toEqual([0, '']);
  const [heading = '', ...rows] = csv.out.split('\r\n');
  expect(heading).toMatch(/^agreement,version,/);
  expect(rows.at(-1)).toBe('');
  const pdf = await at.amanat([...period, '--pdf', '-', '--csv', at.file('beside.csv')]);
  expect([pdf.code, pdf.out.slice(0, 5)]).toEqual([0, '%PDF-']);
  expect(readFileSync(at.file('beside.csv'), 'utf8').split('\r\n')).toHaveLength(rows.length + 1);
  const refused = async (detail: string, ...words: string[]) =>
    expect(await at.json(words)).toMatchObject({
      code: 2,
      document: { error: { code: 'usage', detail: expect.stringContaining(detail) } },
    });
  await refused('--csv: --json already writes to standard output', ...period, '--csv', '-');
  await refused('--csv, --pdf: only one of these', ...period, '--csv', '-', '--pdf', '-');
  // Where an answer follows, and where a secret would be written.
  const draft = ['gateway', 'draft', '--name', 'Invented', '--country', 'ID', '--out', '-'];
  await refused('--out: cannot go to standard output', ...draft);
  const key = ['focal-point', 'access-key', '--slug', 'desk', '--key-out', '-'];
  await refused('--key-out: cannot go to standard output', ...key);
  expect(existsSync('-')).toBe(false);
});
