/** Routing: whether an agreement allows a message to a recipient, and the endpoints to send it to. */

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
   * Endpoints that the agreement and the recipient's custody allow, lowest rank first; for another gateway, its
   * relay endpoints. Empty if the recipient has no endpoint now: the message is valid and waits for one.
   */
  readonly endpoints: readonly Endpoint[];
  /** The recipient's home is another gateway. */
  readonly isAbroad: boolean;
}

/**
 * Whether an endpoint can get the content. A gateway without the keys cannot make a packet; one with the keys does
 * not send a JWE, because only it can open that.
 */
export const canShow = (
  recipient: Pick<Designation, 'custody'>,
  endpoint: Pick<Endpoint, 'shows'>,
): boolean => endpoint.shows === 'notice' || (recipient.custody === 'own') === (endpoint.shows === 'sealed');

/**
 * Whether restricted content (H2, H3) may go to an endpoint. It may be opened in a packet or the reader only. A
 * system must hold its own keys and gets it sealed: content opened into a system's log would be passed on to
 * everybody who reads that log.
 */
export const isAllowedToShow = (endpoint: Pick<Endpoint, 'channel' | 'shows'>, handling: Handling): boolean =>
  !isRestricted(handling) || endpoint.channel !== 'webhook' || endpoint.shows !== 'packet';

/** Everything that routing needs, and the DID of this gateway. */
interface RoutingFacts extends KnownPeers {
  readonly here: string;
  readonly agreements: readonly Digested<Agreement>[];
}

/** The message to be carried, and the agreement that applies. */
export interface IntendedCarriage extends Pick<Carriage, 'name' | 'handling'> {
  /** Use the agreements in force at this time; at `at` if absent. */
  readonly agreedAt?: Date | undefined;
  /** Use only this version, even if it was replaced: the message was accepted under it. */
  readonly under?: AgreementName | undefined;
}

/** The agreement that applies: among those that cover the message, the one that began last. */
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
 * Finds the route to one recipient. If several agreements cover the message, the one that began last applies.
 * @throws Refusal `designation-ended`, `not-covered` if the message must not be sent, by any endpoint
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

/** The endpoints of the lowest rank; {@link NO_ENDPOINT} if there are none, so that the message waits. */
export const firstEndpointsOf = ({ endpoints }: Pick<Route, 'endpoints'>): readonly Endpoint[] =>
  endpoints.length === 0 ? [NO_ENDPOINT] : nextEndpointsOf(endpoints, new Set());

/** The endpoints of the lowest rank that were not tried yet: first the primary ones, after a failure the next. */
export function nextEndpointsOf(
  endpoints: readonly Endpoint[],
  tried: ReadonlySet<string>,
): readonly Endpoint[] {
  const before = endpoints.filter((one) => tried.has(one.id));
  // An account shared by several officers gets one notice.
  const left = endpoints.filter(
    (one) => !tried.has(one.id) && !before.some((other) => isSameAccount(other, one)),
  );
  const rank = Math.min(...left.map((one) => one.rank));
  return oncePerAccount(left.filter((one) => one.rank === rank));
}
