/**
 * A shelter in Cambodia and a focal point in Indonesia, each at its own country's gateway, and agreements that change.
 */
import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import type { Jws } from '../../src/seal/jws.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { addHook } from './confirmed.ts';
import { draftBroadAgreement, type RigPartner } from './rig.ts';
import { designateGateway } from './signed-statements.ts';
import { fetchMessageStatus, makeOfficer } from './story.ts';
import { type GatewaySide, makeTwoGateways, type TwoGateways } from './two-gateways.ts';

export interface AcrossBorder extends TwoGateways {
  readonly shelter: RigPartner;
  readonly focalPoint: RigPartner;
}

/** Both partners' systems are posted to at the peer, under `/shelter` and `/desk`. */
export async function makeAcrossBorder(): Promise<AcrossBorder> {
  const both = await makeTwoGateways();
  const officers = [makeOfficer()];
  const draft = { officers };
  const partner = async (side: GatewaySide, slug: string, country: string): Promise<RigPartner> => {
    const one = await side.house.partner({ ...draft, slug, name: slug, country });
    const { focal_point: focalPoint } = one.designation;
    const address = `${both.peer.url}/${slug}`;
    await addHook(side.house.gateway, focalPoint, { address });
    await side.introduce(one.designation);
    return one;
  };
  const shelter = await partner(both.kh, 'shelter', 'KH');
  return { ...both, shelter, focalPoint: await partner(both.id, 'desk', 'ID') };
}

/** A later version of the agreement that every rig has at first. */
export const makeLaterVersion = (from: Date, over: object = {}) => ({
  ...draftBroadAgreement(from),
  version: 2,
  from: from.toISOString(),
  clocks: { urgent: { acknowledge: 3_600, answer: 7_200 } },
  ...over,
});

/** All evidence of a message, as this partner reads it. */
export async function fetchClaims(partner: RigPartner, message: string): Promise<readonly Evidence[]> {
  const { evidence } = await fetchMessageStatus(partner, message);
  return evidence.map((jws: unknown) => peekStatement(jws).payload as Evidence);
}

/**
 * The side's authority lists the key with which its gateway signs. The gateway keeps that designation and gives it to
 * others.
 */
export async function designateSide(
  { house, url }: GatewaySide,
  country: 'KH' | 'ID',
  from: Date,
  key = house.gateway.key,
): Promise<Jws> {
  const draft = { url, name: `Gateway ${country}`, country, signing: [key.publicJwk] };
  const statement = await designateGateway(house.authorities[country], draft, from);
  await keepGateway({ ...house.gateway, key }, statement);
  return statement;
}
