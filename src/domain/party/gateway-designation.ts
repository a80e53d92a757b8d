/** Gateways: what an authority signs about one, and how focal points homed elsewhere are reached. */
import { z } from 'zod';
import { signedName } from '../words/text.ts';
import type { Endpoint } from './channel.ts';
import { country, did, inForce, instant, publicJwk } from './party.ts';

/** The keys listed sign its evidence; those on Ed25519 also sign its calls to other gateways. */
export const gatewayDesignation = z.strictObject({
  kind: z.literal('gateway'),
  authority: country,
  country,
  gateway: did,
  /** Origin, without a trailing slash. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(255)
    .refine((text) => URL.parse(text)?.origin === text, 'must be an origin'),
  name: signedName(120),
  keys: z.strictObject({ signing: z.array(publicJwk).min(1).max(8) }),
  from: instant,
  until: instant,
});
export type GatewayDesignation = z.infer<typeof gatewayDesignation>;

/** What is known of other gateways. */
export interface Peers {
  readonly gateways: readonly GatewayDesignation[];
  readonly endpoints: readonly Endpoint[];
}

/** The gateway with this DID, where its designation is in force. */
export const peerOf = (
  known: Pick<Peers, 'gateways'>,
  gateway: string,
  at: Date,
): GatewayDesignation | undefined =>
  known.gateways.find((one) => one.gateway === gateway && inForce(one, at));

/** The endpoints by which a gateway in force is reached: at the address its authority signed, and no other. */
export function relaysTo(known: Peers, gateway: string, at: Date): readonly Endpoint[] {
  const peer = peerOf(known, gateway, at);
  return known.endpoints.filter(
    (one) =>
      one.channel === 'relay' && one.enabled && one.focalPoint === gateway && one.address === peer?.url,
  );
}
