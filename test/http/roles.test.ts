/**
 * Who may call what: every route of the application, called by everybody there is, against the committed table
 * `roles.txt`. A new route without a rule fails; so does an answer that changed. Read the table, then
 * `npx vitest run test/http/roles.test.ts -u`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRoles, type OddCall, type RolesHouse, type TestedRoute } from '../support/roles.ts';

let roles: RolesHouse;
beforeAll(async () => {
  roles = await makeRoles();
});
afterAll(() => roles?.close());

/** One route: each answer and who gets it; the answer of most roles last, as that of everybody else. */
async function paragraph(route: TestedRoute): Promise<string> {
  const byAnswer = new Map<string, string[]>();
  for (const name of roles.names) {
    const answer = await roles.answer(route, name);
    byAnswer.set(answer, [...(byAnswer.get(answer) ?? []), name]);
  }
  const groups = [...byAnswer].toSorted(([, a], [, b]) => a.length - b.length);
  const most = groups.pop();
  const lines = groups
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([answer, who]) => [answer, who.join(', ')]);
  const all = [...lines, [most?.[0] ?? '', lines.length === 0 ? 'everybody' : 'everybody else']];
  return [
    `${route.method} ${route.path}`,
    ...all.map(([answer = '', who]) => `  ${answer.padEnd(26)} ${who}`),
  ].join('\n');
}

test('every route answers every caller as the committed table says', async () => {
  const everybody = `Everybody: ${roles.names.join(', ')}.`;
  const table: string[] = [];
  for (const route of roles.routes) table.push(await paragraph(route));
  await expect(`${everybody}\n\n${table.join('\n\n')}\n`).toMatchFileSnapshot('roles.txt');
});

/** Methods and spellings that the table has no row for. */
const ODD: Readonly<Record<string, (route: TestedRoute) => OddCall>> = {
  PUT: () => ({ method: 'PUT' }),
  PATCH: () => ({ method: 'PATCH' }),
  DELETE: () => ({ method: 'DELETE' }),
  OPTIONS: () => ({ method: 'OPTIONS' }),
  'a slash at the end': () => ({ at: (path) => `${path}/` }),
  'two slashes': () => ({ at: (path) => path.replace('/', '//') }),
  capitals: () => ({ at: (path) => path.replace(/[a-z]/, (one) => one.toUpperCase()) }),
};

/** Who may do the most at some route. */
const MIGHTY = [
  'an access key of the sender',
  'the system of the recipient',
  'another gateway',
  'Telegram',
  'who has a link to read',
  'monitoring',
];

test('no method and no spelling of an address avoids the table', async () => {
  for (const route of roles.routes)
    for (const [name, odd] of Object.entries(ODD))
      for (const role of MIGHTY.filter((one) => one.includes('link') === route.path.includes(':token'))) {
        const answer = await roles.odd(route, role, odd(route));
        expect(answer, `${name} at ${route.path}`).toMatch(/^40[45]( |$)/);
      }
});

test('HEAD is treated like GET, and no header changes the method', async () => {
  for (const route of roles.routes) {
    for (const role of ['nobody', 'an access key of the sender', 'monitoring']) {
      const [status] = (await roles.answer(route, role)).split(' ');
      const headers = { 'x-http-method-override': 'POST', 'x-method-override': 'DELETE' };
      const overridden = await roles.odd(route, role, { headers, at: (path) => `${path}?_method=POST` });
      if (route.method !== 'GET') continue;
      expect(await roles.odd(route, role, { method: 'HEAD' }), route.path).toMatch(new RegExp(`^${status}`));
      // A query that an address does not know may be refused.
      expect([status, '422'], route.path).toContain(overridden.split(' ')[0]);
    }
  }
});

test('routes that answer every method only say that they do not accept that one', () => {
  const known = new Set(roles.routes.map(({ path }) => path));
  expect(roles.forAll.filter((path) => path !== '/*' && !known.has(path))).toEqual([]);
});
