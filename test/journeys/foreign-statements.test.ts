/** One country's authority says nothing of another country's focal points, at neither of two gateways. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/party.ts';
import { keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { agree, keepAgreement } from '../../src/entry/enrolling/enrol.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { makeAuthority } from '../../src/seal/authority.ts';
import { signingKey } from '../../src/seal/keys.ts';
import { addSignature, signStatement } from '../../src/seal/statement.ts';
import { addEndpoint } from '../support/confirmed.ts';
import { refusalOf } from '../support/people.ts';
import { broadAgreement, type Partner, type Rig } from '../support/rig.ts';
import { officer, posted, postedTo, report } from '../support/story.ts';
import { type TwoGateways, twoGateways } from '../support/two-gateways.ts';

let both: TwoGateways;
let shelter: Partner;
/** Indonesia's. */
let desk: Designation;
beforeAll(async () => {
  both = await twoGateways();
  const draft = { name: 'Invented', officers: [officer()] };
  shelter = await both.kh.house.partner({ ...draft, slug: 'shelter', country: 'KH' });
  desk = await both.id.house.designate({ ...draft, slug: 'desk', country: 'ID' });
  await addEndpoint(both.id.house.gateway, {
    channel: 'webhook',
    shows: 'packet',
    lang: 'en',
    focalPoint: desk.focal_point,
    address: `${both.peer.url}/desk`,
  });
  await both.kh.introduce(shelter.designation);
  await both.id.introduce(desk);
});
afterAll(() => both.close());

const houses = (): readonly Rig[] => [both.kh.house, both.id.house];

/** At both gateways the same, and nothing of it kept. */
async function expectRefused(work: (house: Rig) => Promise<unknown>): Promise<void> {
  for (const house of houses()) {
    const before = JSON.stringify(await house.gateway.store.directory.readDirectory([desk.focal_point]));
    expect(await refusalOf(() => work(house))).toBe('statement-refused');
    expect(JSON.stringify(await house.gateway.store.directory.readDirectory([desk.focal_point]))).toBe(
      before,
    );
  }
}

async function expectTraffic(): Promise<void> {
  const id = await posted(shelter, report([desk.focal_point]));
  await both.settle();
  expect(postedTo(both.peer, '/desk').at(-1)).toMatchObject({ type: 'message.received', data: { id } });
}

/** As Cambodia's authority would put it; it begins after what is kept. */
const claimed = (over: Partial<Designation> = {}): Designation => ({
  ...desk,
  authority: 'KH',
  country: 'KH',
  from: new Date(Date.parse(desk.from) + 1).toISOString(),
  ...over,
});

describe('a focal point that Indonesia designated', () => {
  test('is not designated anew by Cambodia, as its own or as Indonesia’s', async () => {
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

  test('is not withdrawn by Cambodia', async () => {
    const claims = await draftWithdrawal(both.id.house.gateway, desk, 'privilegeWithdrawn');
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
  const draft = (over: object = {}) => ({ ...broadAgreement(new Date()), id: 'id-kh-second', ...over });

  test('counts with the signatures of both, of the authorities that are trusted here, and before it has ended', async () => {
    const made = await makeAuthority('KH', 'Another authority', new Date());
    const stranger = await signingKey(made.privateJwk);
    for (const { gateway, authorities } of houses()) {
      const half = await signStatement('agreement', draft(), [authorities.ID]);
      expect(await refusalOf(() => keepAgreement(gateway, half))).toBe('statement-refused');
      const strange = await addSignature(half, stranger);
      expect(await refusalOf(() => keepAgreement(gateway, strange))).toBe('statement-refused');
      const posing = await addSignature(half, { ...stranger, kid: authorities.KH.kid });
      expect(await refusalOf(() => keepAgreement(gateway, posing))).toBe('signature-invalid');
      const domestic = draft({ parties: ['ID'] });
      const more = [authorities.ID, authorities.KH];
      expect(await refusalOf(() => agree(gateway, more, domestic))).toBe('statement-refused');
      const ended = draft({ until: new Date(Date.now() - 1_000).toISOString() });
      expect(await refusalOf(() => agree(gateway, more, ended))).toBe('statement-refused');
      expect((await gateway.store.directory.readDirectory([])).agreements).toHaveLength(1);
    }
  });

  test('of other countries does not take the name of one that is kept', async () => {
    const { gateway, authorities } = both.id.house;
    const taken = draft({ id: 'id-kh-test', version: 2, parties: ['KH'], from: new Date().toISOString() });
    expect(await refusalOf(() => agree(gateway, [authorities.KH], taken))).toBe('statement-refused');
    await expectTraffic();
  });

  test('replaces the version before it at its time, and that one does not come back', async () => {
    const from = new Date(Date.now() + 3_600_000).toISOString();
    const until = new Date(Date.now() + 7_200_000).toISOString();
    const rules = [{ from: ['ID'], to: ['KH'], types: ['text'] }];
    for (const { gateway, authorities } of houses())
      await agree(
        gateway,
        [authorities.ID, authorities.KH],
        draft({ id: 'id-kh-test', version: 2, from, until, rules }),
      );
    await expectTraffic();
    for (const seconds of [3_700, 3_700]) {
      for (const house of houses()) house.pass(seconds);
      const refused = await shelter.post('messages', report([desk.focal_point]));
      expect(await refused.json()).toMatchObject({ type: 'urn:amanat:problem:not-covered' });
    }
  });
});
