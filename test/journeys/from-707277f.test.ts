/**
 * The databases of two gateways of commit 707277f, through every migration since: their records are read, shown,
 * proven, exported and verified as before, and an open case continues.
 */
import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/designation.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { writeCase } from '../../src/flow/case/reading.ts';
import { type CaseReport, verifyCase } from '../../src/flow/case/verify.ts';
import { checkOwnLedger } from '../../src/flow/ledger/check.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { adoptGrants, listAdoption } from '../../src/flow/operator/adopting.ts';
import { readAnchorByCertificate } from '../../src/seal/authority.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';
import { KEPT_PEMS, KEPT_SETUP, KEPT_VERDICTS, unpackKept } from '../support/at-707277f.ts';
import { restoreDatabase } from '../support/database.ts';
import { createPartner, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { makeReportPost } from '../support/story.ts';

type Name = 'kh' | 'id';

const SLUG = { kh: 'shelter', id: 'desk' } as const;
interface Secret {
  readonly owner: string;
  readonly id: string;
  readonly wrapped: string;
}

let houses: Readonly<Record<Name, Rig>>;
/** A secret of each as it was wrapped then, with no owner in it. */
const before: Partial<Record<Name, Secret | undefined>> = {};
let partners: Readonly<Record<Name, RigPartner>>;

async function house(name: Name): Promise<Rig> {
  const database = await restoreDatabase(unpackKept(`${name}.sql`).toString());
  await migrateDatabase(database.sql);
  await database.store.database.checkReady();
  const old = await makeRig({
    database,
    values: KEPT_SETUP[name].values,
    start: new Date(KEPT_SETUP.at),
    agreedAt: null,
  });
  [before[name]] = await database.sql<Secret[]>`
    select owner, id, wrapped from secret where kind = 'webhook-inbound' order by id limit 1`;
  // The operator looks through what is there, once.
  const { grants, statements, code } = await listAdoption(old.gateway);
  expect(statements.length).toBeGreaterThan(0);
  expect(await adoptGrants(old.gateway, code)).toEqual({
    grants: grants.length,
    statements: statements.length,
  });
  expect(await listAdoption(old.gateway)).toMatchObject({ grants: [], statements: [] });
  return old;
}

async function partner(name: Name, { gateway, app }: Rig): Promise<RigPartner> {
  const rows = await gateway.store.directory.readDirectory();
  const designations = rows.designations.map(
    (text) => peekStatement(JSON.parse(text)).payload as Designation,
  );
  const designation = designations.find((one) => one.slug === SLUG[name]) as Designation;
  const secrets = name === 'kh' ? KEPT_SETUP.kh.shelter : KEPT_SETUP.id.desk;
  return createPartner({ designation, ...secrets }, gateway.now, (path, init) =>
    app.request(`${KEPT_SETUP[name].url}${path}`, init),
  );
}

beforeAll(async () => {
  const [kh, id] = await Promise.all([house('kh'), house('id')]);
  houses = { kh, id };
  partners = { kh: await partner('kh', kh), id: await partner('id', id) };
});
afterAll(async () => {
  await Promise.all([houses?.kh.close(), houses?.id.close()]);
});

const verdictOn = async (file: Awaited<ReturnType<typeof exportCase>>): Promise<CaseReport> =>
  (await verifyCase(
    Buffer.from(writeCase(file)),
    await Promise.all(KEPT_PEMS.map(readAnchorByCertificate)),
  )) as CaseReport;

const statusOf = async (one: RigPartner, id: string) => {
  const answer = await one.status(id);
  expect(answer.status).toBe(200);
  return answer.json();
};

describe.each(['kh', 'id'] as const)('at the gateway %s', (name) => {
  test('each message has the same state as before', async () => {
    const { answered, recalled, open } = KEPT_SETUP.messages;
    const states = await Promise.all(
      [answered, recalled, open].map(async (id) => (await statusOf(partners[name], id)).state),
    );
    // The sender sees that another desk declined; the desk sees its own part.
    expect(states).toEqual([name === 'kh' ? 'declined' : 'acknowledged', 'recalled', 'waiting']);
    const headers = { authorization: `Bearer ${partners[name].accessKey}` };
    const { thid } = await statusOf(partners[name], open);
    for (const path of [`/v1/threads/${thid}`, '/v1/threads', '/v1/directory', '/readyz']) {
      const answer = await houses[name].app.request(`${KEPT_SETUP[name].url}${path}`, { headers });
      expect(answer.status, path).toBe(200);
    }
  });

  test('the ledger is the signed one, and grows', async () => {
    const { gateway } = houses[name];
    houses[name].pass(120);
    expect(await checkOwnLedger(gateway)).toBe(true);
    await extendLedger(gateway);
    expect(await gateway.store.ledger.alarmCount()).toBe(0);
  });

  test('cases are exported with the same content', async () => {
    for (const [file, before] of Object.entries(KEPT_VERDICTS)) {
      if (!new RegExp(`^(?!false|receipt).*-${name}(?:-contents)?$`).test(file)) continue;
      const then = before as unknown as CaseReport;
      const { gateway } = houses[name];
      const contents = file.endsWith('-contents');
      const now = await verdictOn(await exportCase(gateway, { id: then.message ?? then.thread, contents }));
      expect(now, file).toMatchObject({ verified: true, contents: then.contents });
      const said = ({ messages }: CaseReport) =>
        messages.map(({ id, type, accepted_at: at, sender, recipients, evidence }) => ({
          id,
          type,
          at,
          sender,
          recipients,
          evidence: evidence.map(({ ledger: _, ...one }) => one),
        }));
      expect(said(now), file).toEqual(said(then));
    }
  });
});

test('an open case continues: the focal point acknowledges, and a new message is accepted', async () => {
  const { open } = KEPT_SETUP.messages;
  const word = await partners.id.post('acknowledgements', {
    message: open,
    decision: 'accepted',
    officer: 'o1',
  });
  expect(word.status, await word.text()).toBe(201);
  expect((await statusOf(partners.id, open)).state).toBe('acknowledged');
  const taken = await partners.kh.post('messages', makeReportPost(['near']));
  expect(taken.status, await taken.text()).toBe(202);
  const { gateway } = houses.id;
  const verdict = await verdictOn(await exportCase(gateway, { id: open, contents: true }));
  expect(verdict.messages[0]?.evidence.at(-1)).toMatchObject({ event: 'ConsignmentAcceptance' });
});

test('a secret without an owner is adopted once, in the first adoption', async () => {
  const { gateway, database } = houses.kh;
  const { owner = '', id = '', wrapped = '' } = before.kh ?? {};
  expect(wrapped).not.toBe('');
  await database.sql`
    update secret set wrapped = ${wrapped}, entry = null, mac = null where owner = ${owner} and id = ${id}`;
  const { grants, code } = await listAdoption(gateway);
  expect(grants).toMatchObject([{ kind: 'secret', owner, why: 'unsigned' }]);
  expect(await adoptGrants(gateway, code)).toEqual({ grants: 0, statements: 0 });
  expect((await listAdoption(gateway)).grants).toMatchObject([{ kind: 'secret', owner }]);
});
