/** One country's authority cannot decide about another country's focal points, at neither of two gateways. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/designation.ts';
import { keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { keepAgreement } from '../../src/entry/enrolling/enrol.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { makeAuthority } from '../../src/seal/authority.ts';
import { importSigningKey } from '../../src/seal/keys.ts';
import { addSignature, signStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { catchRefusal } from '../support/people.ts';
import { draftBroadAgreement, type Rig, type RigPartner } from '../support/rig.ts';
import { concludeAgreement } from '../support/signed-statements.ts';
import { listPostedTo, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';
import { makeTwoGateways, type TwoGateways } from '../support/two-gateways.ts';

let both: TwoGateways;
let shelter: RigPartner;
/** Indonesia's. */
let focalPoint: Designation;
beforeAll(async () => {
  both = await makeTwoGateways();
  const draft = { name: 'Invented', officers: [makeOfficer()] };
  shelter = await both.kh.house.partner({ ...draft, slug: 'shelter', country: 'KH' });
  focalPoint = await both.id.house.designate({ ...draft, slug: 'desk', country: 'ID' });
  await addHook(both.id.house.gateway, focalPoint.focal_point, { address: `${both.peer.url}/desk` });
  await both.kh.introduce(shelter.designation);
  await both.id.introduce(focalPoint);
});
afterAll(() => both.close());

const houses = (): readonly Rig[] => [both.kh.house, both.id.house];

/** At both gateways the same, and nothing of it kept. */
async function expectRefused(work: (house: Rig) => Promise<unknown>): Promise<void> {
  for (const house of houses()) {
    const before = JSON.stringify(
      await house.gateway.store.directory.readDirectory([focalPoint.focal_point]),
    );
    expect(await catchRefusal(() => work(house))).toBe('statement-refused');
    expect(JSON.stringify(await house.gateway.store.directory.readDirectory([focalPoint.focal_point]))).toBe(
      before,
    );
  }
}

async function expectTraffic(): Promise<void> {
  const id = await postMessage(shelter, makeReportPost([focalPoint.focal_point]));
  await both.waitUntilIdle();
  expect(listPostedTo(both.peer, '/desk').at(-1)).toMatchObject({ type: 'message.received', data: { id } });
}

/** As Cambodia's authority would put it; it begins after what is kept. */
const claimed = (over: Partial<Designation> = {}): Designation => ({
  ...focalPoint,
  authority: 'KH',
  country: 'KH',
  from: new Date(Date.parse(focalPoint.from) + 1).toISOString(),
  ...over,
});

describe('a focal point that Indonesia designated', () => {
  test('cannot be designated again by Cambodia, as its own or as Indonesia’s', async () => {
    for (const claims of [claimed(), claimed({ country: 'ID' }), claimed({ authority: 'ID', country: 'ID' })])
      await expectRefused(async (house) =>
        keepDesignation(house.gateway, await signStatement('designation', claims, [house.authorities.KH])),
      );
    const byBoth = claimed({ authority: 'ID', country: 'ID' });
    await expectRefused(async ({ gateway, authorities }) =>
      keepDesignation(gateway, await signStatement('designation', byBoth, [authorities.ID, authorities.KH])),
    );
    await expectTraffic();
  });

  test('cannot be withdrawn by Cambodia', async () => {
    const claims = await draftWithdrawal(both.id.house.gateway, focalPoint, 'privilegeWithdrawn');
    for (const said of [
      claims,
      { ...claims, authority: 'KH', country: 'KH' },
      { ...claims, authority: 'KH' },
    ])
      await expectRefused(async (house) =>
        keepWithdrawal(house.gateway, await signStatement('withdrawal', said, [house.authorities.KH])),
      );
    await expectTraffic();
  });
});

describe('an agreement', () => {
  const draft = (over: object = {}) => ({ ...draftBroadAgreement(new Date()), id: 'id-kh-second', ...over });

  test('is in force with the signatures of both authorities that are trusted here, and before it has ended', async () => {
    const made = await makeAuthority('KH', 'Another authority', new Date());
    const stranger = await importSigningKey(made.privateJwk);
    for (const { gateway, authorities } of houses()) {
      const half = await signStatement('agreement', draft(), [authorities.ID]);
      expect(await catchRefusal(() => keepAgreement(gateway, half))).toBe('statement-refused');
      const strange = await addSignature(half, stranger);
      expect(await catchRefusal(() => keepAgreement(gateway, strange))).toBe('statement-refused');
      const posing = await addSignature(half, { ...stranger, kid: authorities.KH.kid });
      expect(await catchRefusal(() => keepAgreement(gateway, posing))).toBe('signature-invalid');
      const domestic = draft({ parties: ['ID'] });
      const more = [authorities.ID, authorities.KH];
      expect(await catchRefusal(() => concludeAgreement(gateway, more, domestic))).toBe('statement-refused');
      const ended = draft({ until: new Date(Date.now() - 1_000).toISOString() });
      expect(await catchRefusal(() => concludeAgreement(gateway, more, ended))).toBe('statement-refused');
      expect((await gateway.store.directory.readDirectory([])).agreements).toHaveLength(1);
    }
  });

  test('of other countries cannot take the name of a known one', async () => {
    const { gateway, authorities } = both.id.house;
    const taken = draft({ id: 'id-kh-test', version: 2, parties: ['KH'], from: new Date().toISOString() });
    expect(await catchRefusal(() => concludeAgreement(gateway, [authorities.KH], taken))).toBe(
      'statement-refused',
    );
    await expectTraffic();
  });

  test('replaces the version before it at its time, and that one does not come back', async () => {
    const from = new Date(Date.now() + 3_600_000).toISOString();
    const until = new Date(Date.now() + 7_200_000).toISOString();
    const rules = [{ from: ['ID'], to: ['KH'], types: ['text'] }];
    for (const { gateway, authorities } of houses())
      await concludeAgreement(
        gateway,
        [authorities.ID, authorities.KH],
        draft({ id: 'id-kh-test', version: 2, from, until, rules }),
      );
    await expectTraffic();
    for (const seconds of [3_700, 3_700]) {
      for (const house of houses()) house.pass(seconds);
      const refused = await shelter.post('messages', makeReportPost([focalPoint.focal_point]));
      expect(await refused.json()).toMatchObject({ type: 'urn:amanat:problem:not-covered' });
    }
  });
});
