/** Routing: whether an agreement lets a message go to a recipient, and by which of its endpoints. */

import { isRestricted } from '../message/handling.ts';
import { type Endpoint, NO_ENDPOINT } from '../party/channel.ts';
import { isSameAccount, oncePerAccount } from '../party/chat.ts';
import { type Designation, type Digested, isInForceAt } from '../party/designation.ts';
import { officerOfEndpoint } from '../party/endpoint-officer.ts';
import { type KnownPeers, relayEndpointsOf } from '../party/gateway-designation.ts';
import { Refusal } from '../words/error.ts';
import type { Handling } from '../words/vocabulary.ts';
import {
  type Agreement,
  type AgreementName,
  agreementsInForce,
  allowedChannels,
  type Carriage,
  isSameVersion,
} from './agreement.ts';
import { compareByPrecedence } from './agreement-versions.ts';

export interface Route {
  readonly recipient: Digested<Designation>;
  readonly agreement: Digested<Agreement>;
  /**
   * Endpoints that the agreement and the recipient's custody allow, lowest rank first; or the way to its home gateway. Empty
   * where the recipient has no way now: that is no fault of the message, which waits for one.
   */
  readonly endpoints: readonly Endpoint[];
  /** Its home is another gateway. */
  readonly isAbroad: boolean;
}

/** A gateway without the key cannot make a packet; one that holds it does not pass a JWE nobody else can open. */
export const canShow = (
  recipient: Pick<Designation, 'custody'>,
  endpoint: Pick<Endpoint, 'shows'>,
): boolean => endpoint.shows === 'notice' || (recipient.custody === 'own') === (endpoint.shows === 'sealed');

/**
 * Restricted content (H2, H3) is opened in a packet or the reader only; a system that wants it holds its own keys and is
 * sent it sealed, for what is opened into a system's log is passed on to whoever reads there.
 */
export const isAllowedToShow = (endpoint: Pick<Endpoint, 'channel' | 'shows'>, handling: Handling): boolean =>
  !isRestricted(handling) || endpoint.channel !== 'webhook' || endpoint.shows !== 'packet';

/** What routing knows, and the DID of the gateway it is asked at. */
export interface RoutingFacts extends KnownPeers {
  readonly here: string;
  readonly agreements: readonly Digested<Agreement>[];
}

/** What is to be carried, and by which agreement it is judged. */
export interface IntendedCarriage extends Pick<Carriage, 'name' | 'handling'> {
  /** By the agreements of that hour; of `at` where left out. */
  readonly agreedAt?: Date | undefined;
  /** By this version and no other, though it was replaced since: it is the one that the message was accepted under. */
  readonly under?: AgreementName | undefined;
}

/** The agreement by which this is carried: of those that cover it the newest that began. */
function covering(
  { agreedAt, under }: Pick<IntendedCarriage, 'under'> & { readonly agreedAt: Date },
  whole: Carriage,
  agreements: readonly Digested<Agreement>[],
): { readonly agreement: Digested<Agreement>; readonly channels: readonly string[] } | undefined {
  const counting =
    under === undefined
      ? agreementsInForce(agreements, agreedAt)
      : agreements.filter((one) => isSameVersion(one, under));
  return counting
    .map((agreement) => ({ agreement, channels: allowedChannels(agreement, whole, agreedAt) }))
    .filter((one) => one.channels.length > 0)
    .sort((a, b) => compareByPrecedence(a.agreement, b.agreement))[0];
}

/**
 * Finds the way to one recipient. Where several agreements cover the carriage the newest that began counts.
 * @throws Refusal `designation-ended`, `not-covered`: what must not go, whichever ways there are
 */
export function findRoute(
  carriage: IntendedCarriage,
  parties: { readonly sender: Designation; readonly recipient: Digested<Designation> },
  known: RoutingFacts,
  at: Date,
): Route {
  const { sender, recipient } = parties;
  if (!isInForceAt(recipient, at))
    throw new Refusal('designation-ended', `the designation of ${recipient.slug} is not in force`);
  const { agreedAt = at, under, ...what } = carriage;
  const whole: Carriage = {
    ...what,
    from: { did: sender.focal_point, country: sender.country },
    to: { did: recipient.focal_point, country: recipient.country },
  };
  const chosen = covering({ agreedAt, under }, whole, known.agreements);
  if (chosen === undefined) {
    throw new Refusal(
      'not-covered',
      `no agreement in force covers ${carriage.name} (${carriage.handling}) from ${sender.slug} to ${recipient.slug}`,
    );
  }
  const isHere = recipient.gateway === known.here;
  const endpoints = isHere
    ? ownEndpoints(known.endpoints, recipient, chosen.channels).filter((one) =>
        isAllowedToShow(one, what.handling),
      )
    : relayEndpointsOf(known, recipient.gateway, at);
  return { recipient, agreement: chosen.agreement, endpoints, isAbroad: !isHere };
}

const ownEndpoints = (
  endpoints: readonly Endpoint[],
  recipient: Designation,
  channels: readonly string[],
): readonly Endpoint[] =>
  endpoints
    .filter((one) => one.focalPoint === recipient.focal_point && one.enabled && canShow(recipient, one))
    .filter((one) => channels.includes(one.channel))
    .filter((one) => one.officer === undefined || officerOfEndpoint(recipient, one) !== undefined)
    .sort((a, b) => a.rank - b.rank || a.id.localeCompare(b.id));

/** Where a message is kept first: the endpoints of the lowest rank, or, where there is none, nowhere until there is one. */
export const firstEndpointsOf = ({ endpoints }: Pick<Route, 'endpoints'>): readonly Endpoint[] =>
  endpoints.length === 0 ? [NO_ENDPOINT] : nextEndpointsOf(endpoints, new Set());

/** The endpoints of the lowest rank among those not yet tried: the first ones, and on failure the next. */
export function nextEndpointsOf(
  endpoints: readonly Endpoint[],
  tried: ReadonlySet<string>,
): readonly Endpoint[] {
  const before = endpoints.filter((one) => tried.has(one.id));
  // One account that several officers use gets one notice.
  const left = endpoints.filter(
    (one) => !tried.has(one.id) && !before.some((other) => isSameAccount(other, one)),
  );
  const rank = Math.min(...left.map((one) => one.rank));
  return oncePerAccount(left.filter((one) => one.rank === rank));
}
