/** Telling the sender: each piece of evidence becomes deliveries to the sender's endpoints that want it. */

import type { Delivery } from '../../domain/carriage/delivery.ts';
import { isTold } from '../../domain/evidence/evidence.ts';
import { isStillTheirs } from '../../domain/party/belonging.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { onceEach } from '../../domain/party/chat.ts';
import { relaysTo } from '../../domain/party/gateway-designation.ts';
import type { Naming } from '../../gateway-parts.ts';
import type { EvidenceRow, MessageRow } from '../../store/contracts/message-rows.ts';
import { type Directory, find } from '../directory/directory.ts';

/** A new delivery to one endpoint, due at once. */
export function queued(
  gateway: Naming,
  what: Pick<Delivery, 'kind' | 'message' | 'to' | 'expiresAt'> & { readonly evidence?: string },
  endpoint: Endpoint,
  at: Date,
): Delivery {
  return {
    ...what,
    id: gateway.newId(),
    endpoint: endpoint.id,
    channel: endpoint.channel,
    shows: endpoint.shows,
    state: 'queued',
    tries: 0,
    attempts: [],
    dueAt: at,
    revisable: false,
  };
}

/** Days the gateway goes on trying to tell a sender, past the message's own expiry. */
const TELL_DAYS = 7;

/** Where the sender of a message is told of it: at its own endpoints, or at its home gateway. */
function toSender(directory: Directory, sender: string, at: Date): readonly Endpoint[] {
  const desk = find(directory, sender);
  const home = desk?.gateway ?? directory.here;
  if (home !== directory.here) return relaysTo(directory, home, at);
  return onceEach(
    directory.endpoints
      .filter((one) => one.focalPoint === sender && one.enabled)
      .filter((one) => one.officer === undefined || (desk && isStillTheirs(desk, one, at))),
  );
}

/**
 * Deliveries that carry evidence back to its message's sender. Evidence of telling is not issued: it would never end.
 * Of a reminder to somebody systems are told, people are not.
 */
export function tell(
  gateway: Naming,
  directory: Directory,
  message: MessageRow,
  evidence: readonly EvidenceRow[],
  at: Date,
  isReminder = false,
): readonly Delivery[] {
  const mine = toSender(directory, message.sender, at);
  const until = new Date(Math.max(message.expiresAt.getTime(), at.getTime()) + TELL_DAYS * 86_400_000);
  return evidence.flatMap((row) =>
    mine
      .filter((endpoint) => isTold(row.event, endpoint.channel, isReminder))
      .map((endpoint) =>
        queued(
          gateway,
          { kind: 'evidence', message: message.id, to: message.sender, evidence: row.id, expiresAt: until },
          endpoint,
          at,
        ),
      ),
  );
}
