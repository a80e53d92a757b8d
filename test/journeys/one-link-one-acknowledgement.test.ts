/**
 * A link and its acknowledgement are one transaction: of many posts at once one is recorded, and a 410 writes nothing.
 */
import type { JSONValue } from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/designation.ts';
import { openBrowser } from '../support/browser.ts';
import { addHook } from '../support/confirmed.ts';
import { makeLinksTo } from '../support/links.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import {
  fetchEvents,
  fetchMessageStatus,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';

let house: Rig;
let shelter: RigPartner;
let focalPoint: Designation;
let id: string;

beforeAll(async () => {
  house = await makeRig();
  const officers = [makeOfficer()];
  shelter = await house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  focalPoint = await house.designate({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  await addHook(house.gateway, focalPoint.focal_point, { shows: 'notice', lang: 'id', officer: 'o1' });
});
afterAll(() => house?.close());
beforeEach(async () => {
  id = await postMessage(shelter, makeReportPost(['desk']));
});

const visitor = () => openBrowser(house.app, GATEWAY_URL);
const words = async () =>
  (await fetchEvents(shelter, id)).filter(
    (one) => one === 'ConsignmentAcceptance' || one === 'ConsignmentRejection',
  );
const accept = { decision: 'accepted' };
const decline = { decision: 'declined', ground: 'duplicate' };

test.each(['read', 'acknowledge'] as const)(
  'a %s link in four browsers at once: one 200, three 410',
  async (kind) => {
    const link = (await makeLinksTo(house, id, focalPoint))[kind];
    const fields = kind === 'read' ? {} : accept;
    const answers = await Promise.all([1, 2, 3, 4].map(() => visitor().submit(link, fields)));
    expect(answers.map((one) => one.status).sort()).toEqual([200, 410, 410, 410]);
    const events = await fetchEvents(shelter, id);
    const wanted = kind === 'read' ? 'ContentHandover' : 'ConsignmentAcceptance';
    expect(events.filter((one) => one === wanted)).toHaveLength(1);
  },
);

test('two acknowledgements on one link at once: one is recorded, whoever posts the other', async () => {
  for (const isSame of [true, false]) {
    id = await postMessage(shelter, makeReportPost(['desk']));
    const { acknowledge } = await makeLinksTo(house, id, focalPoint);
    const first = visitor();
    if (isSame) await first.open(acknowledge);
    const second = isSame ? first : visitor();
    const answers = await Promise.all([
      first.submit(acknowledge, accept),
      second.submit(acknowledge, decline),
    ]);
    expect(answers.map((one) => one.status).sort()).toEqual([200, 410]);
    expect(await words()).toHaveLength(1);
    expect(await fetchMessageStatus(shelter, id)).not.toMatchObject({ contradictions: [expect.anything()] });
  }
});

test('the same acknowledgement again by the same browser is a repeat; a later different one needs another link', async () => {
  const { acknowledge } = await makeLinksTo(house, id, focalPoint);
  const phone = visitor();
  await phone.open(acknowledge);
  expect((await phone.submit(acknowledge, accept)).status).toBe(200);
  expect((await phone.submit(acknowledge, accept)).status).toBe(200);
  expect((await phone.submit(acknowledge, decline)).status).toBe(410);
  expect(await words()).toEqual(['ConsignmentAcceptance']);
});

test('the page of an opened message can record only one acknowledgement, too', async () => {
  const { read } = await makeLinksTo(house, id, focalPoint);
  const phone = visitor();
  expect((await phone.submit(read)).status).toBe(200);
  const answers = await Promise.all([
    phone.submit(`${read}/decision`, accept),
    phone.submit(`${read}/decision`, decline),
  ]);
  expect(answers.map((one) => one.status).sort()).toEqual([200, 410]);
  expect(await words()).toHaveLength(1);
});

test.each(['read', 'acknowledge'] as const)(
  'a used %s link stays used, even if a database thief restores its row',
  async (kind) => {
    const sql = house.database.sql;
    const link = (await makeLinksTo(house, id, focalPoint))[kind];
    const before = await sql<{ row: JSONValue }[]>`select to_json(l) as row from link l`;
    expect((await visitor().submit(link, kind === 'read' ? {} : accept)).status).toBe(200);
    const events = await fetchEvents(shelter, id);
    await sql`delete from link`;
    for (const { row } of before)
      await sql`insert into link select * from jsonb_populate_record(null::link, ${sql.json(row)})`;
    expect((await visitor().open(link)).status).toBe(410);
    expect((await visitor().submit(link, kind === 'read' ? {} : decline)).status).toBe(410);
    expect(await fetchEvents(shelter, id)).toEqual(events);
    expect((await sql`select code from alarm`).map((one) => one['code'])).toContain('grant-refused');
  },
);
