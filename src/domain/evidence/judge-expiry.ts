/** That the time to acknowledge has passed, for the judge (`judge.ts`): it is true only once it has. */

import { isBeforeAcceptance } from '../message/clock-skew.ts';
import { versionAt } from '../party/in-force.ts';
import { clockForUrgency, isSameVersion, workingTimeOf } from '../terms/agreement.ts';
import { deadlinesOf } from '../terms/deadline.ts';
import type { Evidence } from './evidence.ts';
import { type EvidenceFacts, type EvidenceFault, makeEvidenceFault } from './judge-facts.ts';

/** The expiry of a message is not said before its deadline, by the version of the agreement that the evidence rests on. */
export function findExpiryFault(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  if (claims.event !== 'AcceptanceRejectionExpiry') return undefined;
  const until = acknowledgeBy(claims, facts);
  return until !== undefined && isBeforeAcceptance(claims.at, until)
    ? makeEvidenceFault('clock-skew', 'at', 'it is before the time to acknowledge had passed')
    : undefined;
}

/**
 * Until when the recipient was to acknowledge it. A later time that the sender asked for counts where it is known. Undefined
 * where the agreement or the message's urgency is not known here.
 */
function acknowledgeBy(
  claims: Evidence,
  { message, agreements, designations }: EvidenceFacts,
): Date | undefined {
  const { acceptedAt, urgency, recipients } = message;
  const to = recipients.find((one) => one.to === claims.recipient);
  const named = claims.rests_on?.agreements.find((one) => one.to === claims.recipient) ?? to?.agreement;
  if (to === undefined || named === undefined) return undefined;
  const isOurs = to.agreement !== undefined && isSameVersion(named, to.agreement);
  if (isOurs && to.acknowledgeBy !== undefined) return to.acknowledgeBy;
  const terms = agreements.find((one) => one.clocks !== undefined && isSameVersion(one, named));
  const focalPoint = versionAt(
    designations.filter((one) => one.focal_point === to.to),
    acceptedAt,
  );
  if (terms?.clocks === undefined || urgency === undefined || focalPoint === undefined) return undefined;
  const known = { clocks: terms.clocks, calendars: terms.calendars };
  const time = workingTimeOf(known, { did: to.to, country: focalPoint.country }, urgency);
  return deadlinesOf(clockForUrgency(known, urgency), acceptedAt, {}, time).acknowledgeBy;
}
