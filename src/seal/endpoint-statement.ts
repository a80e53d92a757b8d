/** Statements by which an authority confirms an endpoint. */

import type { Endpoint } from '../domain/party/channel.ts';
import { confirmedEndpointOf } from '../domain/party/confirmation.ts';
import { type EndpointStatement, endpointStatementSchema } from '../domain/terms/endpoint-statement.ts';
import { parseBySchema } from '../domain/words/checked.ts';
import { Refusal } from '../domain/words/error.ts';
import { type Anchor, verifySignedByAuthorities } from './authority.ts';
import { digestOf } from './digest.ts';

/** The digest over everything that an endpoint grants after its pending change is confirmed. */
export function digestOfEndpointGrants(endpoint: Endpoint): string {
  const { id, focalPoint, channel, address, officer, knownAs, shows, certificate } =
    confirmedEndpointOf(endpoint);
  return digestOver([id, focalPoint, channel, address, officer, knownAs, shows, certificate]);
}

const digestOver = (granted: readonly unknown[]): string =>
  digestOf(JSON.stringify(granted.map((one) => one ?? null)));

/**
 * Checks that a statement shows what its digest covers, so that its signer has read the same address, certificate
 * and names.
 * @throws Refusal `statement-refused`
 */
export function checkShownGrants(one: EndpointStatement): void {
  const { endpoint, focal_point, channel, address, officer, known_as, shows, certificate, grants } = one;
  if (digestOver([endpoint, focal_point, channel, address, officer, known_as, shows, certificate]) !== grants)
    throw new Refusal(
      'statement-refused',
      'what it shows of the endpoint is not what its digest stands for: sign nothing of it',
    );
}

/**
 * Verifies a statement that confirms an endpoint. It must be signed by the authority of the country that it names
 * alone, with a certificate that is valid now, and must not have expired.
 * @throws Refusal `statement-refused`, `signature-invalid`, `invalid-body`, and for its shape as {@link
 * verifyStatement}
 */
export async function verifyEndpointStatement(
  jws: unknown,
  anchors: readonly Anchor[],
  now: Date,
): Promise<EndpointStatement> {
  const { statement, countries } = await verifySignedByAuthorities(jws, 'endpoint', { anchors, now });
  const one = parseBySchema(endpointStatementSchema, statement.payload);
  checkShownGrants(one);
  if (one.authority !== one.country || countries.length !== 1 || countries[0] !== one.country)
    throw new Refusal(
      'statement-refused',
      'an endpoint is confirmed by the one authority of its own country',
    );
  if (now < new Date(one.from) || now >= new Date(one.until))
    throw new Refusal('statement-refused', 'the statement is not in force yet, or is no longer in force');
  return one;
}
