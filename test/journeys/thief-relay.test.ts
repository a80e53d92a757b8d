/** A thief who can write to the database, and what leaves it still sealed: to another gateway, and to a system with its own keys. */
import { expect, test } from 'vitest';
import { across } from '../support/across.ts';
import { addEndpoint } from '../support/confirmed.ts';
import { startPeer } from '../support/http-peer.ts';
import { ownCustody } from '../support/own-custody.ts';
import { rig } from '../support/rig.ts';
import { officer, posted, postedTo, report, statusOf } from '../support/story.ts';

test('the consignment of another message in place of a relayed one tells that gateway nothing', async () => {
  const both = await across();
  try {
    const { kh, id, shelter } = both;
    const draft = { slug: 'near', name: 'Near', country: 'KH', officers: [officer()] };
    await kh.house.partner(draft);
    const sql = kh.house.database.sql;
    const abroad = await posted(shelter, report(['desk']));
    const near = await posted(shelter, report(['near']));
    const bodies: string[] = [];
    id.keep(async (request, serve) => {
      bodies.push(await request.clone().text());
      return serve(request);
    });
    await sql`update consignment set jws = (select jws from consignment where message = ${near}) where message = ${abroad}`;
    await both.settle();
    const told = bodies.flatMap((body) =>
      [...body.matchAll(/"payload":"([\w-]+)"/g)].map(([, text = '']) =>
        Buffer.from(text, 'base64url').toString(),
      ),
    );
    expect(told.join()).not.toContain(near);
    const [{ state, attempts }] = (await statusOf(shelter, abroad)).recipients[0].deliveries;
    expect([state, attempts.at(-1).code]).toEqual(['failed', 'digest-mismatch']);
  } finally {
    await both.close();
  }
});

test('what is sealed to one system goes to no other', async () => {
  const peer = await startPeer();
  const house = await rig({ allow: [peer.host] });
  try {
    const shelter = await house.partner({
      slug: 'shelter',
      name: 'Shelter',
      country: 'KH',
      officers: [officer()],
    });
    for (const slug of ['one', 'two']) {
      const { designation } = await ownCustody(house, { slug, country: 'ID', officers: [officer()] });
      const { focal_point: focalPoint } = designation;
      const hook = { channel: 'webhook', shows: 'sealed', lang: 'en' } as const;
      await addEndpoint(house.gateway, { ...hook, focalPoint, address: `${peer.url}/${slug}` });
    }
    const [one, two] = [await posted(shelter, report(['one'])), await posted(shelter, report(['two']))];
    const { sql } = house.database;
    const [own] = await sql<
      { jwe: string }[]
    >`select jwe from sealed_message where message = ${two} and party like '%:two'`;
    await sql`update sealed_message set jwe = ${own?.jwe ?? ''} where message = ${one} and party like '%:one'`;
    await house.drain();
    expect(postedTo(peer, '/one')).toEqual([]);
    expect(postedTo(peer, '/two')).toHaveLength(1);
    const [{ attempts }] = (await statusOf(shelter, one)).recipients[0].deliveries;
    expect(attempts.at(-1)).toMatchObject({ code: 'digest-mismatch' });
  } finally {
    await house.close();
    await peer.close();
  }
});
