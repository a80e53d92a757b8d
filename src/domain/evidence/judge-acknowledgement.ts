/** What an officer said, for the judge (`judge.ts`): the form of a word, who the officer is, and what a desk signed itself. */

import { isAheadOfClock, isBeforeAcceptance } from '../message/clock-skew.ts';
import type { ProblemCode } from '../words/error.ts';
import { DECLINE_REASONS } from '../words/vocabulary.ts';
import { isSameSettlement } from './effective-acknowledgement.ts';
import { type Evidence, isAcknowledgement } from './evidence.ts';
import { type EvidenceFacts, type EvidenceFault, makeEvidenceFault } from './judge-facts.ts';
import { findFormFault } from './judge-form.ts';
import { findMissingStatements, judgingDesignations, speakingDesignations } from './judge-statements.ts';

/** Members that only a word, or only a word and a handover, has or needs. */
export function findAcknowledgementFault(claims: Evidence): EvidenceFault | undefined {
  const { event, officer, contradicts, settles, recipient } = claims;
  const isSaid = isAcknowledgement(event);
  if (officer === undefined && (isSaid || event.startsWith('ContentHandover')))
    return makeEvidenceFault('invalid-body', 'officer', 'a word needs its officer');
  if (officer !== undefined && !isSaid && !event.startsWith('ContentHandover'))
    return makeEvidenceFault(
      'invalid-body',
      'officer',
      'belongs to what an officer does: a word or an opening',
    );
  if (officer !== undefined && recipient === undefined)
    return makeEvidenceFault('invalid-body', 'officer', 'an officer acts for a recipient');
  if (!isSaid)
    return contradicts === undefined && settles === undefined
      ? undefined
      : makeEvidenceFault('invalid-body', 'settles', 'only a word contradicts or settles');
  if (contradicts !== undefined && settles !== undefined)
    return makeEvidenceFault(
      'invalid-body',
      'settles',
      'a word contradicts another or settles a contradiction, not both',
    );
  if ([contradicts, ...(settles ?? [])].includes(claims.id))
    return makeEvidenceFault('invalid-body', 'settles', 'a word contradicts or settles others, not itself');
  return findReasonFault(claims);
}

/** A decline has a ground of the published list; an acceptance has none. */
export function findReasonFault({
  event,
  reason,
}: Pick<Evidence, 'event' | 'reason'>): EvidenceFault | undefined {
  const isDecline = event === 'ConsignmentRejection';
  if (isDecline && reason === undefined)
    return makeEvidenceFault('ground-required', 'reason', 'declining needs a ground of the published list');
  return reason === undefined || (isDecline && DECLINE_REASONS.some((one) => one === reason))
    ? undefined
    : makeEvidenceFault(
        'invalid-body',
        'reason',
        'must be a ground of the published list, and only declining has one',
      );
}

/** Whether a designation of the desk that is named is not known here: then its officers are not known either. */
export const isDesignationUnknown = (claims: Evidence, facts: EvidenceFacts, party: string): boolean =>
  claims.by !== facts.here &&
  findMissingStatements(claims, facts).some((one) => one.kind === 'designation' && one.party === party);

/** Whether the officer is named, with this name and role, by a designation that is known. */
export const isOfficerKnown = (claims: Evidence, facts: EvidenceFacts): boolean => {
  const { officer, recipient = '' } = claims;
  return (
    officer === undefined ||
    speakingDesignations(claims, facts, recipient).some(({ officers }) =>
      officers.some((one) => one.id === officer.id && one.name === officer.name && one.role === officer.role),
    )
  );
};

/** Whether nobody may speak for the desk any more: it was withdrawn, and that was known, before this was signed. */
export const isWithdrawnBefore = (claims: Evidence, facts: Omit<EvidenceFacts, 'own'>): boolean => {
  const { officer, recipient = '' } = claims;
  return (
    officer !== undefined &&
    judgingDesignations(claims, facts, recipient).length > 0 &&
    speakingDesignations(claims, facts, recipient).length === 0
  );
};

/** The officer and the custody are those of the designation; one that is not known here cannot be compared. */
export function findOfficerFault(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  const { recipient, custody, event } = claims;
  const { sender } = facts.message;
  if (recipient !== undefined && isDesignationUnknown(claims, facts, recipient)) return undefined;
  if (isWithdrawnBefore(claims, facts))
    return makeEvidenceFault('designation-ended', 'officer', 'the desk was withdrawn before this was signed');
  if (!isOfficerKnown(claims, facts))
    return makeEvidenceFault('unknown-officer', 'officer', 'the officer is not named so in the designation');
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
    : makeEvidenceFault('wrong-custody', 'custody', 'the keys are in other custody');
}

/**
 * Every member of what the focal point signed itself says what the gateway's evidence around it says. It has an id of its
 * own, and a time of its own: not before the message, not after the evidence.
 */
export function findOwnStatementFault(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  const isOwn = claims.attestation?.how === 'own-signature';
  if (!isOwn)
    return claims.attestation?.statement === undefined
      ? undefined
      : makeEvidenceFault('invalid-body', 'attestation', 'a statement belongs to an own signature');
  const { own } = facts;
  if (own === undefined)
    return makeEvidenceFault('invalid-body', 'attestation', 'the focal point’s own signature is missing');
  return findFormFault(own) ?? ownTimeFinding(claims, own, facts) ?? differs(claims, own);
}

function ownTimeFinding(
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
        'signed before the message was accepted, or later than this',
      );
}

/** Codes of what differs; everything else is `misaddressed`. */
const DIFFERS: Readonly<Partial<Record<keyof Evidence, ProblemCode>>> = {
  digest: 'digest-mismatch',
  officer: 'unknown-officer',
  custody: 'wrong-custody',
  attestation: 'invalid-body',
  purge: 'invalid-body',
  reminder: 'invalid-body',
};

/** What a word cannot do without; the rest a focal point may leave to its gateway. */
const NEEDED: readonly (keyof Evidence)[] = ['consignment', 'recipient', 'digest', 'officer', 'reason'];
const ITS_OWN: readonly string[] = ['id', 'at', 'by', 'settles'];

function differs(claims: Evidence, own: Evidence): EvidenceFault | undefined {
  const said = Object.keys(own).filter((name) => !ITS_OWN.includes(name)) as (keyof Evidence)[];
  const other = [...said, ...NEEDED].find((name) => !isSame(claims[name], own[name]));
  if (other !== undefined)
    return makeEvidenceFault(
      DIFFERS[other] ?? 'misaddressed',
      `attestation.${other}`,
      'the focal point’s own signature is under another word',
    );
  if (own.by !== claims.recipient)
    return makeEvidenceFault('misaddressed', 'attestation.by', 'the focal point did not sign it itself');
  return isSameSettlement(own, claims)
    ? undefined
    : makeEvidenceFault('misaddressed', 'attestation.settles', 'the focal point settled other words');
}

/** Values of evidence are plain JSON. An officer is the same whatever order its members stand in. */
const isSame = (one: unknown, other: unknown): boolean => inOrder(one) === inOrder(other);

const inOrder = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
