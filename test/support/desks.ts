/** One gateway with a shelter and a desk on its two sides, each told of everything by webhook. */
import type { Officer } from '../../src/domain/party/party.ts';
import { addEndpoint } from './confirmed.ts';
import type { HttpPeer } from './http-peer.ts';
import { type Partner, type Rig, rig } from './rig.ts';
import { officer } from './story.ts';

export interface Desks {
  readonly house: Rig;
  /** In Cambodia, told at `/shelter`. */
  readonly shelter: Partner;
  /** In Indonesia, told at `/desk`. */
  readonly desk: Partner;
  /** One more in Indonesia, told at a path of its slug. */
  more(slug: string): Promise<Partner>;
  /** One more endpoint, at another path of the server. */
  reachedAt(partner: Partner, path: string): Promise<void>;
}

/** A fresh gateway whose desks are reached at one server. The house is the caller's to close. */
export async function desks(peer: HttpPeer, officers: readonly Officer[] = [officer()]): Promise<Desks> {
  const house = await rig({ allow: [peer.host] });
  const reachedAt = async ({ designation }: Partner, path: string): Promise<void> => {
    const where = { focalPoint: designation.focal_point, address: `${peer.url}${path}` };
    await addEndpoint(house.gateway, { ...where, channel: 'webhook', shows: 'packet', lang: 'en' });
  };
  const enlist = async (slug: string, country: string): Promise<Partner> => {
    const partner = await house.partner({ slug, name: 'Invented', country, officers });
    await reachedAt(partner, `/${slug}`);
    return partner;
  };
  return {
    house,
    shelter: await enlist('shelter', 'KH'),
    desk: await enlist('desk', 'ID'),
    more: (slug) => enlist(slug, 'ID'),
    reachedAt,
  };
}
