/**
 * Admission: the checks of every message, whichever API route or page it came by, before anything of it is
 * kept.
 */

import { makeDelivery } from '../../domain/carriage/new-delivery.ts';
import { LIMITS, type MessageName } from '../../domain/message/message.ts';
import { type Designation, type Digested, isInForceAt } from '../../domain/party/designation.ts';
import { type Clock, clockForUrgency, workingTimeOf } from '../../domain/terms/agreement.ts';
import { deadlinesOf } from '../../domain/terms/deadline.ts';
import { findRoute, firstEndpointsOf, type Route } from '../../domain/terms/routing.ts';
import { firstEscalationAt } from '../../domain/turn/escalation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { LongText } from '../../domain/words/long-text.ts';
import { present } from '../../domain/words/present.ts';
import type { Handling, Urgency } from '../../domain/words/vocabulary.ts';
import type { Naming } from '../../gateway-parts.ts';
import type { SealedText } from '../../seal/make-consignment.ts';
import type { EvidenceRow, MessageRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import type { NewMessage } from '../../store/contracts/messages.ts';
import { type Directory, findDesignation } from '../directory/directory.ts';

/** What admission judges. */
export interface SendingIntent {
  readonly sender: Designation;
  /** DIDs or slugs. */
  readonly to: readonly string[];
  readonly name: MessageName;
  readonly urgency: Urgency;
  readonly handling: Handling;
  /** When another gateway took it: both gateways apply the agreement in force at that time. */
  readonly submittedAt?: Date;
}

/**
 * Finds the route to every recipient. If the message must not go to one of the named recipients, it is
 * refused as a whole, so that nothing is half sent. A recipient without an endpoint is no reason: the message
 * waits for one, and the others get it.
 * @throws Refusal `designation-ended`, `unknown-recipient`, `misaddressed`, `not-covered`
 */
export function admitMessage(directory: Directory, intent: SendingIntent, at: Date): readonly Route[] {
  const { sender } = intent;
  if (!isInForceAt(sender, at))
    throw new Refusal('designation-ended', `the designation of ${sender.slug} is not in force`);
  const recipients = intent.to.map((party) => {
    const found = findDesignation(directory, party);
    if (found === undefined)
      throw new Refusal('unknown-recipient', 'a recipient is not a designated focal point');
    return found;
  });
  if (new Set(recipients.map((one) => one.focal_point)).size !== recipients.length) {
    throw new Refusal('misaddressed', 'a recipient is named twice');
  }
  if (recipients.some((one) => one.focal_point === sender.focal_point)) {
    throw new Refusal('misaddressed', 'a focal point cannot write to itself');
  }
  return recipients.map((recipient) =>
    findRoute(
      { name: intent.name, handling: intent.handling, agreedAt: intent.submittedAt },
      { sender, recipient },
      directory,
      at,
    ),
  );
}

/**
 * A consignment is relayed as a whole, because its signature covers all of it, so its size is limited.
 * @throws Refusal `too-large`
 */
export function checkRelayable(routes: readonly Route[], consignment: LongText): void {
  const isRelayed = routes.some((one) => one.isAbroad);
  if (isRelayed && consignment.length > LIMITS.consignment)
    throw new Refusal(
      'too-large',
      'sealed to this many recipients, the message is too large to relay to another gateway',
    );
}

/** An admitted message with everything that is kept of it, except the receipt. */
export interface AdmittedMessage {
  /** As designated when the message was judged. */
  readonly sender: Digested<Designation>;
  readonly row: MessageRow;
  readonly consignment: LongText;
  readonly routes: readonly Route[];
  /** In the order of the routes. */
  readonly sealed: readonly SealedText[];
  /** The sender's own copy, JWE as text; present if the gateway holds the sender's keys. */
  readonly ownCopy?: LongText;
  /** The receipt of the gateway that relays it. */
  readonly submission?: EvidenceRow;
  /** Rejections signed for recipients homed here for whom it is not taken. */
  readonly rejections?: readonly EvidenceRow[];
  /** The message that it completes, if this gateway checks that no other message has completed it before. */
  readonly settles?: string;
  readonly asked: { readonly acknowledge_by?: number | undefined; readonly answer_by?: number | undefined };
}

const localTimeOf = ({ recipient, agreement }: Route, urgency: Urgency) =>
  workingTimeOf(agreement, { did: recipient.focal_point, country: recipient.country }, urgency);

/** When the first of its recipients may need a reminder. */
function firstEscalation({ row, routes }: AdmittedMessage, recipients: readonly RecipientRow[]): Date {
  const times = routes.map((one, n) => {
    const until = recipients[n]?.acknowledgeBy ?? row.acceptedAt;
    return firstEscalationAt(row.acceptedAt, until, localTimeOf(one, row.urgency), one.agreement).getTime();
  });
  return new Date(Math.min(...times));
}

/** An agreement may set a separate deadline for permissions. */
const clockOf = ({ agreement }: Route, { type, urgency }: MessageRow): Clock => {
  const clock = clockForUrgency(agreement, urgency);
  const answer = type === 'permission-request' ? agreement.permission : undefined;
  return answer === undefined ? clock : { ...clock, answer };
};

/**
 * Composes what `keepMessage` keeps: the recipients with their deadlines, the first deliveries, and the
 * receipt.
 */
export function composeNewMessage(
  gateway: Naming,
  admitted: AdmittedMessage,
  receipt: EvidenceRow,
): NewMessage {
  const { row, routes } = admitted;
  // Now, not the time of acceptance: that may be another gateway's time.
  const now = gateway.now();
  const recipients = routes.map((one, position): RecipientRow & { sealed: LongText } => {
    const part = admitted.sealed[position];
    if (part === undefined) throw new Error('a recipient has no sealed message');
    const clock = clockOf(one, row);
    return {
      message: row.id,
      to: one.recipient.focal_point,
      position,
      digest: part.digest,
      sealed: part.text,
      agreement: { id: one.agreement.id, version: one.agreement.version, digest: one.agreement.digest },
      ...deadlinesOf(clock, row.acceptedAt, admitted.asked, localTimeOf(one, row.urgency)),
    };
  });
  const deliveries = routes.flatMap((one) =>
    firstEndpointsOf(one).map((endpoint) =>
      makeDelivery(
        gateway.newId(),
        { kind: 'message', message: row.id, to: one.recipient.focal_point, expiresAt: row.expiresAt },
        endpoint,
        now,
      ),
    ),
  );
  return {
    message: row,
    consignment: admitted.consignment,
    recipients,
    deliveries,
    receipt,
    escalateAt: firstEscalation(admitted, recipients),
    ...present({
      ownCopy: admitted.ownCopy,
      completes: admitted.settles,
      submission: admitted.submission,
      rejections: admitted.rejections,
    }),
  };
}
