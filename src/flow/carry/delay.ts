/**
 * Waiting for an endpoint. If a recipient has none now, the message goes by the first that appears until it
 * expires. The gateway signs evidence of the wait for this recipient, once for each endpoint that was tried,
 * and sends it to the sender.
 */
import type { Outcome } from '../../domain/carriage/adapter.ts';
import type { Delivery } from '../../domain/carriage/delivery.ts';
import { findPeer } from '../../domain/party/gateway-designation.ts';
import type { Exchanging, Naming, Storing } from '../../gateway-parts.ts';
import type { HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { EvidenceRow, MessageRow } from '../../store/contracts/message-rows.ts';
import { type Directory, findDesignation, requireDesignation } from '../directory/directory.ts';
import { refreshCapabilities } from '../directory/peer-reads.ts';
import { issueEvidence, stepAbout } from '../evidence/issue.ts';
import { CODES_WITHOUT_ENDPOINT } from './failover.ts';

/**
 * Whether a delivery begins to wait with this attempt. The sender is told of a wait only once.
 * @param code why it waits
 */
export const isFirstWait = ({ kind, attempts }: Delivery, code: string): boolean =>
  kind === 'message' &&
  !attempts.some(
    (one) => one.outcome === 'deferred' && (one.code === code || CODES_WITHOUT_ENDPOINT.includes(one.code)),
  );

/**
 * Whether the sender's gateway reads `DeliveryDelayed`. An older one is sent `ContentConsignmentFailure`
 * instead, and later the evidence of the delivery. May call that gateway, so never call it while a row is
 * locked.
 */
export async function isDelayRead(
  gateway: Exchanging,
  directory: Directory,
  { sender }: Pick<MessageRow, 'sender'>,
): Promise<boolean> {
  const home = findDesignation(directory, sender)?.gateway ?? gateway.did;
  if (home === gateway.did) return true;
  const peer = findPeer(directory, home, gateway.now());
  return (
    peer !== undefined &&
    (await refreshCapabilities(gateway, peer)).evidence.events.includes('DeliveryDelayed')
  );
}

interface WaitingAttempt {
  readonly outcome: Outcome;
  readonly readsDelay?: boolean;
  readonly at: Date;
}

/** Makes the evidence that a message waits for an endpoint of the delivery's recipient, and why. */
export async function issueDelay(
  gateway: Naming,
  directory: Directory,
  held: HeldDelivery,
  { outcome, readsDelay: isRead = true, at }: WaitingAttempt,
): Promise<readonly EvidenceRow[]> {
  const { message, recipient, delivery } = held;
  if (recipient === undefined) return [];
  const row = await issueEvidence(gateway, {
    ...stepAbout(directory, message, recipient),
    event: isRead ? 'DeliveryDelayed' : 'ContentConsignmentFailure',
    reason: outcome.code,
    custody: requireDesignation(directory, recipient.to).custody,
    delivery: delivery.id,
    at,
  });
  return [row];
}

/** Warns the operator: an account has to be linked, or an endpoint repaired. */
export const logWait = ({ log }: Storing, { delivery }: HeldDelivery, { code }: Outcome): void =>
  log.warn('delivery.waits', { delivery: delivery.id, message: delivery.message, code });
