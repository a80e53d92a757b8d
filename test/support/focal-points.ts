/** One gateway with a shelter and a focal point on its two sides; both get everything by webhook. */
import type { Officer } from '../../src/domain/party/designation.ts';
import { addHook } from './confirmed.ts';
import type { HttpPeer } from './http-peer.ts';
import { makeRig, type Rig, type RigOptions, type RigPartner } from './rig.ts';
import { makeOfficer } from './story.ts';

export interface FocalPoints {
  readonly house: Rig;
  /** In Cambodia, posted to at `/shelter`. */
  readonly shelter: RigPartner;
  /** In Indonesia, posted to at `/desk`. */
  readonly focalPoint: RigPartner;
  /** Another one in Indonesia, posted to at a path named after its slug. */
  more(slug: string): Promise<RigPartner>;
  /** Another endpoint, at another path of the server. */
  reachedAt(partner: RigPartner, path: string): Promise<void>;
}

/** A new gateway whose focal points are reached at one server. The caller closes it. */
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
