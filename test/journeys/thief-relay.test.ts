/**
 * A thief who can write to the database, and messages that leave it still sealed: to another gateway, and to a system
 * with its own keys.
 */
import { expect, test } from 'vitest';
import { makeAcrossBorder } from '../support/across.ts';
import { addHook } from '../support/confirmed.ts';
import { startPeer } from '../support/http-peer.ts';
import { designateOwnCustody } from '../support/own-custody.ts';
import { makeRig } from '../support/rig.ts';
import {
  fetchMessageStatus,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';

test('another message’s consignment in place of a relayed one reveals nothing to that gateway', async () => {
  const both = await makeAcrossBorder();
  try {
    const { kh, id, shelter } = both;
    const draft = { slug: 'near', name: 'Near', country: 'KH', officers: [makeOfficer()] };
    await kh.house.partner(draft);
    const sql = kh.house.database.sql;
    const abroad = await postMessage(shelter, makeReportPost(['desk']));
    const near = await postMessage(shelter, makeReportPost(['near']));
    const bodies: string[] = [];
    id.keep(async (request, serve) => {
      bodies.push(await request.clone().text());
      return serve(request);
    });
    await sql`update consignment set jws = (select jws from consignment where message = ${near}) where message = ${abroad}`;
    await both.waitUntilIdle();
    const told = bodies.flatMap((body) =>
      [...body.matchAll(/"payload":"([\w-]+)"/g)].map(([, text = '']) =>
        Buffer.from(text, 'base64url').toString(),
      ),
    );
    expect(told.join()).not.toContain(near);
    const [{ state, attempts }] = (await fetchMessageStatus(shelter, abroad)).recipients[0].deliveries;
    expect([state, attempts.at(-1).code]).toEqual(['failed', 'digest-mismatch']);
  } finally {
    await both.close();
  }
});

test('a message sealed to one system is sent to no other', async () => {
  const peer = await startPeer();
  const house = await makeRig({ allow: [peer.host] });
  try {
    const shelter = await house.partner({
      slug: 'shelter',
      name: 'Shelter',
      country: 'KH',
      officers: [makeOfficer()],
    });
    for (const slug of ['one', 'two']) {
      const { designation } = await designateOwnCustody(house, {
        slug,
        country: 'ID',
        officers: [makeOfficer()],
      });
      const { focal_point: focalPoint } = designation;
      await addHook(house.gateway, focalPoint, { shows: 'sealed', address: `${peer.url}/${slug}` });
    }
    const [one, two] = [
      await postMessage(shelter, makeReportPost(['one'])),
      await postMessage(shelter, makeReportPost(['two'])),
    ];
    const { sql } = house.database;
    const [own] = await sql<
      { jwe: string }[]
    >`select jwe from sealed_message where message = ${two} and party like '%:two'`;
    await sql`update sealed_message set jwe = ${own?.jwe ?? ''} where message = ${one} and party like '%:one'`;
    await house.drain();
    expect(listPostedTo(peer, '/one')).toEqual([]);
    expect(listPostedTo(peer, '/two')).toHaveLength(1);
    const [{ attempts }] = (await fetchMessageStatus(shelter, one)).recipients[0].deliveries;
    expect(attempts.at(-1)).toMatchObject({ code: 'digest-mismatch' });
  } finally {
    await house.close();
    await peer.close();
  }
});
