/**
 * Rules of the judge (`judge.ts`) for acts of officers: the form of an acknowledgement, the officer, and the focal
 * point's own statement.
 */

import { isAheadOfClock, isBeforeAcceptance } from '../message/clock-skew.ts';
import type { ProblemCode } from '../words/error.ts';
import { DECLINE_REASONS } from '../words/vocabulary.ts';
import { isSameSettlement } from './effective-acknowledgement.ts';
import { type Evidence, isAcknowledgement } from './evidence.ts';
import { type EvidenceFacts, type EvidenceFault, makeEvidenceFault } from './judge-facts.ts';
import { findFormFault } from './judge-form.ts';
import { findMissingStatements, judgingDesignations, speakingDesignations } from './judge-statements.ts';

/** Checks members that only acknowledgements, or only acknowledgements and handovers, need or may have. */
export function findAcknowledgementFault(claims: Evidence): EvidenceFault | undefined {
  const { event, officer, contradicts, settles, recipient } = claims;
  const isAcknowledging = isAcknowledgement(event);
  if (officer === undefined && (isAcknowledging || event.startsWith('ContentHandover')))
    return makeEvidenceFault('invalid-body', 'officer', 'an acknowledgement needs its officer');
  if (officer !== undefined && !isAcknowledging && !event.startsWith('ContentHandover'))
    return makeEvidenceFault('invalid-body', 'officer', 'belongs to an acknowledgement or an opening only');
  if (officer !== undefined && recipient === undefined)
    return makeEvidenceFault('invalid-body', 'officer', 'an officer acts for a recipient');
  if (!isAcknowledging)
    return contradicts === undefined && settles === undefined
      ? undefined
      : makeEvidenceFault('invalid-body', 'settles', 'only an acknowledgement contradicts or settles');
  if (contradicts !== undefined && settles !== undefined)
    return makeEvidenceFault(
      'invalid-body',
      'settles',
      'an acknowledgement contradicts another or settles a contradiction, not both',
    );
  if ([contradicts, ...(settles ?? [])].includes(claims.id))
    return makeEvidenceFault(
      'invalid-body',
      'settles',
      'an acknowledgement contradicts or settles others, not itself',
    );
  return findReasonFault(claims);
}

/** Checks that a decline has a reason of the published list, and that an acceptance has none. */
export function findReasonFault({
  event,
  reason,
}: Pick<Evidence, 'event' | 'reason'>): EvidenceFault | undefined {
  const isDecline = event === 'ConsignmentRejection';
  if (isDecline && reason === undefined)
    return makeEvidenceFault('ground-required', 'reason', 'declining needs a reason of the published list');
  return reason === undefined || (isDecline && DECLINE_REASONS.some((one) => one === reason))
    ? undefined
    : makeEvidenceFault(
        'invalid-body',
        'reason',
        'must be a reason of the published list, and only a decline has one',
      );
}

/**
 * Whether the evidence rests on a designation of this party that is not known here. Then its officers are not known
 * either.
 */
export const isDesignationUnknown = (claims: Evidence, facts: EvidenceFacts, party: string): boolean =>
  claims.by !== facts.here &&
  findMissingStatements(claims, facts).some((one) => one.kind === 'designation' && one.party === party);

/** Whether a known designation has this officer with this name and role. */
export const isOfficerKnown = (claims: Evidence, facts: EvidenceFacts): boolean => {
  const { officer, recipient = '' } = claims;
  return (
    officer === undefined ||
    speakingDesignations(claims, facts, recipient).some(({ officers }) =>
      officers.some((one) => one.id === officer.id && one.name === officer.name && one.role === officer.role),
    )
  );
};

/** Whether nobody could speak for the recipient any more: a withdrawal was known before this evidence was signed. */
export const isWithdrawnBefore = (claims: Evidence, facts: Omit<EvidenceFacts, 'own'>): boolean => {
  const { officer, recipient = '' } = claims;
  return (
    officer !== undefined &&
    judgingDesignations(claims, facts, recipient).length > 0 &&
    speakingDesignations(claims, facts, recipient).length === 0
  );
};

/** Checks that officer and custody match the designation. They are not checked if the designation is not known here. */
export function findOfficerFault(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  const { recipient, custody, event } = claims;
  const { sender } = facts.message;
  if (recipient !== undefined && isDesignationUnknown(claims, facts, recipient)) return undefined;
  if (isWithdrawnBefore(claims, facts))
    return makeEvidenceFault(
      'designation-ended',
      'officer',
      'the focal point was withdrawn before this was signed',
    );
  if (!isOfficerKnown(claims, facts))
    return makeEvidenceFault(
      'unknown-officer',
      'officer',
      'the designation does not name this officer with this name and role',
    );
  const whose =
    recipient === undefined
      ? [sender]
      : event.startsWith('SenderNotification')
        ? [sender, recipient]
        : [recipient];
  if (custody === undefined || whose.some((one) => isDesignationUnknown(claims, facts, one)))
    return undefined;
  const known = whose.flatMap((one) => judgingDesignations(claims, facts, one));
  return known.some((one) => one.custody === custody)
    ? undefined
    : makeEvidenceFault('wrong-custody', 'custody', 'the designation says another custody');
}

/**
 * Checks that the focal point's own statement agrees in every member with the gateway's evidence around it. Only
 * its id and time differ. The time is not before the message and not after the evidence.
 */
export function findOwnStatementFault(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  const isOwn = claims.attestation?.how === 'own-signature';
  if (!isOwn)
    return claims.attestation?.statement === undefined
      ? undefined
      : makeEvidenceFault('invalid-body', 'attestation', 'a statement belongs to own-signature only');
  const { own } = facts;
  if (own === undefined)
    return makeEvidenceFault('invalid-body', 'attestation', 'the focal point’s own signature is missing');
  return findFormFault(own) ?? findOwnTimeFault(claims, own, facts) ?? findDifference(claims, own);
}

function findOwnTimeFault(
  claims: Evidence,
  own: Evidence,
  { message }: EvidenceFacts,
): EvidenceFault | undefined {
  const isWithin =
    !isBeforeAcceptance(own.at, message.acceptedAt) && !isAheadOfClock(own.at, new Date(claims.at));
  return isWithin
    ? undefined
    : makeEvidenceFault(
        'clock-skew',
        'attestation.at',
        'signed before the message was accepted, or after this evidence',
      );
}

/** The code for a member that differs; `misaddressed` for all others. */
const CODE_OF_DIFFERENCE: Readonly<Partial<Record<keyof Evidence, ProblemCode>>> = {
  digest: 'digest-mismatch',
  officer: 'unknown-officer',
  custody: 'wrong-custody',
  attestation: 'invalid-body',
  purge: 'invalid-body',
  reminder: 'invalid-body',
};

/** Members that an own statement must have. It may leave the others to its gateway. */
const NEEDED: readonly (keyof Evidence)[] = ['consignment', 'recipient', 'digest', 'officer', 'reason'];
const MAY_DIFFER: readonly string[] = ['id', 'at', 'by', 'settles'];

function findDifference(claims: Evidence, own: Evidence): EvidenceFault | undefined {
  const present = Object.keys(own).filter((name) => !MAY_DIFFER.includes(name)) as (keyof Evidence)[];
  const other = [...present, ...NEEDED].find((name) => !isSame(claims[name], own[name]));
  if (other !== undefined)
    return makeEvidenceFault(
      CODE_OF_DIFFERENCE[other] ?? 'misaddressed',
      `attestation.${other}`,
      'the focal point signed something else',
    );
  if (own.by !== claims.recipient)
    return makeEvidenceFault('misaddressed', 'attestation.by', 'the focal point did not sign it');
  return isSameSettlement(own, claims)
    ? undefined
    : makeEvidenceFault(
        'misaddressed',
        'attestation.settles',
        'the focal point settled other acknowledgements',
      );
}

/** Whether two values of evidence (plain JSON) are equal. The order of members does not matter. */
const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

const canonical = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
