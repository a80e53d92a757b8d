/** What every refusal must fulfil, checked from outside: the answer, the evidence, the rows and the log. */
import { expect } from 'vitest';
import { PROBLEMS, type ProblemCode, problemType } from '../../src/domain/words/error.ts';
import { verifyStatement } from '../../src/seal/statement.ts';
import type { Rig } from './rig.ts';

/** Strings that tests send in every place that a sender can fill, and that must never be shown. */
export const MARKERS = 'marker-7f3a';

/** Patterns of internal code and libraries: no answer may show them. */
const INSIDES = /\.ts:\d|node_modules|\bat \w+ \(|Error:|zod|postgres|select |insert /i;

export type RowCounts = Readonly<Record<string, number>>;

/** Rows of every table. */
export async function countRows({ database: { sql } }: Rig): Promise<RowCounts> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by 1`;
  const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from "${name}"`);
  const rows = await sql.unsafe<{ name: string; rows: number }[]>(counts.join(' union all '));
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
}

export interface ExpectedRefusal {
  readonly code: ProblemCode;
  /** DID of the sender, if it was authenticated: then the rejection is signed. */
  readonly signedTo?: string | undefined;
}

/** Sends bad input and checks the answer, the tables and the log. */
export async function expectRefusal(
  house: Rig,
  send: () => Promise<Response> | Response,
  { code, signedTo }: ExpectedRefusal,
): Promise<Record<string, unknown>> {
  const before = await countRows(house);
  const response = await send();
  const text = await response.text();
  const after = await countRows(house);
  const { status, title, help } = PROBLEMS[code];
  expect([response.status, JSON.parse(text).type], text).toEqual([status, problemType(code)]);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = JSON.parse(text) as Record<string, unknown>;
  expect(problem).toMatchObject({ title, status, instance: expect.stringMatching(/^urn:amanat:request:/) });
  expect(problem['detail']).toMatch(/^\S.{5,}\. \S.{10,}\.$/su);
  expect(problem['detail']).toContain(help);
  expect(text).not.toContain(MARKERS);
  expect(problem['detail']).not.toMatch(INSIDES);
  const evidence = { evidence: (before['evidence'] ?? 0) + (signedTo === undefined ? 0 : 1) };
  expect(after).toEqual({ ...before, ...evidence });
  await expectRejection(house, problem['evidence'], { code, signedTo });
  expect(JSON.stringify(house.lines)).not.toContain(MARKERS);
  return problem;
}

/** A signed rejection if the sender was authenticated, and only then. */
async function expectRejection(house: Rig, jws: unknown, { code, signedTo }: ExpectedRefusal): Promise<void> {
  if (signedTo === undefined) {
    expect(jws).toBeUndefined();
    return;
  }
  const { payload } = await verifyStatement(jws, 'evidence', async (kid) =>
    kid === house.gateway.key.kid ? house.gateway.key.publicJwk : undefined,
  );
  expect(payload).toMatchObject({
    kind: 'evidence',
    event: 'SubmissionRejection',
    reason: code,
    sender: signedTo,
    by: house.gateway.did,
  });
  expect(JSON.stringify(payload)).not.toContain(MARKERS);
}
