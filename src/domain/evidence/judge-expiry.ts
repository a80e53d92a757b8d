/** Rule of the judge (`judge.ts`) for the expiry of the time to acknowledge: it is valid only after the deadline. */

import { isBeforeAcceptance } from '../message/clock-skew.ts';
import { versionAt } from '../party/in-force.ts';
import { clockForUrgency, isSameVersion, workingTimeOf } from '../terms/agreement.ts';
import { deadlinesOf } from '../terms/deadline.ts';
import type { Evidence } from './evidence.ts';
import { type EvidenceFacts, type EvidenceFault, makeEvidenceFault } from './judge-facts.ts';

/** Checks that an expiry is not before the deadline, by the version of the agreement that the evidence rests on. */
export function findExpiryFault(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  if (claims.event !== 'AcceptanceRejectionExpiry') return undefined;
  const until = acknowledgeBy(claims, facts);
  return until !== undefined && isBeforeAcceptance(claims.at, until)
    ? makeEvidenceFault('clock-skew', 'at', 'it is before the deadline to acknowledge')
    : undefined;
}

/**
 * The deadline for the recipient to acknowledge. If the sender asked for a later time and that is known here, the
 * later time is used. Undefined if the agreement or the urgency is not known here.
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
