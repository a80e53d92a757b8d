/** One gateway with a shelter and a desk on its two sides, each told of everything by webhook. */
import type { Officer } from '../../src/domain/party/designation.ts';
import { addHook } from './confirmed.ts';
import type { HttpPeer } from './http-peer.ts';
import { makeRig, type Rig, type RigOptions, type RigPartner } from './rig.ts';
import { makeOfficer } from './story.ts';

export interface FocalPoints {
  readonly house: Rig;
  /** In Cambodia, told at `/shelter`. */
  readonly shelter: RigPartner;
  /** In Indonesia, told at `/desk`. */
  readonly focalPoint: RigPartner;
  /** One more in Indonesia, told at a path of its slug. */
  more(slug: string): Promise<RigPartner>;
  /** One more endpoint, at another path of the server. */
  reachedAt(partner: RigPartner, path: string): Promise<void>;
}

/** A fresh gateway whose desks are reached at one server. The house is the caller's to close. */
export async function makeFocalPoints(
  peer: HttpPeer,
  officers: readonly Officer[] = [makeOfficer()],
  options: Pick<RigOptions, 'isClockStopped'> = {},
): Promise<FocalPoints> {
  const house = await makeRig({ ...options, allow: [peer.host] });
  const reachedAt = async ({ designation }: RigPartner, path: string): Promise<void> => {
    await addHook(house.gateway, designation.focal_point, { address: `${peer.url}${path}` });
  };
  const enlist = async (slug: string, country: string): Promise<RigPartner> => {
    const partner = await house.partner({ slug, name: 'Invented', country, officers });
    await reachedAt(partner, `/${slug}`);
    return partner;
  };
  return {
    house,
    shelter: await enlist('shelter', 'KH'),
    focalPoint: await enlist('desk', 'ID'),
    more: (slug) => enlist(slug, 'ID'),
    reachedAt,
  };
}
