/** Puts an endpoint that was off back into use, and sends what waited for it at once. */

import { advanceDelivery } from '../../domain/carriage/delivery.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { ENDED_CODES, isOffByChannel, OFF_BY_HAND } from '../../domain/party/endpoint-life.ts';
import type { Issuing, Naming } from '../../gateway-parts.ts';
import type { DeliveryChange, HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { EndpointReturnAct } from '../../store/contracts/endpoints.ts';
import { recordPendingSwitches } from '../operator/switches.ts';
import { CODES_WITHOUT_ENDPOINT } from './failover.ts';

/** What restores it. Only an operator may restore an endpoint that a person switched off. */
type RestoringSign = 'probe' | 'test' | 'account' | 'certificate' | 'operator';

/**
 * Puts an endpoint back into use. Deliveries queued there become due now. Deliveries that failed because it
 * was off start again if they can still be answered.
 * @param by the operator act that restores it, if one does
 * @returns false if it was in use, waits for its focal point now, or a sign of life may not undo a person's
 *   decision
 */
export async function restoreEndpoint(
  gateway: Issuing,
  endpoint: Endpoint,
  sign: RestoringSign,
  by?: EndpointReturnAct,
): Promise<boolean> {
  const { store, log } = gateway;
  const now = gateway.now();
  const but = sign === 'operator' ? [...ENDED_CODES, 'waiting'] : OFF_BY_HAND;
  if (!(await store.endpoints.enableEndpoint(endpoint.id, { but, sign }, now, by))) return false;
  if (by === undefined) await recordPendingSwitches(gateway);
  await store.deliveries.makeWaitingDue(endpoint.focalPoint, CODES_WITHOUT_ENDPOINT, now);
  const codes = [...CODES_WITHOUT_ENDPOINT, ...(endpoint.off === undefined ? [] : [endpoint.off.code])];
  const failed = await store.deliveries.deliveriesFailedAt(endpoint.id, codes, now);
  for (const id of failed)
    await store.deliveries.changeDelivery(id, (held) => restartDelivery(gateway, held));
  log.info('endpoint.back', { endpoint: endpoint.id, channel: endpoint.channel, sign, anew: failed.length });
  return true;
}

/** Decided on the locked rows: a message that was answered or recalled meanwhile is left alone. */
async function restartDelivery(
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

/**
 * A person's account acted in the channel, so endpoints at this address that the channel switched off are
 * restored.
 * @returns one that was restored
 */
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
