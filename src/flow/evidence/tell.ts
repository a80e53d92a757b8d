/** Tells the sender: each piece of evidence is delivered to those of the sender's endpoints that want it. */

import type { Delivery } from '../../domain/carriage/delivery.ts';
import { makeDelivery } from '../../domain/carriage/new-delivery.ts';
import { isSentBack } from '../../domain/evidence/evidence.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { oncePerAccount } from '../../domain/party/chat.ts';
import { isOfficerInPlace } from '../../domain/party/endpoint-officer.ts';
import { relayEndpointsOf } from '../../domain/party/gateway-designation.ts';
import type { Naming } from '../../gateway-parts.ts';
import type { EvidenceRow, MessageRow } from '../../store/contracts/message-rows.ts';
import { type Directory, findDesignation } from '../directory/directory.ts';

/** Days after the message's expiry for which the gateway still tries to tell its sender. */
const TELL_DAYS = 7;

/** The endpoints at which a message's sender is told: its own, or its home gateway's. */
function senderEndpoints(directory: Directory, sender: string, at: Date): readonly Endpoint[] {
  const designation = findDesignation(directory, sender);
  const home = designation?.gateway ?? directory.here;
  if (home !== directory.here) return relayEndpointsOf(directory, home, at);
  return oncePerAccount(
    directory.endpoints
      .filter((one) => one.focalPoint === sender && one.enabled)
      .filter((one) => one.officer === undefined || (designation && isOfficerInPlace(designation, one, at))),
  );
}

interface IssuedEvidence {
  readonly message: MessageRow;
  readonly evidence: readonly EvidenceRow[];
  readonly at: Date;
  readonly isReminder?: boolean;
}

/**
 * Deliveries of evidence to its message's sender. They cause no evidence themselves: that would never end.
 * Evidence of a reminder is sent to systems only, not to officers.
 */
export function tellSender(
  gateway: Naming,
  directory: Directory,
  { message, evidence, at, isReminder = false }: IssuedEvidence,
): readonly Delivery[] {
  const mine = senderEndpoints(directory, message.sender, at);
  const until = new Date(Math.max(message.expiresAt.getTime(), at.getTime()) + TELL_DAYS * 86_400_000);
  return evidence.flatMap((row) =>
    mine
      .filter((endpoint) => isSentBack(row.event, endpoint.channel, isReminder))
      .map((endpoint) =>
        makeDelivery(
          gateway.newId(),
          { kind: 'evidence', message: message.id, to: message.sender, evidence: row.id, expiresAt: until },
          endpoint,
          at,
        ),
      ),
  );
}
