/** The command line asks whether a renamed officer is the same person, when the designation is drafted and imported. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
beforeAll(async () => {
  at = await benchOnServer();
  const init = ['init', '--url', 'http://127.0.0.1:4711', '--country', 'ID'];
  expect((await at.json(init)).code).toBe(0);
  const focalPoint = ['--slug', 'desk', '--name', 'Desk', '--country', 'ID'];
  const add = ['focal-point', 'add', ...focalPoint, '--officer', 'id=o1,name=Wira,role=officer,lang=id'];
  expect((await at.json(add)).code).toBe(0);
});
afterAll(() => at.close());

const DRAFT = ['designation', 'draft', '--slug', 'desk', '--name', 'Desk', '--country', 'ID'];
const AYU = ['--officer', 'id=o1,name=Ayu,role=officer,lang=id'];
const refused = { code: 3, document: { error: { code: 'officer-renamed' } } };

test('a draft or an import stops until the operator says who has the id', async () => {
  const [draft, signed] = [at.file('draft.json'), at.file('signed.json')];
  expect(await at.json([...DRAFT, ...AYU, '--out', draft])).toMatchObject(refused);
  const said = [...DRAFT, ...AYU, '--new-person', 'o1', '--out', draft];
  expect((await at.json(said)).code).toBe(0);
  const key = `${at.home}/authority/ID.jwk.json`;
  const sign = ['designation', 'sign', draft, '--key', key, '--out', signed];
  expect((await at.json(sign)).code).toBe(0);
  expect(await at.json(['designation', 'import', signed])).toMatchObject(refused);
  const both = ['designation', 'import', signed, '--new-person', 'o1', '--same-person', 'o1'];
  expect(await at.json(both)).toMatchObject({ code: 3, document: { error: { code: 'invalid-body' } } });
  expect((await at.json(['designation', 'import', signed, '--new-person', 'o1'])).code).toBe(0);
  const { document } = await at.json(['focal-point', 'list']);
  expect(document.focal_points[0].officers).toMatchObject([{ id: 'o1', name: 'Ayu' }]);
});
