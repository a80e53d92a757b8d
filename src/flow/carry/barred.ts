/** Who is out is out: ways by which nothing goes any more, asked when a delivery is taken up and again before its content goes. */
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

/** What a delivery is judged by. */
interface Known {
  readonly gateway: Storing;
  readonly directory: Directory;
}

/** A message, or a reminder of it, for a desk that is no longer designated: nobody there may be shown it. */
export const findRecipientBar = (
  { gateway, directory }: Known,
  { delivery }: ClaimedDelivery,
): AttemptResult | undefined =>
  delivery.kind !== 'evidence' &&
  delivery.state === 'queued' &&
  !isInForceAt(requireDesignation(directory, delivery.to), gateway.now())
    ? CUT_OFF
    : undefined;

/** Another gateway's, and that which is none. */
const BELONGS_TO_NOBODY: readonly Channel[] = ['relay', 'none'];

/** The endpoint's officer is designated no more, or the id names another person: nothing goes there, of whatever kind. */
export const findOfficerBar = (
  { gateway, directory }: Known,
  { delivery, endpoint }: ClaimedDelivery,
): AttemptResult | undefined =>
  !BELONGS_TO_NOBODY.includes(endpoint.channel) &&
  !isOfficerInPlace(requireDesignation(directory, delivery.to), endpoint, gateway.now())
    ? OUT
    : undefined;

/** The endpoint is off. */
export const findEndpointBar = ({
  endpoint,
}: Pick<ClaimedDelivery, 'endpoint'>): AttemptResult | undefined => (endpoint.enabled ? undefined : OFF);

/** Whether the parcel holds what the message says, or the sealed message. */
const holdsContent = (parcel: Parcel): boolean =>
  parcel.kind === 'message' && (parcel.content.shows === 'packet' || parcel.content.shows === 'sealed');

/**
 * The same once more when the parcel is made: a packet takes its time to be opened and set, and nothing of it goes to whoever
 * was taken out meanwhile, nor where the desk is reached no more.
 * @returns undefined where all is as it was
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
