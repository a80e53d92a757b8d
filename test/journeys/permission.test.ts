/**
 * Passing on, over two gateways: what is handled H2 goes to a third party only by the originator's own signed permission,
 * asked for about that message and that party; the third party gets both, as they were signed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/party.ts';
import type { ProblemCode } from '../../src/domain/words/error.ts';
import { agree } from '../../src/entry/enrolling/enrol.ts';
import { openedBy } from '../../src/flow/content/opening.ts';
import { readMessage } from '../../src/seal/sealed-message.ts';
import { type Across, across } from '../support/across.ts';
import { addEndpoint } from '../support/confirmed.ts';
import { messageOf } from '../support/content.ts';
import { consign, ownCustody, signConsignment, textFrom } from '../support/own-custody.ts';
import type { Person } from '../support/people.ts';
import { expectRefusal, MARKER } from '../support/refusals.ts';
import { broadAgreement, type Partner } from '../support/rig.ts';
import { evidenceOf, officer, posted, postedTo, report, statusOf } from '../support/story.ts';

let both: Across;
let embassy: Partner;
let ngo: Partner;
let police: { keys: Person; designation: Designation };

const did = (one: Partner): string => one.designation.focal_point;

beforeAll(async () => {
  both = await across();
  const { kh, id, peer } = both;
  const officers = [officer()];
  embassy = await id.house.partner({ slug: 'embassy', name: 'Embassy', country: 'ID', officers });
  ngo = await kh.house.partner({ slug: 'ngo', name: 'Invented house', country: 'KH', officers });
  police = await ownCustody(id.house, { slug: 'police', country: 'ID', officers });
  const hook = { channel: 'webhook', lang: 'en', rank: 2 } as const;
  const notice = { ...hook, shows: 'notice' } as const;
  const each = [
    [kh, both.shelter.designation, notice],
    [id, both.desk.designation, notice],
    [id, embassy.designation, notice],
    [kh, ngo.designation, notice],
    [id, police.designation, { ...hook, shows: 'sealed' }],
  ] as const;
  for (const [side, { focal_point: focalPoint, slug }, way] of each)
    await addEndpoint(side.house.gateway, { ...way, focalPoint, address: `${peer.url}/${slug}/restricted` });
  await id.introduce(embassy.designation);
  await id.introduce(police.designation);
  await kh.introduce(ngo.designation);
});
afterAll(async () => {
  // Whatever passed here, nothing restricted was opened into a system.
  const opened = both.peer.received
    .map((one) => JSON.parse(one.body.toString()).data)
    .filter((data) => ['H2', 'H3'].includes(data.handling) && data.message !== undefined);
  expect(opened).toEqual([]);
  await both?.close();
});

const line = (type: string, to: readonly string[], body: object, over: object = {}) => ({
  type,
  to,
  body,
  urgency: 'routine',
  handling: 'H2',
  lang: 'en',
  ...over,
});

/** A report of the shelter's to the desk, relayed. */
async function reported(handling = 'H2', note: object = {}): Promise<{ about: string; thid: string }> {
  const about = await posted(both.shelter, report(['desk'], { handling, ...note }));
  await both.settle();
  return { about, thid: (await statusOf(both.shelter, about)).thid };
}

const wish = (party: object) => ({ purpose: 'pass-on', third_party: party, reason: MARKER });
const theEmbassy = () => ({ name: 'Embassy', focal_point: did(embassy) });

/** The desk asks about a message, and the shelter answers so. */
async function permission(about: string, body: object, party: object = theEmbassy()): Promise<string> {
  const asking = await posted(both.desk, line('permission-request', ['shelter'], wish(party), { about }));
  await both.settle();
  const grant = await posted(both.shelter, line('permission', ['desk'], body, { about: asking }));
  await both.settle();
  return grant;
}

const passing = (passes_on: string, over: object = {}) =>
  line('text', ['embassy'], { text: MARKER }, { passes_on, ...over });

const refused = (post: object, code: ProblemCode, from: Partner = both.desk) =>
  expectRefusal(both.id.house, () => from.post('messages', post), { code, signedTo: did(from) });

describe('what is not restricted', () => {
  test.each(['H0', 'H1'])('%s is passed on freely, with the original attached', async (handling) => {
    const { about } = await reported(handling);
    const passed = await posted(both.desk, passing(about));
    await both.settle();
    const { gateway } = both.id.house;
    const read = await openedBy(gateway, await messageOf(both.id.house, passed), did(embassy));
    expect(read?.message).toMatchObject({
      passes_on: about,
      attachments: [{ filename: 'original.jws.json' }],
    });
    const [original] = read?.message.attachments ?? [];
    const jws = JSON.parse(Buffer.from(original?.data.base64 ?? '', 'base64url').toString());
    const keysOf = async () => both.shelter.designation.keys.signing;
    expect(await readMessage(jws, { keysOf })).toMatchObject({ id: about, from: did(both.shelter) });
  });

  test('to those who have it anyway, or by its own sender, no leave is needed', async () => {
    const { about } = await reported();
    await posted(both.desk, line('text', ['shelter'], { text: MARKER }, { passes_on: about }));
    await posted(both.shelter, line('text', ['ngo', 'embassy'], { text: MARKER }, { passes_on: about }));
    await both.settle();
  });
});

test('a tip goes along to a desk at home, and to none abroad', async () => {
  const heard = { where: { country: 'ID', name: MARKER }, happened: MARKER };
  const tip = await posted(embassy, line('tip', ['desk'], heard, { handling: 'H1' }));
  await refused(
    line('text', ['shelter'], { text: MARKER }, { passes_on: tip, handling: 'H1' }),
    'not-covered',
  );
  await posted(both.desk, line('text', ['police'], { text: MARKER }, { passes_on: tip, handling: 'H1' }));
  await both.settle();
});

describe('what is restricted', () => {
  test('needs the originator’s permission, and the refusal says how it is got', async () => {
    const { about } = await reported();
    const { detail } = await refused(passing(about), 'permission-needed');
    expect(detail).toContain('permission-request');
    const { about: other } = await reported('H3', { handling_note: 'Not to employers.' });
    await refused(passing(other, { handling: 'H3', handling_note: 'x' }), 'permission-needed');
  });

  test('is never loosened on the way, and only those who have it pass it on', async () => {
    const { about } = await reported();
    await refused(passing(about, { handling: 'H1' }), 'invalid-body');
    await refused(line('text', ['desk'], { text: MARKER }, { passes_on: about }), 'about-unknown', embassy);
    await refused(passing('0'.repeat(32)), 'about-unknown');
    await refused(line('text', ['embassy'], { text: MARKER }, { grant: about }), 'invalid-body');
  });

  test('goes with a permission, which the third party can verify by itself', async () => {
    const { about } = await reported();
    const grant = await permission(about, { granted: true, conditions: 'Not to the press.' });
    const passed = await posted(both.desk, passing(about, { grant }));
    await both.settle();
    const read = await openedBy(both.id.house.gateway, await messageOf(both.id.house, passed), did(embassy));
    const files = read?.message.attachments ?? [];
    expect(files.map((one) => one.filename)).toEqual(['original.jws.json', 'permission.jws.json']);
    const jws = JSON.parse(Buffer.from(files[1]?.data.base64 ?? '', 'base64url').toString());
    const given = await readMessage(jws, { keysOf: async () => both.shelter.designation.keys.signing });
    expect(given).toMatchObject({
      id: grant,
      from: did(both.shelter),
      body: { granted: true, original: about, third_party: theEmbassy() },
    });
  });

  test('over the border, too: the other gateway holds it against what it knows', async () => {
    const { about } = await reported();
    const party = { name: 'Invented house', focal_point: did(ngo) };
    const grant = await permission(about, { granted: true }, party);
    const passed = await posted(
      both.desk,
      line('text', ['ngo'], { text: MARKER }, { passes_on: about, grant }),
    );
    await both.settle();
    const row = await messageOf(both.kh.house, passed);
    expect(row).toMatchObject({ passesOn: about, grant });
    expect((await openedBy(both.kh.house.gateway, row, did(ngo)))?.message.attachments).toHaveLength(2);
  });

  test('not by one that is denied, for another message or party, ended, taken back, or no permission at all', async () => {
    const { about, thid } = await reported();
    const needed = (grant: string, over: object = {}) =>
      refused(passing(about, { grant, ...over }), 'permission-needed');
    await needed(await permission(about, { granted: false, ground: 'national-law' }));
    await needed(await permission(about, { granted: true }, { name: 'Somebody' }));
    await needed(await permission(about, { granted: true }, { name: 'x', focal_point: did(ngo) }));
    await needed(await permission(about, { granted: true, until: '2020-01-01' }));
    await needed(await permission((await reported()).about, { granted: true }));
    await needed(about);
    const grant = await permission(about, { granted: true });
    await needed(grant, { to: ['embassy', 'police'] });
    const recall = line('recall', ['desk'], { reason: 'other' }, { thid, about: grant });
    await posted(both.shelter, recall);
    await both.settle();
    await needed(grant);
  });

  test('not once the original was taken back', async () => {
    const { about, thid } = await reported('H0');
    await posted(both.shelter, line('recall', ['desk'], { reason: 'other' }, { thid, about }));
    await both.settle();
    await refused(passing(about), 'recalled');
  });

  test('a permission speaks of what was asked, and nobody attaches another file by its name', async () => {
    const { about } = await reported();
    const asking = await posted(
      both.desk,
      line('permission-request', ['shelter'], wish(theEmbassy()), { about }),
    );
    await both.settle();
    const other = { granted: true, third_party: { name: 'Other', focal_point: did(ngo) } };
    const answer = await both.shelter.post(
      'messages',
      line('permission', ['desk'], other, { about: asking }),
    );
    expect([answer.status, (await answer.json()).type]).toEqual([422, 'urn:amanat:problem:invalid-body']);
    const attachments = [
      { filename: 'original.jws.json', media_type: 'application/json', base64: btoa('{}') },
    ];
    await refused(
      line('text', ['shelter'], { text: MARKER }, { passes_on: about, attachments }),
      'invalid-body',
    );
  });

  test('a sender with its own keys is held to it by what its consignment says', async () => {
    const { id } = both;
    const about = await posted(embassy, report(['police'], { handling: 'H2' }));
    const over = { handling: 'H2' as const, passes_on: about };
    const send = async (to: Designation, more: object = {}) => {
      const message = textFrom(police.keys.did, [to.focal_point], id.house.gateway.now(), {
        ...over,
        ...more,
      });
      const claims = await consign(police.keys, message, [to]);
      const consignment = {
        ...claims,
        to: [id.house.gateway.did],
        body: { ...claims.body, ...over, ...more },
      };
      const jws = await signConsignment(police.keys, consignment);
      return id.house.app.request(`${id.url}/v1/consignments`, {
        method: 'POST',
        headers: { 'content-type': 'application/jose+json' },
        body: JSON.stringify(jws),
      });
    };
    const codeOf = async (answer: Response) => [answer.status, (await answer.json()).type?.split(':').at(-1)];
    expect(await codeOf(await send(both.desk.designation))).toEqual([403, 'permission-needed']);
    expect(await codeOf(await send(embassy.designation))).toEqual([202, undefined]);
    expect(await codeOf(await send(both.desk.designation, { handling: 'H0' }))).toEqual([
      422,
      'invalid-body',
    ]);
  });
});

test('what is restricted waits for a desk whose only way is to have it opened into its system', async () => {
  const { kh, id, peer, shelter } = both;
  const draft = { name: 'Invented', officers: [officer()] };
  for (const [side, slug, country] of [
    [kh, 'near', 'KH'],
    [id, 'far', 'ID'],
  ] as const) {
    const { designation } = await side.house.partner({ ...draft, slug, country });
    const hook = { channel: 'webhook', shows: 'packet', lang: 'en', address: `${peer.url}/${slug}` } as const;
    await addEndpoint(side.house.gateway, { ...hook, focalPoint: designation.focal_point });
    await side.introduce(designation);
  }
  const restricted = await posted(shelter, report(['near', 'far'], { handling: 'H2' }));
  await posted(shelter, report(['near', 'far'], { handling: 'H1' }));
  await both.settle();
  const waits = (await evidenceOf(shelter, restricted)).filter((one) => one.event === 'DeliveryDelayed');
  expect(waits.map((one) => one.reason)).toEqual(['no-endpoint', 'no-endpoint']);
  for (const path of ['/near', '/far'])
    expect(postedTo(peer, path).map((one) => one.data['handling'])).toEqual(['H1']);
});

test('a permission request has the clock that the agreement gives it', async () => {
  const { id, kh } = both;
  const { ID, KH } = kh.house.authorities;
  const from = new Date();
  for (const { gateway } of [id.house, kh.house])
    await agree(gateway, [ID, KH], {
      ...broadAgreement(from),
      version: 2,
      from: from.toISOString(),
      permission: 3_600,
    });
  const { about } = await reported();
  const asking = await posted(
    both.desk,
    line('permission-request', ['shelter'], wish(theEmbassy()), { about }),
  );
  const { accepted_at: at, recipients } = await statusOf(both.desk, asking);
  expect(Date.parse(recipients[0].answer_by) - Date.parse(at)).toBe(3_600_000);
});
