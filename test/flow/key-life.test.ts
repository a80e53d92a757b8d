/** Rotation and withdrawal of a focal point's designation, under traffic. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Designation, Digested } from '../../src/domain/party/designation.ts';
import { textOf } from '../../src/domain/words/long-text.ts';
import { keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { draftRotation, draftRotationEnd } from '../../src/entry/home/rotation.ts';
import { findDesignation, readDirectory } from '../../src/flow/directory/directory.ts';
import { readDesignationAt } from '../../src/flow/directory/past-keys.ts';
import { makeOperatorAct } from '../../src/flow/operator/operator-act.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { kidsOfSealed } from '../../src/seal/sealed-message.ts';
import { peekStatement, signStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { eachOf } from '../support/each-of.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import {
  designateOwnCustody,
  makeKeyedPerson,
  makeText,
  postSigned,
  sealConsignment,
  signAcknowledgement,
  signConsignment,
} from '../support/own-custody.ts';
import { catchRefusal } from '../support/people.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import {
  fetchEvidence,
  fetchMessageStatus,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';

const DAY = 86_400;
let house: Rig;
let peer: HttpPeer;
let shelter: RigPartner;
let focalPoint: Designation;
beforeAll(async () => {
  peer = await startPeer();
  house = await makeRig({ allow: [peer.host] });
  shelter = await house.partner({
    slug: 'shelter',
    name: 'Shelter',
    country: 'KH',
    officers: [makeOfficer('km')],
  });
  focalPoint = await house.designate({
    slug: 'desk',
    name: 'Desk',
    country: 'ID',
    officers: [makeOfficer()],
  });
  await hook(focalPoint, 'packet');
});
afterAll(async () => {
  await house.close();
  await peer.close();
});

const hook = ({ focal_point, slug }: Designation, shows: 'packet' | 'sealed') =>
  addHook(house.gateway, focal_point, { address: `${peer.url}/${slug}`, shows });

const now = async (slug: string): Promise<Designation> => {
  const found = findDesignation(await readDirectory(house.gateway, [slug]), slug);
  if (found === undefined) throw new Error('not designated');
  return found;
};

/** Signs a draft as its country's authority and keeps it. */
const keep = async ({
  digest: _digest,
  ...claims
}: Designation & Partial<Digested<object>>): Promise<Designation> =>
  keepDesignation(
    house.gateway,
    await signStatement('designation', claims, [house.authorities[claims.country === 'ID' ? 'ID' : 'KH']]),
  );

const sealedTo = async (id: string, did: string): Promise<string[]> =>
  kidsOfSealed(JSON.parse(textOf((await house.gateway.store.content.sealedMessage(id, did)) ?? 'null')));

const didDocument = async (slug: string) =>
  (await house.app.request(`${GATEWAY_URL}/fp/${slug}/did.json`)).json();

describe('rotation', () => {
  test('the old key opens, the new one seals and signs; both are published until the old one ends by itself', async () => {
    const waiting = await postMessage(shelter, makeReportPost(['desk']));
    house.pass(60);
    const rotated = await keep(await draftRotation(house.gateway, await now('desk'), 14));
    expect(rotated.keys.agreement.map(({ kid }) => kid)[0]).toBe(focalPoint.keys.agreement[0]?.kid);
    expect(rotated.keys.agreement).toHaveLength(2);
    const newest = rotated.keys.agreement.at(-1)?.kid ?? '';
    const later = await postMessage(shelter, makeReportPost(['desk']));
    expect(await sealedTo(waiting, focalPoint.focal_point)).toEqual([focalPoint.keys.agreement[0]?.kid]);
    expect(await sealedTo(later, focalPoint.focal_point)).toEqual([newest]);
    expect((await didDocument('desk')).keyAgreement).toEqual(rotated.keys.agreement.map(({ kid }) => kid));
    await house.drain();
    const brought = listPostedTo(peer, '/desk').map((one) => JSON.stringify(one));
    for (const id of [waiting, later]) expect(brought.some((one) => one.includes(id))).toBe(true);
    house.pass(14 * DAY + 1);
    expect((await didDocument('desk')).keyAgreement).toEqual([newest]);
    expect((await now('desk')).keys.signing).toHaveLength(1);
  });

  test('an earlier message can be opened after every key it used has retired', async () => {
    const before = await now('desk');
    const sender = await now('shelter');
    const waiting = await postMessage(
      shelter,
      makeReportPost(['desk'], {
        expires_time: Math.floor(house.gateway.now().getTime() / 1_000) + 20 * DAY,
      }),
    );
    house.pass(60);
    for (const slug of ['desk', 'shelter']) {
      await keep(await draftRotation(house.gateway, await now(slug), 14));
      house.pass(1);
      await keep(draftRotationEnd(house.gateway, await now(slug)));
    }
    const [kid] = await sealedTo(waiting, focalPoint.focal_point);
    expect(kid).toBe(before.keys.agreement[0]?.kid);
    expect((await now('desk')).keys.agreement.map((one) => one.kid)).not.toContain(kid);
    await house.drain();
    expect((await fetchMessageStatus(shelter, waiting)).recipients[0].deliveries[0].state).toBe('delivered');
    // What the sender's old key signed is judged by the designation of that time.
    const then = await readDesignationAt(
      house.gateway,
      sender.focal_point,
      new Date(Date.parse(sender.from) + 1),
    );
    expect(then?.keys.signing).toEqual(sender.keys.signing);
    const retired = sender.keys.signing[0]?.kid;
    const today = await readDesignationAt(house.gateway, sender.focal_point, house.gateway.now());
    expect(today?.keys.signing.map((one) => one.kid)).not.toContain(retired);
    expect(await catchRefusal(async () => draftRotationEnd(house.gateway, await now('desk')))).toBe(
      'already-exists',
    );
  });

  test('a partner’s retired key signs nothing more, and an older designation does not bring it back', async () => {
    const { keys, designation } = await designateOwnCustody(house, {
      slug: 'police',
      country: 'KH',
      officers: [makeOfficer('km')],
    });
    const old = await house.gateway.store.directory.readDirectory([designation.focal_point]);
    const next = await makeKeyedPerson('police');
    const rename = (jwk: { kid: string }, use: string) => ({
      ...jwk,
      kid: `${designation.focal_point}#${use}-2`,
    });
    house.pass(10);
    const from = house.gateway.now();
    await keep({
      ...designation,
      from: from.toISOString(),
      keys: {
        signing: [...designation.keys.signing, rename(next.signing.publicJwk, 'sign') as never],
        agreement: [...designation.keys.agreement, rename(next.opening.publicJwk, 'open') as never],
      },
      retires: { [keys.signing.kid]: new Date(from.getTime() + DAY * 1_000).toISOString() },
    });
    const send = async () => {
      const message = makeText(keys.did, [focalPoint.focal_point], house.gateway.now());
      const claims = await sealConsignment(keys, message, [await now('desk')]);
      return postSigned(house, '/v1/consignments', await signConsignment(keys, claims));
    };
    expect((await send()).status).toBe(202);
    house.pass(DAY);
    expect(await (await send()).json()).toMatchObject({ type: 'urn:amanat:problem:unknown-sender' });
    const replayed = () => keepDesignation(house.gateway, JSON.parse(old.designations[0] ?? ''));
    expect(await catchRefusal(replayed)).toBe('statement-refused');
    // Written to the database directly, it changes nothing either.
    await house.gateway.store.directory.keepDesignation(
      {
        did: designation.focal_point,
        slug: 'police',
        country: 'KH',
        from: new Date(designation.from),
        statement: `${old.designations[0]} `,
      },
      undefined,
      makeOperatorAct(house.gateway, { act: 'designation.imported', subject: designation.focal_point }),
    );
    expect((await now('police')).keys.signing.map(({ kid }) => kid)).toEqual([
      `${designation.focal_point}#sign-2`,
    ]);
  });

  test('retirement is checked before the designation is signed', async () => {
    const current = await now('desk');
    const [one] = current.keys.signing;
    const end = new Date(house.gateway.now().getTime() + DAY).toISOString();
    const from = house.gateway.now().toISOString();
    const refused = (retires: Record<string, string>) =>
      catchRefusal(() => keep({ ...current, from, retires }));
    expect(await refused({ [one?.kid ?? '']: end })).toBe('statement-refused');
    expect(await refused({ [`${current.focal_point}#nobody`]: end })).toBe('statement-refused');
  });
});

describe('withdrawal', () => {
  test('stops both directions at once, is signed evidence, and survives replay and restart', async () => {
    const under = await postMessage(shelter, makeReportPost(['desk']));
    const back = await now('desk');
    const claims = await draftWithdrawal(house.gateway, back, 'keyCompromise');
    const signed = await signStatement('withdrawal', claims, [house.authorities.ID]);
    await keepWithdrawal(house.gateway, signed);
    const refused = await shelter.post('messages', makeReportPost(['desk']));
    const problem = await refused.json();
    expect(problem.type).toBe('urn:amanat:problem:designation-ended');
    expect(peekStatement(problem.evidence).payload).toMatchObject({
      event: 'SubmissionRejection',
      reason: 'designation-ended',
    });
    const before = listPostedTo(peer, '/desk').length;
    await house.drain();
    expect(listPostedTo(peer, '/desk')).toHaveLength(before);
    expect(await fetchEvidence(shelter, under)).toContainEqual(
      expect.objectContaining({ event: 'ContentConsignmentFailure', reason: 'designation-ended' }),
    );
    const directory = await (await house.app.request(`${GATEWAY_URL}/v1/directory`)).json();
    expect(directory.withdrawals).toEqual([JSON.parse(JSON.stringify(signed))]);
    expect(directory.focal_points.map((one: { slug: string }) => one.slug)).not.toContain('desk');
    expect((await house.app.request(`${GATEWAY_URL}/fp/desk/did.json`)).status).toBe(404);
    // Replay: every earlier designation, by import and directly in the database.
    const { designations } = await house.gateway.store.directory.readDirectory([focalPoint.focal_point]);
    for (const text of eachOf(designations))
      expect(await catchRefusal(() => keepDesignation(house.gateway, JSON.parse(text)))).toBe(
        'statement-refused',
      );
    // A restarted gateway knows only what the database has.
    const restarted = { ...house.gateway, anchors: [...house.gateway.anchors] };
    const found = findDesignation(await readDirectory(restarted, ['desk']), 'desk');
    expect(Date.parse(found?.until ?? '')).toBeLessThanOrEqual(house.gateway.now().getTime());
    expect(await catchRefusal(() => draftWithdrawal(house.gateway, back, 'unspecified'))).toBe(
      'designation-ended',
    );
    // It was in force before, and what it signed then is still valid.
    const earlier = new Date(Date.parse(claims.from) - 1_000);
    expect((await readDesignationAt(house.gateway, focalPoint.focal_point, earlier))?.slug).toBe('desk');
    expect(
      await readDesignationAt(house.gateway, focalPoint.focal_point, new Date(claims.from)),
    ).toBeUndefined();
  });

  test('a withdrawn sender gets a signed refusal; a withdrawn recipient cannot acknowledge any more', async () => {
    const { keys, designation } = await designateOwnCustody(house, {
      slug: 'embassy',
      country: 'ID',
      officers: [makeOfficer()],
    });
    await hook(designation, 'sealed');
    const id = await postMessage(shelter, makeReportPost(['embassy']));
    await house.drain();
    const row = (await house.gateway.store.messages.readMessage(id))?.recipients[0];
    for (const [slug, country] of [
      ['shelter', 'KH'],
      ['embassy', 'ID'],
    ] as const) {
      const claims = await draftWithdrawal(house.gateway, await now(slug), 'cessationOfOperation');
      await keepWithdrawal(
        house.gateway,
        await signStatement('withdrawal', claims, [house.authorities[country]]),
      );
    }
    const problem = await (await shelter.post('messages', makeReportPost(['police']))).json();
    expect(problem.type).toBe('urn:amanat:problem:designation-ended');
    expect(peekStatement(problem.evidence).payload).toMatchObject({ event: 'SubmissionRejection' });
    const about = {
      message: id,
      sender: shelter.designation.focal_point,
      digest: row?.digest ?? '',
      at: house.gateway.now(),
    };
    const word = await postSigned(
      house,
      '/v1/focal-points/embassy/acknowledgements',
      await signAcknowledgement(keys, about),
    );
    expect(await word.json()).toMatchObject({ type: 'urn:amanat:problem:designation-ended' });
  });

  test('a focal point is designated again only by a designation that begins after its withdrawal, by the same authority', async () => {
    house.pass(60);
    const claims = await draftWithdrawal(house.gateway, await now('police'), 'superseded');
    const byOther = await signStatement('withdrawal', { ...claims, authority: 'ID', country: 'ID' }, [
      house.authorities.ID,
    ]);
    expect(await catchRefusal(() => keepWithdrawal(house.gateway, byOther))).toBe('statement-refused');
    const forged = await signStatement('withdrawal', claims, [house.authorities.ID]);
    expect(await catchRefusal(() => keepWithdrawal(house.gateway, forged))).toBe('statement-refused');
    const asDesignation = await signStatement('designation', claims, [house.authorities.KH]);
    expect(await catchRefusal(() => keepWithdrawal(house.gateway, asDesignation))).toBe(
      'jose-header-refused',
    );
    // Written to the database directly, a withdrawal by another country's authority ends nothing.
    await house.database.sql`
      insert into withdrawal (did, country, valid_from, digest, statement)
      values (${claims.focal_point}, 'ID', ${claims.from}, 'any', ${JSON.stringify(byOther)})`;
    const police = await now('police');
    expect(Date.parse(police.until)).toBeGreaterThan(house.gateway.now().getTime());
    await keepWithdrawal(house.gateway, await signStatement('withdrawal', claims, [house.authorities.KH]));
    expect(Date.parse((await now('police')).until)).toBeLessThanOrEqual(house.gateway.now().getTime());
    house.pass(1);
    const { retires: _retires, ...again } = police;
    await keep({ ...again, from: house.gateway.now().toISOString() });
    expect(Date.parse((await now('police')).until)).toBeGreaterThan(house.gateway.now().getTime());
  });
});
