/** Drafts the statement by which an authority confirms an endpoint, instead of its focal point. */
import type { CHANNELS, Channel, Endpoint } from '../../domain/party/channel.ts';
import { confirmedEndpointOf } from '../../domain/party/confirmation.ts';
import type { EndpointStatement } from '../../domain/terms/endpoint-statement.ts';
import { Refusal } from '../../domain/words/error.ts';
import { findDesignation, readDirectory } from '../../flow/directory/directory.ts';
import { digestOfEndpointGrants } from '../../seal/endpoint-statement.ts';
import type { EnrollingGateway } from './enrol.ts';

const isConfirmable = (channel: Channel): channel is (typeof CHANNELS)[number] =>
  channel !== 'relay' && channel !== 'none';

/**
 * Drafts the statement for the authority of the focal point's country. It is in force for as long as the endpoint waits
 * for confirmation.
 * @throws Refusal `nothing-to-confirm`, `designation-ended`
 */
export async function draftConfirmation(
  opened: EnrollingGateway,
  endpoint: Endpoint,
): Promise<EndpointStatement> {
  const { id, focalPoint, waiting } = endpoint;
  const { channel, officer, knownAs, shows, address, certificate } = confirmedEndpointOf(endpoint);
  if (waiting === undefined || waiting.until <= opened.now() || !isConfirmable(channel))
    throw new Refusal('nothing-to-confirm', 'this endpoint is not waiting for confirmation');
  const designation = findDesignation(await readDirectory(opened, [focalPoint]), focalPoint);
  if (designation === undefined)
    throw new Refusal('designation-ended', 'the designation of this focal point is not in force');
  return {
    kind: 'endpoint',
    authority: designation.country,
    country: designation.country,
    gateway: opened.did,
    focal_point: focalPoint,
    slug: designation.slug,
    endpoint: id,
    asked: waiting.asked,
    channel,
    officer: officer ?? null,
    known_as: knownAs === undefined ? null : [...knownAs],
    shows,
    address,
    certificate: certificate ?? null,
    grants: digestOfEndpointGrants(endpoint),
    from: opened.now().toISOString(),
    until: waiting.until.toISOString(),
  };
}
