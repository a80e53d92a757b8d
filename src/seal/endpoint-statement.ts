/** Statements by which an authority confirms an endpoint. */

import { checked } from '../domain/message/protocol.ts';
import type { Endpoint } from '../domain/party/channel.ts';
import { asConfirmed } from '../domain/party/confirming.ts';
import { type EndpointStatement, endpointStatement } from '../domain/terms/endpoint-statement.ts';
import { Refusal } from '../domain/words/error.ts';
import { type Anchor, signedByAnchors } from './authority.ts';
import { sha256 } from './digest.ts';

/** The digest over what an endpoint grants, once what waits there is confirmed. */
export function grantsDigest(endpoint: Endpoint): string {
  const { id, focalPoint, channel, address, officer, knownAs, shows, certificate } = asConfirmed(endpoint);
  return digestOver([id, focalPoint, channel, address, officer, knownAs, shows, certificate]);
}

const digestOver = (granted: readonly unknown[]): string =>
  sha256(JSON.stringify(granted.map((one) => one ?? null)));

/**
 * Holds what a statement shows against the digest that counts: who signs it has read no other address, certificate or name.
 * @throws Refusal `statement-refused`
 */
export function checkShown(one: EndpointStatement): void {
  const { endpoint, focal_point, channel, address, officer, known_as, shows, certificate, grants } = one;
  if (digestOver([endpoint, focal_point, channel, address, officer, known_as, shows, certificate]) !== grants)
    throw new Refusal(
      'statement-refused',
      'what it shows of the endpoint is not what its digest stands for: sign nothing of it',
    );
}

/**
 * Verifies such a statement: signed by the one authority of the country it names, valid now, and not past.
 * @throws Refusal `statement-refused`, `signature-invalid`, `invalid-body`, and for its shape as `readStatement`
 */
export async function verifyEndpointStatement(
  jws: unknown,
  anchors: readonly Anchor[],
  now: Date,
): Promise<EndpointStatement> {
  const { statement, countries } = await signedByAnchors(jws, 'endpoint', { anchors, now });
  const one = checked(endpointStatement, statement.payload);
  checkShown(one);
  if (one.authority !== one.country || countries.length !== 1 || countries[0] !== one.country)
    throw new Refusal(
      'statement-refused',
      'an endpoint is confirmed by the one authority of its own country',
    );
  if (now < new Date(one.from) || now >= new Date(one.until))
    throw new Refusal('statement-refused', 'the statement has not begun, or its time has passed');
  return one;
}
