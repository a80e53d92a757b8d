/** A shelter in Cambodia and a desk in Indonesia, each at its own country's gateway, and agreements that change. */
import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import { designateGateway, keepGateway } from '../../src/entry/enrolling/peers.ts';
import type { Jws } from '../../src/seal/jws.ts';
import { peek } from '../../src/seal/statement.ts';
import { addEndpoint } from './confirmed.ts';
import { broadAgreement, type Partner } from './rig.ts';
import { officer, statusOf } from './story.ts';
import { type Side, type TwoGateways, twoGateways } from './two-gateways.ts';

export interface Across extends TwoGateways {
  readonly shelter: Partner;
  readonly desk: Partner;
}

/** Both partners' systems are told at the peer, under `/shelter` and `/desk`. */
export async function across(): Promise<Across> {
  const both = await twoGateways();
  const officers = [officer()];
  const draft = { officers };
  const partner = async (side: Side, slug: string, country: string): Promise<Partner> => {
    const one = await side.house.partner({ ...draft, slug, name: slug, country });
    const { focal_point: focalPoint } = one.designation;
    const address = `${both.peer.url}/${slug}`;
    const webhook = { channel: 'webhook', shows: 'packet', lang: 'en' } as const;
    await addEndpoint(side.house.gateway, { ...webhook, focalPoint, address });
    await side.introduce(one.designation);
    return one;
  };
  const shelter = await partner(both.kh, 'shelter', 'KH');
  return { ...both, shelter, desk: await partner(both.id, 'desk', 'ID') };
}

/** A later version of the agreement that every rig begins with. */
export const laterVersion = (from: Date, over: object = {}) => ({
  ...broadAgreement(from),
  version: 2,
  from: from.toISOString(),
  clocks: { urgent: { acknowledge: 3_600, answer: 7_200 } },
  ...over,
});

/** All evidence of a message as this partner reads it. */
export async function claimsOf(partner: Partner, message: string): Promise<readonly Evidence[]> {
  const { evidence } = await statusOf(partner, message);
  return evidence.map((jws: unknown) => peek(jws).payload as Evidence);
}

/** The side's authority names the key its gateway signs with; it keeps that itself, and gives it away. */
export async function designated(
  { house, url }: Side,
  country: 'KH' | 'ID',
  from: Date,
  key = house.gateway.key,
): Promise<Jws> {
  const draft = { url, name: `Gateway ${country}`, country, signing: [key.publicJwk] };
  const statement = await designateGateway(house.authorities[country], draft, from);
  await keepGateway({ ...house.gateway, key }, statement);
  return statement;
}
