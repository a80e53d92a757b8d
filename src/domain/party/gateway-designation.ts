/** Gateways: the statement of an authority about one, and the endpoints of focal points that are homed elsewhere. */
import { z } from 'zod';
import { signedName } from '../words/text.ts';
import type { Endpoint } from './channel.ts';
import { country, did, instant, isInForceAt, publicJwk } from './designation.ts';

/** The statement about a gateway. Its keys sign evidence; its Ed25519 keys also sign calls to other gateways. */
export const gatewayDesignationSchema = z.strictObject({
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
export type GatewayDesignation = z.infer<typeof gatewayDesignationSchema>;

/** Other gateways that are known here. */
export interface KnownPeers {
  readonly gateways: readonly GatewayDesignation[];
  readonly endpoints: readonly Endpoint[];
}

/** Finds the gateway with this DID if its designation is in force. */
export const findPeer = (
  known: Pick<KnownPeers, 'gateways'>,
  gateway: string,
  at: Date,
): GatewayDesignation | undefined =>
  known.gateways.find((one) => one.gateway === gateway && isInForceAt(one, at));

/** The relay endpoints of a gateway in force, only at the address that its authority signed. */
export function relayEndpointsOf(known: KnownPeers, gateway: string, at: Date): readonly Endpoint[] {
  const peer = findPeer(known, gateway, at);
  return known.endpoints.filter(
    (one) =>
      one.channel === 'relay' && one.enabled && one.focalPoint === gateway && one.address === peer?.url,
  );
}
