/**
 * Recipients, officers and endpoints to which nothing may be sent any more. Checked when a delivery is
 * claimed, and again just before content is sent.
 */
import type { Parcel } from '../../domain/carriage/adapter.ts';
import type { Channel } from '../../domain/party/channel.ts';
import { isInForceAt } from '../../domain/party/designation.ts';
import { isOfficerInPlace } from '../../domain/party/endpoint-officer.ts';
import type { Judging, Storing } from '../../gateway-parts.ts';
import type { ClaimedDelivery } from '../../store/contracts/deliveries.ts';
import { type Directory, readDirectory, requireDesignation } from '../directory/directory.ts';
import type { AttemptResult } from './outcome.ts';

const refused = (code: 'designation-ended' | 'unknown-officer'): AttemptResult => ({
  outcome: { kind: 'rejected', code },
  reason: code,
});
const CUT_OFF = refused('designation-ended');
const OUT = refused('unknown-officer');
const OFF: AttemptResult = { outcome: { kind: 'rejected', code: 'endpoint-disabled' } };

/** The state by which a delivery is judged. */
interface Known {
  readonly gateway: Storing;
  readonly directory: Directory;
}

/**
 * Bars a message, or a reminder of it, to a focal point that is no longer designated: nobody there may see
 * it.
 */
export const findRecipientBar = (
  { gateway, directory }: Known,
  { delivery }: ClaimedDelivery,
): AttemptResult | undefined =>
  delivery.kind !== 'evidence' &&
  delivery.state === 'queued' &&
  !isInForceAt(requireDesignation(directory, delivery.to), gateway.now())
    ? CUT_OFF
    : undefined;

/**
 * Endpoints without an officer: another gateway's, and the placeholder of a recipient without an endpoint.
 */
const BELONGS_TO_NOBODY: readonly Channel[] = ['relay', 'none'];

/**
 * Bars everything to an endpoint whose officer is no longer designated, or whose officer id now names another
 * person.
 */
export const findOfficerBar = (
  { gateway, directory }: Known,
  { delivery, endpoint }: ClaimedDelivery,
): AttemptResult | undefined =>
  !BELONGS_TO_NOBODY.includes(endpoint.channel) &&
  !isOfficerInPlace(requireDesignation(directory, delivery.to), endpoint, gateway.now())
    ? OUT
    : undefined;

/** Bars an endpoint that is off. */
export const findEndpointBar = ({
  endpoint,
}: Pick<ClaimedDelivery, 'endpoint'>): AttemptResult | undefined => (endpoint.enabled ? undefined : OFF);

/** Whether the parcel has the message's content, readable or sealed. */
const holdsContent = (parcel: Parcel): boolean =>
  parcel.kind === 'message' && (parcel.content.shows === 'packet' || parcel.content.shows === 'sealed');

/**
 * Repeats the checks after a parcel with content was made. Opening and typesetting take time, and the
 * officer, the endpoint or the focal point may have been removed meanwhile.
 * @returns undefined if nothing changed
 */
export async function findBarSince(
  gateway: Judging,
  claimed: ClaimedDelivery,
  parcel: Parcel,
): Promise<AttemptResult | undefined> {
  if (!holdsContent(parcel)) return undefined;
  const { delivery, endpoint: before } = claimed;
  const directory = await readDirectory(gateway, [delivery.to]);
  const endpoint = directory.endpoints.find((one) => one.id === before.id);
  if (endpoint === undefined) return OFF;
  const isMoved = (['address', 'shows', 'certificate'] as const).some((one) => endpoint[one] !== before[one]);
  const moved: AttemptResult = { outcome: { kind: 'deferred', code: 'endpoint-changed', retryAfter: 1 } };
  const now: Known = { gateway, directory };
  return (
    findRecipientBar(now, claimed) ??
    findOfficerBar(now, { ...claimed, endpoint }) ??
    findEndpointBar({ endpoint }) ??
    (isMoved ? moved : undefined)
  );
}
