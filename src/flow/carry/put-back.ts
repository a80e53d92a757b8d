/** An endpoint that was off is in use again, and what waited for it goes at once. */

import { advance } from '../../domain/carriage/delivery.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { GONE_FOR_GOOD, isOffByChannel, OFF_BY_HAND } from '../../domain/party/endpoint-life.ts';
import type { Issuing, Naming } from '../../gateway-parts.ts';
import type { Change, Held } from '../../store/contracts/deliveries.ts';
import type { Asking } from '../../store/contracts/endpoints.ts';
import type { Act } from '../../store/contracts/operator-log.ts';
import { recordSwitches } from '../operator/switches.ts';
import { WAITS_FOR_A_WAY } from './failover.ts';

/** What brought it back. Only an operator brings back what a person took out. */
export type Sign = 'probe' | 'test' | 'account' | 'certificate' | 'operator';

/**
 * Puts an endpoint back into use. What is queued there is due at once; what failed because of it, and still can be
 * answered, starts anew.
 * @param asking where the desk is to confirm an account that had ended
 * @returns false where it was in use, waits for its desk now, or a sign of life does not undo what a person decided
 */
export async function putBack(
  gateway: Issuing,
  endpoint: Endpoint,
  sign: Sign,
  act?: Act,
  asking?: Asking,
): Promise<boolean> {
  const { store, log } = gateway;
  const now = gateway.now();
  const but = sign === 'operator' ? [...GONE_FOR_GOOD, 'waiting'] : OFF_BY_HAND;
  if (!(await store.endpoints.bringBack(endpoint.id, { but, sign }, now, act, asking))) return false;
  if (act === undefined) await recordSwitches(gateway);
  await store.deliveries.hurryWaiting(endpoint.focalPoint, WAITS_FOR_A_WAY, now);
  const codes = [...WAITS_FOR_A_WAY, ...(endpoint.off === undefined ? [] : [endpoint.off.code])];
  const failed = await store.deliveries.failedAt(endpoint.id, codes, now);
  for (const id of failed) await store.deliveries.changeDelivery(id, (held) => startAnew(gateway, held));
  log.info('endpoint.back', { endpoint: endpoint.id, channel: endpoint.channel, sign, anew: failed.length });
  return true;
}

/** Judged on the rows as they are held: what was answered or taken back meanwhile is let be. */
async function startAnew(gateway: Naming, { delivery, recipient, message }: Held): Promise<Change> {
  const now = gateway.now();
  if (delivery.kind === 'message') {
    if (recipient === undefined || recipient.settled !== undefined || message.expiresAt <= now) return {};
  }
  return { deliveries: [advance(delivery, { kind: 'again' }, now).delivery], chaseAt: now };
}

/** A person's account acted in the channel: what the channel switched off at that address lives. @returns one that is back */
export async function backByAccount(
  gateway: Issuing,
  channel: string,
  address: string,
): Promise<Endpoint | undefined> {
  const there = await gateway.store.endpoints.endpointsAt(channel, address);
  let back: Endpoint | undefined;
  for (const endpoint of there.filter(isOffByChannel))
    if (await putBack(gateway, endpoint, 'account')) back = endpoint;
  return back;
}
