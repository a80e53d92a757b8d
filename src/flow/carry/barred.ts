/** Who is out is out: ways by which nothing goes any more, asked when a delivery is taken up and again before its content goes. */
import type { Parcel } from '../../domain/carriage/adapter.ts';
import { isStillTheirs } from '../../domain/party/belonging.ts';
import type { Channel } from '../../domain/party/channel.ts';
import { inForce } from '../../domain/party/party.ts';
import type { Judging, Storing } from '../../gateway-parts.ts';
import type { Claimed } from '../../store/contracts/deliveries.ts';
import { type Directory, directoryOf, known } from '../directory/directory.ts';
import type { Tried } from './outcome.ts';

const refused = (code: 'designation-ended' | 'unknown-officer'): Tried => ({
  outcome: { kind: 'rejected', code },
  reason: code,
});
const CUT_OFF = refused('designation-ended');
const OUT = refused('unknown-officer');
const OFF: Tried = { outcome: { kind: 'rejected', code: 'endpoint-disabled' } };

/** What a delivery is judged by. */
interface Known {
  readonly gateway: Storing;
  readonly directory: Directory;
}

/** A message, or a reminder of it, for a desk that is no longer designated: nobody there may be shown it. */
export const cutOff = ({ gateway, directory }: Known, { delivery }: Claimed): Tried | undefined =>
  delivery.kind !== 'evidence' &&
  delivery.state === 'queued' &&
  !inForce(known(directory, delivery.to), gateway.now())
    ? CUT_OFF
    : undefined;

/** Another gateway's, and that which is none. */
const BELONGS_TO_NOBODY: readonly Channel[] = ['relay', 'none'];

/** The endpoint's officer is designated no more, or the id names another person: nothing goes there, of whatever kind. */
export const takenOut = (
  { gateway, directory }: Known,
  { delivery, endpoint }: Claimed,
): Tried | undefined =>
  !BELONGS_TO_NOBODY.includes(endpoint.channel) &&
  !isStillTheirs(known(directory, delivery.to), endpoint, gateway.now())
    ? OUT
    : undefined;

/** The endpoint is off. */
export const switchedOff = ({ endpoint }: Pick<Claimed, 'endpoint'>): Tried | undefined =>
  endpoint.enabled ? undefined : OFF;

/** Whether the parcel holds what the message says, or the sealed message. */
const holdsContent = (parcel: Parcel): boolean =>
  parcel.kind === 'message' && (parcel.content.shows === 'packet' || parcel.content.shows === 'sealed');

/**
 * The same once more when the parcel is made: a packet takes its time to be opened and set, and nothing of it goes to whoever
 * was taken out meanwhile, nor where the desk is reached no more.
 * @returns undefined where all is as it was
 */
export async function barredSince(
  gateway: Judging,
  claimed: Claimed,
  parcel: Parcel,
): Promise<Tried | undefined> {
  if (!holdsContent(parcel)) return undefined;
  const { delivery, endpoint: before } = claimed;
  const directory = await directoryOf(gateway, [delivery.to]);
  const endpoint = directory.endpoints.find((one) => one.id === before.id);
  if (endpoint === undefined) return OFF;
  const isMoved = (['address', 'shows', 'certificate'] as const).some((one) => endpoint[one] !== before[one]);
  const moved: Tried = { outcome: { kind: 'deferred', code: 'endpoint-changed', retryAfter: 1 } };
  const now: Known = { gateway, directory };
  return (
    cutOff(now, claimed) ??
    takenOut(now, { ...claimed, endpoint }) ??
    switchedOff({ endpoint }) ??
    (isMoved ? moved : undefined)
  );
}
