/**
 * Waiting for a way: a recipient has none now, and the message goes by the first that appears until it expires. That it
 * waits is signed once for each way it was to go, named for that recipient, and told to its sender.
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

/** Whether a delivery that is to wait, for `code`, begins to: what it was told of before is not told again. */
export const isFirstWait = ({ kind, attempts }: Delivery, code: string): boolean =>
  kind === 'message' &&
  !attempts.some(
    (one) => one.outcome === 'deferred' && (one.code === code || CODES_WITHOUT_ENDPOINT.includes(one.code)),
  );

/**
 * Whether the sender's home reads that a message waits; an older one is told that it could not be made available, and that it
 * was once it is. Looks at what that gateway reads where that is due: not to be asked while a row is held.
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

/** The evidence that a message waits for a way to the recipient of the held delivery, and why. */
export async function issueDelay(
  gateway: Naming,
  directory: Directory,
  held: HeldDelivery,
  { outcome, readsDelay: isRead = true }: { readonly outcome: Outcome; readonly readsDelay?: boolean },
  at: Date,
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

/** For the operator: somebody has to be linked, or an endpoint to be mended. */
export const logWait = ({ log }: Storing, { delivery }: HeldDelivery, { code }: Outcome): void =>
  log.warn('delivery.waits', { delivery: delivery.id, message: delivery.message, code });
