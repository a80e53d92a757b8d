/**
 * The judge: the rules that decide whether a piece of evidence about a message is valid. Every API route that takes
 * evidence, the export before it is written, and `verify` call this one function, so that all refuse the same
 * evidence with the same code.
 *
 * How to use it: parse with the schema of `evidence.ts`, and verify the signature in `seal`. If `attestation.how`
 * is `own-signature`, also verify the inner statement (`flow/evidence/own-signed.ts`) and pass it as `own`. Then
 * call {@link judgeEvidence}. It returns the first fault, or undefined if the evidence is valid.
 * `throwEvidenceFault` (`judge-facts.ts`) throws a fault. `findMissingStatements` (`judge-statements.ts`) lists the
 * statements that evidence rests on and that are not known here: a gateway asks for them, and a case file is
 * reported as `rests-elsewhere`.
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
 * Checks evidence against the facts. The signature must be verified already.
 * @returns the first fault, or undefined if the evidence is valid
 */
export function judgeEvidence(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  return (
    findReferenceFault(claims, facts) ??
    findDigestFault(claims, facts.message) ??
    findFormFault(claims) ??
    findSignerFault(claims, facts) ??
    findTimeFault(claims, facts) ??
    findExpiryFault(claims, facts) ??
    findAcknowledgementFault(claims) ??
    findRestsOnFault(claims, facts) ??
    findOfficerFault(claims, facts) ??
    findOwnStatementFault(claims, facts)
  );
}

/**
 * Whether this is evidence, kept with the recall, that nothing was stored of the recalled message. That message may
 * not be known here.
 */
const isOfRecall = ({ event, purge }: Evidence, { id }: JudgedMessage): boolean =>
  event === 'ContentPurge' && purge?.recall === id && purge.gone.length === 0;

function findReferenceFault(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
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
    return makeEvidenceFault('misaddressed', 'recipient', 'the message was not sent to this recipient');
  return undefined;
}

/**
 * Whether the gateway of a refused focal point signed this rejection. The focal point's DID names its gateway, so
 * nothing else must be known.
 */
const isOfRefused = ({ event, recipient = '', by }: Evidence, { refused }: JudgedMessage): boolean =>
  event === 'RelayRejection' &&
  refused?.includes(recipient) === true &&
  recipient.startsWith(didOfFocalPoint(by, ''));

/** Checks the digest: of the recipient's sealed message if there is a recipient, else of the consignment. */
function findDigestFault(claims: Evidence, message: JudgedMessage): EvidenceFault | undefined {
  const { event, digest, recipient, purge } = claims;
  // A gateway that the message never reached cannot know its digest.
  if (event === 'ContentPurge' && purge?.gone.length === 0 && digest === undefined) return undefined;
  const named = message.recipients.find(({ to }) => to === recipient);
  const expected = named?.digest ?? message.digest;
  const isOfRelay = event.startsWith('Relay') && !event.startsWith('RelayToNonERDS');
  return digest === expected || (isOfRelay && digest === message.digest)
    ? undefined
    : makeEvidenceFault('digest-mismatch', 'digest', 'it is about other content');
}

type Signer = 'sender' | 'recipient' | 'either';

/**
 * Whose home gateway signs an event. Without a recipient, the home of any recipient may sign. Events that are not
 * listed have no message, so they are never evidence about one.
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

/** Events about a message as a whole; all others are about one recipient. */
const OF_THE_WHOLE: readonly EvidenceEvent[] = [
  'SubmissionAcceptance',
  'SubmissionRejection',
  'RelayAcceptance',
  'RelayRejection',
];

function findSignerFault(claims: Evidence, facts: EvidenceFacts): EvidenceFault | undefined {
  const { event, recipient, by } = claims;
  const { message } = facts;
  const isWhole = OF_THE_WHOLE.includes(event);
  if (
    isWhole
      ? recipient !== undefined && event !== 'RelayRejection'
      : recipient === undefined && event !== 'ContentPurge'
  )
    return makeEvidenceFault('misaddressed', 'recipient', 'the event needs a recipient, or may not have one');
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
    : makeEvidenceFault('misaddressed', 'by', 'the signer may not sign this event');
}

/**
 * Checks the time: not before the message was accepted, not in the future; for the receipt, the exact instant of
 * acceptance.
 */
function findTimeFault({ event, at }: Evidence, { message, asOf }: EvidenceFacts): EvidenceFault | undefined {
  if (isBeforeAcceptance(at, message.acceptedAt))
    return makeEvidenceFault('clock-skew', 'at', 'it is before the message was accepted');
  if (isAheadOfClock(at, asOf)) return makeEvidenceFault('clock-skew', 'at', 'it is in the future');
  return event === 'SubmissionAcceptance' && Date.parse(at) !== message.acceptedAt.getTime()
    ? makeEvidenceFault('clock-skew', 'at', 'the message was accepted at another instant')
    : undefined;
}
