/**
 * Passing on, over two gateways: a message under H2 goes to a third party only with the originator's own signed
 * permission, requested for that message and that party; the third party gets both, as they were signed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/designation.ts';
import type { ProblemCode } from '../../src/domain/words/error.ts';
import { openForParty } from '../../src/flow/content/opening.ts';
import { verifyMessage } from '../../src/seal/sealed-message.ts';
import { type AcrossBorder, makeAcrossBorder } from '../support/across.ts';
import { addConfirmedEndpoint, addHook } from '../support/confirmed.ts';
import { readMessageRow } from '../support/content.ts';
import { designateOwnCustody, makeText, sealConsignment, signConsignment } from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import { expectRefusal, MARKERS } from '../support/refusals.ts';
import { draftBroadAgreement, type RigPartner } from '../support/rig.ts';
import { concludeAgreement } from '../support/signed-statements.ts';
import {
  fetchEvidence,
  fetchMessageStatus,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';

let both: AcrossBorder;
let embassy: RigPartner;
let ngo: RigPartner;
let police: { keys: KeyedPerson; designation: Designation };

const did = (one: RigPartner): string => one.designation.focal_point;

beforeAll(async () => {
  both = await makeAcrossBorder();
  const { kh, id, peer } = both;
  const officers = [makeOfficer()];
  embassy = await id.house.partner({ slug: 'embassy', name: 'Embassy', country: 'ID', officers });
  ngo = await kh.house.partner({ slug: 'ngo', name: 'Invented house', country: 'KH', officers });
  police = await designateOwnCustody(id.house, { slug: 'police', country: 'ID', officers });
  const hook = { channel: 'webhook', lang: 'en', rank: 2 } as const;
  const notice = { ...hook, shows: 'notice' } as const;
  const each = [
    [kh, both.shelter.designation, notice],
    [id, both.focalPoint.designation, notice],
    [id, embassy.designation, notice],
    [kh, ngo.designation, notice],
    [id, police.designation, { ...hook, shows: 'sealed' }],
  ] as const;
  for (const [side, { focal_point: focalPoint, slug }, way] of each)
    await addConfirmedEndpoint(side.house.gateway, {
      ...way,
      focalPoint,
      address: `${peer.url}/${slug}/restricted`,
    });
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
  const about = await postMessage(both.shelter, makeReportPost(['desk'], { handling, ...note }));
  await both.waitUntilIdle();
  return { about, thid: (await fetchMessageStatus(both.shelter, about)).thid };
}

const wish = (party: object) => ({ purpose: 'pass-on', third_party: party, reason: MARKERS });
const theEmbassy = () => ({ name: 'Embassy', focal_point: did(embassy) });

/** The desk asks about a message, and the shelter answers so. */
async function permission(about: string, body: object, party: object = theEmbassy()): Promise<string> {
  const asking = await postMessage(
    both.focalPoint,
    line('permission-request', ['shelter'], wish(party), { about }),
  );
  await both.waitUntilIdle();
  const grant = await postMessage(both.shelter, line('permission', ['desk'], body, { about: asking }));
  await both.waitUntilIdle();
  return grant;
}

const passing = (passes_on: string, over: object = {}) =>
  line('text', ['embassy'], { text: MARKERS }, { passes_on, ...over });

const refused = (post: object, code: ProblemCode, from: RigPartner = both.focalPoint) =>
  expectRefusal(both.id.house, () => from.post('messages', post), { code, signedTo: did(from) });

describe('content without restriction', () => {
  test.each(['H0', 'H1'])('%s is passed on freely, with the original attached', async (handling) => {
    const { about } = await reported(handling);
    const passed = await postMessage(both.focalPoint, passing(about));
    await both.waitUntilIdle();
    const { gateway } = both.id.house;
    const read = await openForParty(gateway, await readMessageRow(both.id.house, passed), did(embassy));
    expect(read?.message).toMatchObject({
      passes_on: about,
      attachments: [{ filename: 'original.jws.json' }],
    });
    const [original] = read?.message.attachments ?? [];
    const jws = JSON.parse(Buffer.from(original?.data.base64 ?? '', 'base64url').toString());
    const keysOf = async () => both.shelter.designation.keys.signing;
    expect(await verifyMessage(jws, { keysOf })).toMatchObject({ id: about, from: did(both.shelter) });
  });

  test('to parties of the original, or by its own sender, needs no permission', async () => {
    const { about } = await reported();
    await postMessage(both.focalPoint, line('text', ['shelter'], { text: MARKERS }, { passes_on: about }));
    await postMessage(
      both.shelter,
      line('text', ['ngo', 'embassy'], { text: MARKERS }, { passes_on: about }),
    );
    await both.waitUntilIdle();
  });
});

test('a tip is passed on to a focal point in the country, and to none abroad', async () => {
  const heard = { where: { country: 'ID', name: MARKERS }, happened: MARKERS };
  const tip = await postMessage(embassy, line('tip', ['desk'], heard, { handling: 'H1' }));
  await refused(
    line('text', ['shelter'], { text: MARKERS }, { passes_on: tip, handling: 'H1' }),
    'not-covered',
  );
  await postMessage(
    both.focalPoint,
    line('text', ['police'], { text: MARKERS }, { passes_on: tip, handling: 'H1' }),
  );
  await both.waitUntilIdle();
});

describe('restricted content', () => {
  test('needs the originator’s permission, and the refusal says how to get it', async () => {
    const { about } = await reported();
    const { detail } = await refused(passing(about), 'permission-needed');
    expect(detail).toContain('permission-request');
    const { about: other } = await reported('H3', { handling_note: 'Not to employers.' });
    await refused(passing(other, { handling: 'H3', handling_note: 'x' }), 'permission-needed');
  });

  test('never gets a looser code on the way, and only its parties pass it on', async () => {
    const { about } = await reported();
    await refused(passing(about, { handling: 'H1' }), 'invalid-body');
    await refused(line('text', ['desk'], { text: MARKERS }, { passes_on: about }), 'about-unknown', embassy);
    await refused(passing('0'.repeat(32)), 'about-unknown');
    await refused(line('text', ['embassy'], { text: MARKERS }, { grant: about }), 'invalid-body');
  });

  test('is passed on with a permission, which the third party can verify itself', async () => {
    const { about } = await reported();
    const grant = await permission(about, { granted: true, conditions: 'Not to the press.' });
    const passed = await postMessage(both.focalPoint, passing(about, { grant }));
    await both.waitUntilIdle();
    const read = await openForParty(
      both.id.house.gateway,
      await readMessageRow(both.id.house, passed),
      did(embassy),
    );
    const files = read?.message.attachments ?? [];
    expect(files.map((one) => one.filename)).toEqual(['original.jws.json', 'permission.jws.json']);
    const jws = JSON.parse(Buffer.from(files[1]?.data.base64 ?? '', 'base64url').toString());
    const given = await verifyMessage(jws, { keysOf: async () => both.shelter.designation.keys.signing });
    expect(given).toMatchObject({
      id: grant,
      from: did(both.shelter),
      body: { granted: true, original: about, third_party: theEmbassy() },
    });
  });

  test('over the border, too: the other gateway compares it with what it knows', async () => {
    const { about } = await reported();
    const party = { name: 'Invented house', focal_point: did(ngo) };
    const grant = await permission(about, { granted: true }, party);
    const passed = await postMessage(
      both.focalPoint,
      line('text', ['ngo'], { text: MARKERS }, { passes_on: about, grant }),
    );
    await both.waitUntilIdle();
    const row = await readMessageRow(both.kh.house, passed);
    expect(row).toMatchObject({ passesOn: about, grant });
    expect((await openForParty(both.kh.house.gateway, row, did(ngo)))?.message.attachments).toHaveLength(2);
  });

  test('is not passed on with a permission that is refused, for another message or party, ended, recalled, or invalid', async () => {
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
    await postMessage(both.shelter, recall);
    await both.waitUntilIdle();
    await needed(grant);
  });

  test('is not passed on after the original was recalled', async () => {
    const { about, thid } = await reported('H0');
    await postMessage(both.shelter, line('recall', ['desk'], { reason: 'other' }, { thid, about }));
    await both.waitUntilIdle();
    await refused(passing(about), 'recalled');
  });

  test('a permission is about the requested message, and nobody attaches another file under its name', async () => {
    const { about } = await reported();
    const asking = await postMessage(
      both.focalPoint,
      line('permission-request', ['shelter'], wish(theEmbassy()), { about }),
    );
    await both.waitUntilIdle();
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
      line('text', ['shelter'], { text: MARKERS }, { passes_on: about, attachments }),
      'invalid-body',
    );
  });

  test('a sender with its own keys must follow the rule, too, by what its consignment names', async () => {
    const { id } = both;
    const about = await postMessage(embassy, makeReportPost(['police'], { handling: 'H2' }));
    const over = { handling: 'H2' as const, passes_on: about };
    const send = async (to: Designation, more: object = {}) => {
      const message = makeText(police.keys.did, [to.focal_point], id.house.gateway.now(), {
        ...over,
        ...more,
      });
      const claims = await sealConsignment(police.keys, message, [to]);
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
    expect(await codeOf(await send(both.focalPoint.designation))).toEqual([403, 'permission-needed']);
    expect(await codeOf(await send(embassy.designation))).toEqual([202, undefined]);
    expect(await codeOf(await send(both.focalPoint.designation, { handling: 'H0' }))).toEqual([
      422,
      'invalid-body',
    ]);
  });
});

test('waits for a focal point whose only endpoint gets opened content in its system', async () => {
  const { kh, id, peer, shelter } = both;
  const draft = { name: 'Invented', officers: [makeOfficer()] };
  for (const [side, slug, country] of [
    [kh, 'near', 'KH'],
    [id, 'far', 'ID'],
  ] as const) {
    const { designation } = await side.house.partner({ ...draft, slug, country });
    await addHook(side.house.gateway, designation.focal_point, { address: `${peer.url}/${slug}` });
    await side.introduce(designation);
  }
  const restricted = await postMessage(shelter, makeReportPost(['near', 'far'], { handling: 'H2' }));
  await postMessage(shelter, makeReportPost(['near', 'far'], { handling: 'H1' }));
  await both.waitUntilIdle();
  const waits = (await fetchEvidence(shelter, restricted)).filter((one) => one.event === 'DeliveryDelayed');
  expect(waits.map((one) => one.reason)).toEqual(['no-endpoint', 'no-endpoint']);
  for (const path of ['/near', '/far'])
    expect(listPostedTo(peer, path).map((one) => one.data['handling'])).toEqual(['H1']);
});

test('a permission request has the clock that the agreement gives it', async () => {
  const { id, kh } = both;
  const { ID, KH } = kh.house.authorities;
  const from = new Date();
  for (const { gateway } of [id.house, kh.house])
    await concludeAgreement(gateway, [ID, KH], {
      ...draftBroadAgreement(from),
      version: 2,
      from: from.toISOString(),
      permission: 3_600,
    });
  const { about } = await reported();
  const asking = await postMessage(
    both.focalPoint,
    line('permission-request', ['shelter'], wish(theEmbassy()), { about }),
  );
  const { accepted_at: at, recipients } = await fetchMessageStatus(both.focalPoint, asking);
  expect(Date.parse(recipients[0].answer_by) - Date.parse(at)).toBe(3_600_000);
});
