/** A focal point with an officer on two endpoints, a deputy and a supervisor, and the shelter that waits for it. */
import type { Officer } from '../../src/domain/party/designation.ts';
import { addHook } from './confirmed.ts';
import { type HttpPeer, startPeer } from './http-peer.ts';
import { draftBroadAgreement, makeRig, type Rig, type RigPartner } from './rig.ts';
import { concludeAgreement } from './signed-statements.ts';

/** Invented people; the id gives the role. */
export const STAFF: readonly Officer[] = [
  { id: 'clerk', name: 'Invented Clerk', role: 'officer', lang: 'id' },
  { id: 'deputy', name: 'Invented Deputy', role: 'deputy', lang: 'id' },
  { id: 'chief', name: 'Invented Chief', role: 'supervisor', lang: 'id' },
];

/** The path at the peer of each, lowest rank first. */
const WAYS = [
  ['phone', 'clerk'],
  ['spare', 'clerk'],
  ['deputy', 'deputy'],
  ['chief', 'chief'],
] as const;

export interface EscalationHouse {
  readonly house: Rig;
  readonly peer: HttpPeer;
  readonly shelter: RigPartner;
  readonly focalPoint: RigPartner;
  /** Moves the clock by minutes, and does everything that is due then. */
  wait(minutes: number): Promise<void>;
  /** What was posted since the last call: `phone message`, `chief reminder`, in order. */
  news(): readonly string[];
  close(): Promise<void>;
}

/** Endpoints of a partner, one for each rank, each at a separate path of the peer. */
export async function addStaffEndpoints(
  house: Rig,
  peer: HttpPeer,
  { designation }: RigPartner,
): Promise<void> {
  for (const [n, [path, officer]] of WAYS.entries()) {
    await addHook(house.gateway, designation.focal_point, {
      address: `${peer.url}/${designation.slug}-${path}`,
      officer,
      rank: n + 1,
    });
  }
}

/** What was posted at the peer, each call as one word of its path and its type. */
export const listPosted = (peer: HttpPeer, from = 0): readonly string[] =>
  peer.received.slice(from).flatMap(({ url, body }) => {
    const { type, data } = JSON.parse(body.toString());
    const event = type === 'evidence.issued' ? data.event : type.replace('message.', '');
    return [`${url.slice(1)} ${event}`];
  });

/** @param terms members of the agreement that replace those of every rig */
export async function makeEscalationHouse(terms: object = {}): Promise<EscalationHouse> {
  const peer = await startPeer();
  const house = await makeRig({ allow: [peer.host] });
  const at = house.gateway.now();
  await concludeAgreement(house.gateway, [house.authorities.ID, house.authorities.KH], {
    ...draftBroadAgreement(at),
    version: 2,
    ...terms,
  });
  const shelter = await house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers: STAFF });
  const focalPoint = await house.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers: STAFF });
  await addStaffEndpoints(house, peer, focalPoint);
  await addHook(house.gateway, shelter.designation.focal_point, { address: `${peer.url}/shelter` });
  let seen = 0;
  return {
    house,
    peer,
    shelter,
    focalPoint: focalPoint,
    wait: async (minutes) => {
      house.pass(minutes * 60);
      await house.drain();
    },
    news: () => {
      const all = listPosted(peer, seen);
      seen = peer.received.length;
      return all;
    },
    close: async () => {
      await house.close();
      await peer.close();
    },
  };
}
