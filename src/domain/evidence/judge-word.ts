/** What an officer said, for the judge (`judge.ts`): the form of a word, who the officer is, and what a desk signed itself. */

import { isAhead, isBefore } from '../message/skew.ts';
import type { ProblemCode } from '../words/error.ts';
import { DECLINE_GROUNDS } from '../words/vocabulary.ts';
import { type Evidence, isWord } from './evidence.ts';
import { type Facts, type Finding, finding } from './judge-facts.ts';
import { formFinding } from './judge-form.ts';
import { judgedBy, missingStatements, speakingFor } from './judge-grounds.ts';
import { settlesTheSame } from './standing.ts';

/** Members that only a word, or only a word and a handover, has or needs. */
export function wordFinding(claims: Evidence): Finding | undefined {
  const { event, officer, contradicts, settles, recipient } = claims;
  const isSaid = isWord(event);
  if (officer === undefined && (isSaid || event.startsWith('ContentHandover')))
    return finding('invalid-body', 'officer', 'a word needs its officer');
  if (officer !== undefined && !isSaid && !event.startsWith('ContentHandover'))
    return finding('invalid-body', 'officer', 'belongs to what an officer does: a word or an opening');
  if (officer !== undefined && recipient === undefined)
    return finding('invalid-body', 'officer', 'an officer acts for a recipient');
  if (!isSaid)
    return contradicts === undefined && settles === undefined
      ? undefined
      : finding('invalid-body', 'settles', 'only a word contradicts or settles');
  if (contradicts !== undefined && settles !== undefined)
    return finding(
      'invalid-body',
      'settles',
      'a word contradicts another or settles a contradiction, not both',
    );
  if ([contradicts, ...(settles ?? [])].includes(claims.id))
    return finding('invalid-body', 'settles', 'a word contradicts or settles others, not itself');
  return groundFinding(claims);
}

/** A decline has a ground of the published list; an acceptance has none. */
export function groundFinding({ event, reason }: Pick<Evidence, 'event' | 'reason'>): Finding | undefined {
  const isDecline = event === 'ConsignmentRejection';
  if (isDecline && reason === undefined)
    return finding('ground-required', 'reason', 'declining needs a ground of the published list');
  return reason === undefined || (isDecline && DECLINE_GROUNDS.some((one) => one === reason))
    ? undefined
    : finding('invalid-body', 'reason', 'must be a ground of the published list, and only declining has one');
}

/** Whether a designation of the desk that is named is not known here: then its officers are not known either. */
export const restsElsewhere = (claims: Evidence, facts: Facts, party: string): boolean =>
  claims.by !== facts.here &&
  missingStatements(claims, facts).some((one) => one.kind === 'designation' && one.party === party);

/** Whether the officer is named, with this name and role, by a designation that is known. */
export const isOfficerKnown = (claims: Evidence, facts: Facts): boolean => {
  const { officer, recipient = '' } = claims;
  return (
    officer === undefined ||
    speakingFor(claims, facts, recipient).some(({ officers }) =>
      officers.some((one) => one.id === officer.id && one.name === officer.name && one.role === officer.role),
    )
  );
};

/** Whether nobody may speak for the desk any more: it was withdrawn, and that was known, before this was signed. */
export const isWithdrawn = (claims: Evidence, facts: Omit<Facts, 'own'>): boolean => {
  const { officer, recipient = '' } = claims;
  return (
    officer !== undefined &&
    judgedBy(claims, facts, recipient).length > 0 &&
    speakingFor(claims, facts, recipient).length === 0
  );
};

/** The officer and the custody are those of the designation; one that is not known here cannot be compared. */
export function officerFinding(claims: Evidence, facts: Facts): Finding | undefined {
  const { recipient, custody, event } = claims;
  const { sender } = facts.message;
  if (recipient !== undefined && restsElsewhere(claims, facts, recipient)) return undefined;
  if (isWithdrawn(claims, facts))
    return finding('designation-ended', 'officer', 'the desk was withdrawn before this was signed');
  if (!isOfficerKnown(claims, facts))
    return finding('unknown-officer', 'officer', 'the officer is not named so in the designation');
  const whose =
    recipient === undefined
      ? [sender]
      : event.startsWith('SenderNotification')
        ? [sender, recipient]
        : [recipient];
  if (custody === undefined || whose.some((one) => restsElsewhere(claims, facts, one))) return undefined;
  const known = whose.flatMap((one) => judgedBy(claims, facts, one));
  return known.some((one) => one.custody === custody)
    ? undefined
    : finding('wrong-custody', 'custody', 'the keys are in other custody');
}

/**
 * Every member of what the focal point signed itself says what the gateway's evidence around it says. It has an id of its
 * own, and a time of its own: not before the message, not after the evidence.
 */
export function ownFinding(claims: Evidence, facts: Facts): Finding | undefined {
  const isOwn = claims.attestation?.how === 'own-signature';
  if (!isOwn)
    return claims.attestation?.statement === undefined
      ? undefined
      : finding('invalid-body', 'attestation', 'a statement belongs to an own signature');
  const { own } = facts;
  if (own === undefined)
    return finding('invalid-body', 'attestation', 'the focal point’s own signature is missing');
  return formFinding(own) ?? ownTimeFinding(claims, own, facts) ?? differs(claims, own);
}

function ownTimeFinding(claims: Evidence, own: Evidence, { message }: Facts): Finding | undefined {
  const isWithin = !isBefore(own.at, message.acceptedAt) && !isAhead(own.at, new Date(claims.at));
  return isWithin
    ? undefined
    : finding('clock-skew', 'attestation.at', 'signed before the message was accepted, or later than this');
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

function differs(claims: Evidence, own: Evidence): Finding | undefined {
  const said = Object.keys(own).filter((name) => !ITS_OWN.includes(name)) as (keyof Evidence)[];
  const other = [...said, ...NEEDED].find((name) => !isSame(claims[name], own[name]));
  if (other !== undefined)
    return finding(
      DIFFERS[other] ?? 'misaddressed',
      `attestation.${other}`,
      'the focal point’s own signature is under another word',
    );
  if (own.by !== claims.recipient)
    return finding('misaddressed', 'attestation.by', 'the focal point did not sign it itself');
  return settlesTheSame(own, claims)
    ? undefined
    : finding('misaddressed', 'attestation.settles', 'the focal point settled other words');
}

/** Values of evidence are plain JSON. An officer is the same whatever order its members stand in. */
const isSame = (one: unknown, other: unknown): boolean => inOrder(one) === inOrder(other);

const inOrder = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
