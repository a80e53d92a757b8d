/**
 * The judge: the rules by which a piece of evidence about a message holds or does not. Every door that takes evidence,
 * the export before it is written, and `verify` ask this one function, so that what one refuses all refuse, with the
 * same code.
 *
 * How to use it: parse with the schema of `evidence.ts`, and verify the signature in `seal`. Where `attestation.how` is
 * `own-signature`, verify the inner statement too (`flow/evidence/own-signed.ts`) and give it as `own`. Then ask
 * {@link judgeEvidence}; it answers the first finding, or undefined where the evidence holds. `refuseFinding`
 * (`judge-facts.ts`) throws it. `missingStatements` (`judge-grounds.ts`) lists the statements that evidence rests on and
 * that are not known: they are asked for, and a file says `rests-elsewhere`.
 */

import { isAheadOfClock, isBeforeAcceptance } from '../message/clock-skew.ts';
import { didOfFocalPoint } from '../party/designation.ts';
import type { Evidence, EvidenceEvent } from './evidence.ts';
import {
  findAcknowledgementFault,
  findOfficerFault,
  findOwnStatementFault,
} from './judge-acknowledgement.ts';
import { findExpiryFault } from './judge-expiry.ts';
import {
  type EvidenceFacts,
  type EvidenceFault,
  type JudgedMessage,
  makeEvidenceFault,
} from './judge-facts.ts';
import { findFormFault } from './judge-form.ts';
import { findRestsOnFault, homeGatewayOf } from './judge-statements.ts';

/**
 * Holds evidence against the facts. The signature is verified already.
 * @returns the first rule that it breaks; undefined where it holds
 */
export function judgeEvidence(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  return (
    aboutFinding(claims, facts) ??
    digestFinding(claims, facts.message) ??
    findFormFault(claims) ??
    signerFinding(claims, facts) ??
    timeFinding(claims, facts) ??
    findExpiryFault(claims, facts) ??
    findAcknowledgementFault(claims) ??
    findRestsOnFault(claims, facts) ??
    findOfficerFault(claims, facts) ??
    findOwnStatementFault(claims, facts)
  );
}

/** That nothing was held of what was taken back stands with the recall: its message may not be known here. */
const isOfRecall = ({ event, purge }: Evidence, { id }: JudgedMessage): boolean =>
  event === 'ContentPurge' && purge?.recall === id && purge.gone.length === 0;

function aboutFinding(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  const { message } = facts;
  if (claims.consignment !== message.id && !isOfRecall(claims, message))
    return makeEvidenceFault('misaddressed', 'consignment', 'it is about another message');
  if ((claims.thid ?? message.thread) !== message.thread)
    return makeEvidenceFault('misaddressed', 'thid', 'it is about another thread');
  const isRelaying =
    claims.event === 'RelayRejection' && claims.sender === homeGatewayOf(facts, message.sender);
  if (claims.sender !== message.sender && !isRelaying)
    return makeEvidenceFault('misaddressed', 'sender', 'it is about another sender');
  const isNamed = message.recipients.some(({ to }) => to === claims.recipient);
  if (claims.recipient !== undefined && !isNamed && !isOfRefused(claims, message))
    return makeEvidenceFault(
      'misaddressed',
      'recipient',
      'it is about a recipient that the message is not for',
    );
  return undefined;
}

/** By the gateway whose desk it is, as the desk's own DID says: nothing else needs to be known of it. */
const isOfRefused = ({ event, recipient = '', by }: Evidence, { refused }: JudgedMessage): boolean =>
  event === 'RelayRejection' &&
  refused?.includes(recipient) === true &&
  recipient.startsWith(didOfFocalPoint(by, ''));

/** Of a recipient's sealed message where there is a recipient, else of the consignment. */
function digestFinding(claims: Evidence, message: JudgedMessage): EvidenceFault | undefined {
  const { event, digest, recipient, purge } = claims;
  // A gateway that a message never reached says so, and cannot know its digest.
  if (event === 'ContentPurge' && purge?.gone.length === 0 && digest === undefined) return undefined;
  const named = message.recipients.find(({ to }) => to === recipient);
  const expected = named?.digest ?? message.digest;
  const isOfRelay = event.startsWith('Relay') && !event.startsWith('RelayToNonERDS');
  return digest === expected || (isOfRelay && digest === message.digest)
    ? undefined
    : makeEvidenceFault('digest-mismatch', 'digest', 'it is about other contents');
}

type Signer = 'sender' | 'recipient' | 'either';

/**
 * Whose home signs an event. Without a recipient, that of any recipient may. An event that is not listed is about no
 * message, so it is never evidence about one.
 */
const SIGNED_BY: Readonly<Partial<Record<EvidenceEvent, Signer>>> = {
  SubmissionAcceptance: 'sender',
  SubmissionRejection: 'sender',
  RelayAcceptance: 'recipient',
  RelayRejection: 'recipient',
  RelayFailure: 'sender',
  ConsignmentAcceptance: 'recipient',
  ConsignmentRejection: 'recipient',
  AcceptanceRejectionExpiry: 'either',
  ContentConsignment: 'recipient',
  ContentConsignmentFailure: 'recipient',
  ConsignmentNotification: 'recipient',
  ConsignmentNotificationFailure: 'recipient',
  ContentHandover: 'recipient',
  ContentHandoverFailure: 'recipient',
  RelayToNonERDS: 'recipient',
  RelayToNonERDSFailure: 'recipient',
  ContentPurge: 'either',
  SenderNotification: 'either',
  SenderNotificationFailure: 'either',
  DeliveryDelayed: 'either',
};

/** What is about a message as a whole; everything else is about one recipient. */
const OF_THE_WHOLE: readonly EvidenceEvent[] = [
  'SubmissionAcceptance',
  'SubmissionRejection',
  'RelayAcceptance',
  'RelayRejection',
];

function signerFinding(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  const { event, recipient, by } = claims;
  const { message } = facts;
  const isWhole = OF_THE_WHOLE.includes(event);
  if (
    isWhole
      ? recipient !== undefined && event !== 'RelayRejection'
      : recipient === undefined && event !== 'ContentPurge'
  )
    return makeEvidenceFault('misaddressed', 'recipient', 'the event needs a recipient, or has none');
  const to = recipient === undefined ? message.recipients.map((one) => one.to) : [recipient];
  const homes = {
    sender: [homeGatewayOf(facts, message.sender)],
    recipient: to.map((one) => homeGatewayOf(facts, one)),
  };
  const who = SIGNED_BY[event];
  const entitled =
    who === undefined ? [] : who === 'either' ? [...homes.sender, ...homes.recipient] : homes[who];
  return entitled.includes(by) || isOfRefused(claims, message)
    ? undefined
    : makeEvidenceFault('misaddressed', 'by', 'whoever signs is not entitled to say this');
}

/** Within what can be: not before the message was accepted, not in the future; the receipt at the very instant. */
function timeFinding({ event, at }: Evidence, { message, asOf }: EvidenceFacts): EvidenceFault | undefined {
  if (isBeforeAcceptance(at, message.acceptedAt))
    return makeEvidenceFault('clock-skew', 'at', 'it is before the message was accepted');
  if (isAheadOfClock(at, asOf)) return makeEvidenceFault('clock-skew', 'at', 'it is in the future');
  return event === 'SubmissionAcceptance' && Date.parse(at) !== message.acceptedAt.getTime()
    ? makeEvidenceFault('clock-skew', 'at', 'the message was accepted at another instant')
    : undefined;
}
