/**
 * The designations of a focal point, then and now, are those that were signed about it, whatever a row
 * claims.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHistory } from '../../src/flow/directory/directory.ts';
import { makeRig, type Rig } from '../support/rig.ts';
import { makeOfficer } from '../support/story.ts';

let house: Rig;
beforeAll(async () => {
  house = await makeRig();
});
afterAll(() => house?.close());

test('another focal point’s statement in the row of a focal point is ignored', async () => {
  const draft = { country: 'ID', officers: [makeOfficer()] };
  const focalPoint = await house.designate({ ...draft, slug: 'desk', name: 'Desk' });
  const other = await house.designate({ ...draft, slug: 'other', name: 'Other' });
  await house.database.sql`
    update designation set statement = (select statement from designation where did = ${other.focal_point})
    where did = ${focalPoint.focal_point}`;
  expect((await readHistory(house.gateway, focalPoint.focal_point)).versions).toEqual([]);
  expect((await readHistory(house.gateway, other.focal_point)).versions).toHaveLength(1);
});
