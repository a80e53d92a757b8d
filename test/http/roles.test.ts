/**
 * Who may call what: every route of the application, called by everybody there is, against the committed table
 * `roles.txt`. A new route without a rule fails; so does an answer that changed. Read the table, then
 * `npx vitest run test/http/roles.test.ts -u`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRoles, type Roles, type Route } from '../support/roles.ts';

let roles: Roles;
beforeAll(async () => {
  roles = await makeRoles();
}, 60_000);
afterAll(() => roles?.close());

/** One route: each answer and who gets it; the answer of most roles last, as that of everybody else. */
async function paragraph(route: Route): Promise<string> {
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

test('every route answers everybody as the committed table says', async () => {
  const everybody = `Everybody: ${roles.names.join(', ')}.`;
  const table: string[] = [];
  for (const route of roles.routes) table.push(await paragraph(route));
  await expect(`${everybody}\n\n${table.join('\n\n')}\n`).toMatchFileSnapshot('roles.txt');
}, 180_000);
