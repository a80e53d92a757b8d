/** The other side renames an officer and adds one; nobody lies, and nobody has imported the new designation here yet. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { designateFocalPoint } from '../../src/entry/enrolling/enrol.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { fetchMissing, listPending } from '../../src/flow/statements/missing.ts';
import { type AcrossBorder, designateSide, makeAcrossBorder } from '../support/across.ts';
import { verifyGood } from '../support/case-files.ts';
import { fetchMessageStatus, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';

let all: AcrossBorder;

beforeAll(async () => {
  all = await makeAcrossBorder();
  await designateSide(all.kh, 'KH', new Date());
  await designateSide(all.id, 'ID', new Date());
});
afterAll(() => all?.close());

const SAME = { same: ['o1'], other: [] };
const RENAMED = { ...makeOfficer(), name: 'Invented Other Name' };

/** A later designation of the desk, kept at its own gateway only. */
async function redesignated(): Promise<void> {
  const { house } = all.id;
  const { slug, name, country } = all.focalPoint.designation;
  house.pass(2);
  all.kh.house.pass(2);
  const draft = { slug, name, country, officers: [RENAMED, makeOfficer('en', 'o2')] };
  await designateFocalPoint(house.gateway, house.authorities.ID, draft, SAME);
}

test('the statement is asked for and shown for import, and the export says that it rests on a statement elsewhere', async () => {
  const { kh, id, shelter, focalPoint } = all;
  const first = await postMessage(shelter, makeReportPost(['desk']));
  const second = await postMessage(shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  await redesignated();
  for (const [message, who] of [
    [first, 'o1'],
    [second, 'o2'],
  ] as const) {
    const answer = await focalPoint.post('acknowledgements', { message, decision: 'accepted', officer: who });
    expect(answer.status, await answer.text()).toBe(201);
  }
  await all.waitUntilIdle();
  // Not known yet who that is: it is not refused for good, and the statement is wanted.
  expect(await fetchMessageStatus(shelter, first)).toMatchObject({ state: 'waiting' });
  expect(await kh.house.database.store.messages.complaints(10)).toEqual([]);
  const { gateway } = kh.house;
  const [wanted] = await listPending(gateway);
  expect(wanted).toMatchObject({ kind: 'designation', about: focalPoint.designation.focal_point });
  expect(wanted?.statement).toBeUndefined();

  expect(await fetchMissing(gateway)).toBe(1);
  const [pending] = await listPending(gateway);
  expect(pending?.statement).toBeDefined();
  for (const { house } of [kh, id]) house.pass(3_600);
  await all.waitUntilIdle();
  for (const message of [first, second])
    expect(await fetchMessageStatus(shelter, message)).toMatchObject({ state: 'acknowledged' });
  const wants = { id: first, contents: false };
  const before = await verifyGood(await exportCase(gateway, wants), gateway.anchors);
  expect(before.not_proven).toContain('rests-elsewhere');
  // It gives nobody anything by being here.
  const { designations } = await gateway.store.directory.readDirectory([focalPoint.designation.focal_point]);
  expect(designations).toHaveLength(1);

  await keepDesignation(gateway, JSON.parse(pending?.statement ?? ''), SAME);
  expect(await listPending(gateway)).toEqual([]);
  const after = await verifyGood(await exportCase(gateway, wants), gateway.anchors);
  expect(after.not_proven).not.toContain('rests-elsewhere');
});
