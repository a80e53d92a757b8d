/** Routing: whether an agreement lets a message go to a recipient, and by which of its endpoints. */
import { type Agreement, type Carriage, channelsFor } from './agreement.ts';
import type { Endpoint } from './channel.ts';
import { Refusal } from './error.ts';
import { type Peers, relaysTo } from './gateway-designation.ts';
import { type Designation, inForce } from './party.ts';

export interface Route {
  readonly recipient: Designation;
  readonly agreement: Agreement;
  /** Endpoints that the agreement and the recipient's custody allow, lowest rank first; or the way to its home gateway. */
  readonly endpoints: readonly Endpoint[];
}

/** A gateway without the key cannot make a packet; one that holds it does not pass a JWE nobody else can open. */
export const canShow = (
  recipient: Pick<Designation, 'custody'>,
  endpoint: Pick<Endpoint, 'shows'>,
): boolean => endpoint.shows === 'notice' || (recipient.custody === 'own') === (endpoint.shows === 'sealed');

/** What routing knows, and the DID of the gateway it is asked at. */
export interface Known extends Peers {
  readonly here: string;
  readonly agreements: readonly Agreement[];
}

/**
 * Finds the way to one recipient. Where several agreements cover the carriage the newest that began counts.
 * @throws Refusal `designation-ended`, `not-covered`, `no-endpoint`
 */
export function route(
  carriage: Omit<Carriage, 'to' | 'from'> & {
    /** `at` where left out. */ readonly agreedAt?: Date | undefined;
  },
  parties: { readonly sender: Designation; readonly recipient: Designation },
  known: Known,
  at: Date,
): Route {
  const { sender, recipient } = parties;
  if (!inForce(recipient, at))
    throw new Refusal('designation-ended', `the designation of ${recipient.slug} is not in force`);
  const { agreedAt = at, ...what } = carriage;
  const whole: Carriage = {
    ...what,
    from: { did: sender.focal_point, country: sender.country },
    to: { did: recipient.focal_point, country: recipient.country },
  };
  const covering = known.agreements
    .map((agreement) => ({ agreement, channels: channelsFor(agreement, whole, agreedAt) }))
    .filter((one) => one.channels.length > 0)
    .sort(
      (a, b) => b.agreement.from.localeCompare(a.agreement.from) || b.agreement.version - a.agreement.version,
    );
  const chosen = covering[0];
  if (chosen === undefined) {
    throw new Refusal(
      'not-covered',
      `no agreement in force covers ${carriage.name} (${carriage.handling}) from ${sender.slug} to ${recipient.slug}`,
    );
  }
  const isHere = recipient.gateway === known.here;
  const endpoints = isHere
    ? ownEndpoints(known.endpoints, recipient, chosen.channels)
    : relaysTo(known, recipient.gateway, at);
  if (endpoints.length === 0) {
    const why = isHere
      ? 'has no endpoint on an agreed channel'
      : 'has a home gateway not connected to this one';
    throw new Refusal('no-endpoint', `${recipient.slug} ${why}`);
  }
  return { recipient, agreement: chosen.agreement, endpoints };
}

const ownEndpoints = (
  endpoints: readonly Endpoint[],
  recipient: Designation,
  channels: readonly string[],
): readonly Endpoint[] =>
  endpoints
    .filter((one) => one.focalPoint === recipient.focal_point && one.enabled && canShow(recipient, one))
    .filter((one) => channels.includes(one.channel))
    .sort((a, b) => a.rank - b.rank || a.id.localeCompare(b.id));

/** The endpoints of the lowest rank among those not yet tried: the first ones, and on failure the next. */
export function nextEndpoints(
  endpoints: readonly Endpoint[],
  tried: ReadonlySet<string>,
): readonly Endpoint[] {
  const left = endpoints.filter((one) => !tried.has(one.id));
  const rank = Math.min(...left.map((one) => one.rank));
  return left.filter((one) => one.rank === rank);
}
