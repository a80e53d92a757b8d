/** Rules of the judge (`judge.ts`) for the statements that evidence rests on: they are compared with the known ones. */

import { isAheadOfClock } from '../message/clock-skew.ts';
import { type Designation, type Digested, didOfFocalPoint } from '../party/designation.ts';
import { isEndedBy, versionAt, versionInForceAt } from '../party/in-force.ts';
import type { Evidence } from './evidence.ts';
import {
  type EvidenceFacts,
  type EvidenceFault,
  type KnownStatements,
  makeEvidenceFault,
} from './judge-facts.ts';

/** A statement that evidence names and that is not known here. */
export type MissingStatement =
  | { readonly kind: 'designation'; readonly party: string; readonly digest: string }
  | {
      readonly kind: 'agreement';
      readonly to: string;
      readonly id: string;
      readonly version: number;
      readonly digest: string;
    };

const versionsOf = ({ designations }: KnownStatements, party: string): readonly Digested<Designation>[] =>
  designations.filter((one) => one.focal_point === party);

/** The home gateway of a focal point; undefined if nothing is known of it. A focal point that moves gets a new DID. */
export const homeGatewayOf = (facts: EvidenceFacts, party: string): string | undefined =>
  versionAt(versionsOf(facts, party), facts.message.acceptedAt)?.gateway;

/**
 * The designations of a party that a step may be judged by: the one that the evidence names, the one in force when
 * it was signed, and the one in force when the message was accepted, because an acknowledgement may come later.
 * Withdrawals matter only for acknowledgements ({@link speakingDesignations}): carriage continues until it ends,
 * and its evidence says so.
 */
export function judgingDesignations(
  claims: Evidence,
  facts: EvidenceFacts,
  party: string,
): readonly Digested<Designation>[] {
  const versions = versionsOf(facts, party);
  const when = new Date(claims.at);
  const digest = claims.rests_on?.designations.find((one) => one.focal_point === party)?.digest;
  const named = versions.find((one) => one.digest === digest);
  const current = versionAt(versions, when);
  const atAcceptance = versionAt(versions, facts.message.acceptedAt);
  const inForce = [named, current].flatMap((one) =>
    one === undefined ? [] : (versionInForceAt(one, [], when) ?? []),
  );
  if (atAcceptance === undefined) return inForce;
  return [...inForce, versionInForceAt(atAcceptance, [], facts.message.acceptedAt) ?? atAcceptance];
}

/**
 * The judging designations that let somebody speak for the party: those for which the judging party had taken no
 * withdrawal when the evidence was signed. A withdrawal that was taken later does not undo an acknowledgement given
 * in good faith, however far back it reaches.
 */
export const speakingDesignations = (
  claims: Evidence,
  facts: EvidenceFacts,
  party: string,
): readonly Digested<Designation>[] =>
  judgingDesignations(claims, facts, party).filter(
    (one) =>
      !facts.withdrawals.some(
        (each) => isEndedBy(each, one) && isAheadOfClock(claims.at, later(new Date(each.from), each.takenAt)),
      ),
  );

const later = (one: Date, other: Date = one): Date => (one < other ? other : one);

/**
 * Whether another gateway took the message. It may have taken it for recipients that are not known here; these are
 * ignored.
 */
const isTakingElsewhere = ({ event, by, recipient }: Evidence, { here }: EvidenceFacts): boolean =>
  by !== here && recipient === undefined && (event === 'SubmissionAcceptance' || event === 'RelayAcceptance');

/**
 * Whether everything about a recipient is known here, so that nothing about it is ignored. So it is if the judging
 * party is its home or the sender's home, or knows all addressees and it is not one of them.
 */
function isServed(facts: EvidenceFacts, to: string): boolean {
  const { here, message } = facts;
  if (message.refused?.includes(to)) return false;
  return (
    homeGatewayOf(facts, message.sender) === here ||
    to.startsWith(didOfFocalPoint(here, '')) ||
    (message.addressees !== undefined && !message.addressees.includes(to))
  );
}

/** The part of `rests_on` about parties that are known here. */
export function restsOnKnownHere(claims: Evidence, facts: EvidenceFacts): Evidence['rests_on'] {
  const { rests_on: restsOn } = claims;
  if (restsOn === undefined || !isTakingElsewhere(claims, facts)) return restsOn;
  const { message } = facts;
  const parties = [message.sender, ...message.recipients.map((one) => one.to)];
  return {
    agreements: restsOn.agreements.filter(({ to }) => parties.includes(to) || isServed(facts, to)),
    designations: restsOn.designations.filter(
      ({ focal_point: one }) => parties.includes(one) || isServed(facts, one),
    ),
  };
}

/**
 * Checks that evidence names agreements and designations only of parties of this message, and no other text of a
 * known agreement.
 */
export function findRestsOnFault(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  const restsOn = restsOnKnownHere(claims, facts);
  if (restsOn === undefined) return undefined;
  const { message } = facts;
  const isTo = (did: string): boolean => message.recipients.some((one) => one.to === did);
  const { agreements, designations } = restsOn;
  if (!agreements.every(({ to }) => isTo(to)))
    return makeEvidenceFault('misaddressed', 'rests_on', 'it rests on an agreement of another recipient');
  const namesAny = (claims.rests_on?.agreements.length ?? 0) > 0;
  const isFor = ({ to }: { to: string }): boolean =>
    claims.recipient === undefined || to === claims.recipient;
  if (namesAny && !agreements.some(isFor))
    return makeEvidenceFault('misaddressed', 'rests_on', 'it names no agreement for the recipient');
  if (!designations.every((one) => one.focal_point === message.sender || isTo(one.focal_point)))
    return makeEvidenceFault('misaddressed', 'rests_on', 'it rests on a designation of another focal point');
  const isOther = agreements.some((one) =>
    facts.agreements.some(
      (known) => known.id === one.id && known.version === one.version && known.digest !== one.digest,
    ),
  );
  if (isOther)
    return makeEvidenceFault('digest-mismatch', 'rests_on', 'it rests on another text of the agreement');
  return claims.by === facts.here && findMissingStatements(claims, facts).length > 0
    ? makeEvidenceFault('statement-refused', 'rests_on', 'a statement that it rests on is missing')
    : undefined;
}

/**
 * Finds the statements that evidence names and that are not known here. For evidence of another gateway this is no
 * fault.
 */
export function findMissingStatements(claims: Evidence, facts: EvidenceFacts): readonly MissingStatement[] {
  const restsOn = restsOnKnownHere(claims, facts);
  if (restsOn === undefined) return [];
  const isKnown = (id: string, version: number): boolean =>
    facts.agreements.some((one) => one.id === id && one.version === version);
  return [
    ...restsOn.designations
      .filter(({ digest }) => !facts.designations.some((one) => one.digest === digest))
      .map(({ focal_point: party, digest }) => ({ kind: 'designation' as const, party, digest })),
    ...restsOn.agreements
      .filter(({ id, version }) => !isKnown(id, version))
      .map(({ to, id, version, digest }) => ({ kind: 'agreement' as const, to, id, version, digest })),
  ];
}
