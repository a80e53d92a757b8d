/** An endpoint that was off is in use again, and what waited for it goes at once. */

import { advanceDelivery } from '../../domain/carriage/delivery.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { ENDED_CODES, isOffByChannel, OFF_BY_HAND } from '../../domain/party/endpoint-life.ts';
import type { Issuing, Naming } from '../../gateway-parts.ts';
import type { DeliveryChange, HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { ConfirmationRequester } from '../../store/contracts/endpoints.ts';
import type { LogEntryMaker } from '../../store/contracts/operator-log.ts';
import { recordPendingSwitches } from '../operator/switches.ts';
import { CODES_WITHOUT_ENDPOINT } from './failover.ts';

/** What brought it back. Only an operator brings back what a person took out. */
export type RestoringSign = 'probe' | 'test' | 'account' | 'certificate' | 'operator';

/**
 * Puts an endpoint back into use. What is queued there is due at once; what failed because of it, and still can be
 * answered, starts anew.
 * @param asking where the desk is to confirm an account that had ended
 * @returns false where it was in use, waits for its desk now, or a sign of life does not undo what a person decided
 */
export async function restoreEndpoint(
  gateway: Issuing,
  endpoint: Endpoint,
  sign: RestoringSign,
  act?: LogEntryMaker,
  asking?: ConfirmationRequester,
): Promise<boolean> {
  const { store, log } = gateway;
  const now = gateway.now();
  const but = sign === 'operator' ? [...ENDED_CODES, 'waiting'] : OFF_BY_HAND;
  if (!(await store.endpoints.enableEndpoint(endpoint.id, { but, sign }, now, act, asking))) return false;
  if (act === undefined) await recordPendingSwitches(gateway);
  await store.deliveries.makeWaitingDue(endpoint.focalPoint, CODES_WITHOUT_ENDPOINT, now);
  const codes = [...CODES_WITHOUT_ENDPOINT, ...(endpoint.off === undefined ? [] : [endpoint.off.code])];
  const failed = await store.deliveries.deliveriesFailedAt(endpoint.id, codes, now);
  for (const id of failed) await store.deliveries.changeDelivery(id, (held) => startAnew(gateway, held));
  log.info('endpoint.back', { endpoint: endpoint.id, channel: endpoint.channel, sign, anew: failed.length });
  return true;
}

/** Judged on the rows as they are held: what was answered or taken back meanwhile is let be. */
async function startAnew(
  gateway: Naming,
  { delivery, recipient, message }: HeldDelivery,
): Promise<DeliveryChange> {
  const now = gateway.now();
  if (delivery.kind === 'message') {
    if (
      recipient === undefined ||
      recipient.effectiveAcknowledgement !== undefined ||
      message.expiresAt <= now
    )
      return {};
  }
  return { deliveries: [advanceDelivery(delivery, { kind: 'again' }, now).delivery], escalateAt: now };
}

/** A person's account acted in the channel: what the channel switched off at that address lives. @returns one that is back */
export async function restoreEndpointByAccount(
  gateway: Issuing,
  channel: string,
  address: string,
): Promise<Endpoint | undefined> {
  const there = await gateway.store.endpoints.endpointsAt(channel, address);
  let back: Endpoint | undefined;
  for (const endpoint of there.filter(isOffByChannel))
    if (await restoreEndpoint(gateway, endpoint, 'account')) back = endpoint;
  return back;
}
