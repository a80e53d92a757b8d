/**
 * A partner with its own keys and another DIDComm library, without our code, joins over HTTP. It sends to a focal
 * point and a shelter sends to it, on its own gateway and across to the other country's.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicJwk } from '../../src/domain/party/designation.ts';
import { addHook } from '../support/confirmed.ts';
import {
  createDidcommPartner,
  type DidcommPartner,
  type KeyCurves,
  type PartnerHook,
  startHook,
} from '../support/didcomm-partner.ts';
import { eachOf } from '../support/each-of.ts';
import type { RigPartner } from '../support/rig.ts';
import {
  fetchEvidence,
  fetchMessageStatus,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';
import { type GatewaySide, makeTwoGateways, type TwoGateways } from '../support/two-gateways.ts';

const CURVES: readonly KeyCurves[] = [
  { signing: 'Ed25519', agreement: 'X25519' },
  { signing: 'P-256', agreement: 'P-256' },
  { signing: 'Ed25519', agreement: 'P-256' },
];

let hooks: Map<KeyCurves, PartnerHook>;
let both: TwoGateways;
/** In the custody of Indonesia's and of Cambodia's gateway. */
let focalPoint: RigPartner;
let shelter: RigPartner;

beforeAll(async () => {
  hooks = new Map(await Promise.all(CURVES.map(async (curves) => [curves, await startHook()] as const)));
  both = await makeTwoGateways([...hooks.values()].map(({ host }) => host));
  const { kh, id, peer } = both;
  const officers = [makeOfficer()];
  focalPoint = await id.house.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  shelter = await kh.house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  await id.introduce(focalPoint.designation);
  await kh.introduce(shelter.designation);
  for (const [side, { designation }] of [
    [id, focalPoint],
    [kh, shelter],
  ] as const)
    await addHook(side.house.gateway, designation.focal_point, {
      address: `${peer.url}/${designation.slug}`,
    });
});
afterAll(async () => {
  await both?.close();
  for (const hook of hooks.values()) await hook.close();
});

test('the partner is built from node and didcomm-node, without our code', () => {
  const source = readFileSync(new URL('../support/didcomm-partner.ts', import.meta.url), 'utf8');
  const imported = [...source.matchAll(/\bfrom\s+'([^']+)'|\b(?:import|require)\(?\s*'([^']+)'/g)];
  const names = new Set(imported.map(([, from, loaded]) => from ?? loaded));
  expect([...names].toSorted()).toEqual(['didcomm-node', 'node:crypto', 'node:http', 'node:net']);
});

/** The partner's public keys are designated, and its webhook made known: all that a gateway needs of it. */
async function join(side: GatewaySide, hook: PartnerHook, curves: KeyCurves): Promise<DidcommPartner> {
  const { house, url } = side;
  const slug = `police-${curves.signing}-${curves.agreement}`.toLowerCase();
  const partner = createDidcommPartner(hook, { gateway: url, slug, curves });
  const { signing, agreement } = partner.publicKeys;
  const own = { signing: publicJwk.array().parse(signing), agreement: publicJwk.array().parse(agreement) };
  const draft = { slug, name: `Invented ${slug}`, country: 'KH', officers: [makeOfficer('en')], own };
  await side.introduce(await house.designate(draft));
  const { secret = '' } = await addHook(house.gateway, partner.did, {
    shows: 'sealed',
    address: partner.hook,
  });
  partner.useSecret(secret);
  return partner;
}

describe.each(CURVES)('with keys on $signing and $agreement', (curves) => {
  let police: DidcommPartner;
  beforeAll(async () => {
    const hook = hooks.get(curves);
    if (hook === undefined) throw new Error('no server for these');
    police = await join(both.kh, hook, curves);
  });

  test.each(['shelter', 'desk'] as const)(
    'the %s accepts what it packs, and it can verify the evidence that comes back',
    async (slug) => {
      const [to, by] = slug === 'desk' ? [focalPoint, both.id] : [shelter, both.kh];
      const text = `${PRIVATE_TEXT[0]} is safe.`;
      const { status, id, receipt } = await police.send(to.designation.focal_point, text);
      expect([status, receipt['event'], receipt['by']]).toEqual([
        202,
        'SubmissionAcceptance',
        both.kh.house.gateway.did,
      ]);
      await both.waitUntilIdle();
      expect(listPostedTo(both.peer, `/${slug}`).at(-1)).toMatchObject({
        type: 'message.received',
        data: { id, from: police.did, message: { body: { text } } },
      });
      const word = await to.post('acknowledgements', { message: id, decision: 'accepted', officer: 'o1' });
      expect(word.status).toBe(201);
      await both.waitUntilIdle();
      expect(police.faults).toEqual([]);
      const told = police.evidence.filter((one) => one['consignment'] === id);
      expect(told.at(-1)).toMatchObject({
        event: 'ConsignmentAcceptance',
        by: by.house.gateway.did,
        recipient: to.designation.focal_point,
        officer: { id: 'o1' },
      });
      // Each signer’s key came out of its document, fetched over HTTP.
      for (const one of eachOf(told)) expect(police.resolved).toContain(one['by']);
    },
  );

  test.each(['shelter', 'desk'] as const)(
    'it opens what the %s posts, and its own signature is the acknowledgement',
    async (slug) => {
      const from = slug === 'desk' ? focalPoint : shelter;
      const id = await postMessage(from, makeReportPost([police.did]));
      await both.waitUntilIdle();
      expect(police.faults).toEqual([]);
      const came = police.opened.find((one) => one.plain.id === id);
      expect(came?.how).toMatchObject({ encrypted: true, non_repudiation: true, anonymous_sender: true });
      expect(came?.plain).toMatchObject({
        from: from.designation.focal_point,
        body: { persons: [{ prs_FirstName: PRIVATE_TEXT[0] }] },
      });
      if (came === undefined) throw new Error('nothing came');
      const { status, answer } = await police.acknowledge(came);
      expect([status, answer['result']]).toEqual([201, 'taken']);
      await both.waitUntilIdle();
      expect(await fetchMessageStatus(from, id)).toMatchObject({ state: 'acknowledged' });
      const proof = (await fetchEvidence(from, id)).at(-1);
      expect(proof).toMatchObject({ event: 'ConsignmentAcceptance', attestation: { how: 'own-signature' } });
    },
  );
});
