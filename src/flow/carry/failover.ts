/**
 * The next deliveries after one failed: a message goes to the recipient's next endpoints, a reminder to
 * another endpoint of the same person.
 */

import { type Delivery, isFinishedState } from '../../domain/carriage/delivery.ts';
import { makeDelivery } from '../../domain/carriage/new-delivery.ts';
import { CODES_BY_FATE } from '../../domain/carriage/non-delivery.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { isOfficerInPlace } from '../../domain/party/endpoint-officer.ts';
import { findRoute, nextEndpointsOf } from '../../domain/terms/routing.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Naming } from '../../gateway-parts.ts';
import type { HeldDelivery } from '../../store/contracts/deliveries.ts';
import { type Directory, requireDesignation } from '../directory/directory.ts';

/** The recipient has no endpoint to which the message may go. */
export const NO_ENDPOINT_CODE = 'no-endpoint';

/**
 * Codes of attempts that reached no channel: there is no endpoint, it is off, or its officer is no longer
 * designated.
 */
export const CODES_WITHOUT_ENDPOINT: readonly string[] = CODES_BY_FATE.waits;

/** The deliveries that replace the held one, which has failed. */
export function planFailover(
  gateway: Naming,
  directory: Directory,
  held: HeldDelivery,
  at: Date,
): readonly Delivery[] {
  const { message, recipient, delivery } = held;
  if (delivery.kind === 'evidence') return sendEvidenceElsewhere(gateway, directory, held, at);
  if (delivery.kind === 'reminder') return remindElsewhere(gateway, directory, held, at);
  if (recipient === undefined || recipient.effectiveAcknowledgement !== undefined || message.expiresAt <= at)
    return [];
  return sendMessageElsewhere(gateway, directory, held, at);
}

/** Deliveries by the recipient's next endpoints, once every endpoint of the earlier ranks has failed. */
function sendMessageElsewhere(
  gateway: Naming,
  directory: Directory,
  { message, recipient, delivery, siblings }: HeldDelivery,
  at: Date,
): readonly Delivery[] {
  if (recipient === undefined || siblings.some((one) => !isFinishedState(one.state))) return [];
  const tried = new Set([delivery.endpoint, ...siblings.map((one) => one.endpoint)]);
  try {
    const parties = {
      sender: requireDesignation(directory, message.sender),
      recipient: requireDesignation(directory, recipient.to),
    };
    const carriage = { name: message.type, handling: message.handling };
    // It stays under the agreement version by which it was accepted, even if that was replaced or expired
    // meanwhile.
    const agreed = { agreedAt: message.acceptedAt, under: recipient.agreement };
    const { endpoints } = findRoute({ ...carriage, ...agreed }, parties, directory, at);
    return nextEndpointsOf(endpoints, tried).map((endpoint) =>
      makeDelivery(
        gateway.newId(),
        { kind: 'message', message: message.id, to: recipient.to, expiresAt: message.expiresAt },
        endpoint,
        at,
      ),
    );
  } catch (fault) {
    // The designation has ended: nothing more may be sent.
    if (fault instanceof Refusal) return [];
    throw fault;
  }
}

/** The other endpoints of the focal point that is told of evidence, if their officers are designated. */
export const listOtherEndpoints = (
  directory: Directory,
  { delivery, endpoint }: HeldDelivery,
  at: Date,
): readonly Endpoint[] =>
  directory.endpoints
    .filter((one) => one.focalPoint === delivery.to && one.enabled && one.id !== endpoint.id)
    .filter((one) => isOfficerInPlace(requireDesignation(directory, delivery.to), one, at));

/**
 * Evidence that waited for an officer who is no longer designated goes to the officers who came since. Those
 * who were designated at the time were told of it then.
 */
function sendEvidenceElsewhere(
  gateway: Naming,
  directory: Directory,
  held: HeldDelivery,
  at: Date,
): readonly Delivery[] {
  const { message, delivery } = held;
  const { evidence, to, expiresAt, attempts } = delivery;
  if (evidence === undefined || !attempts.some(({ code }) => CODES_WITHOUT_ENDPOINT.includes(code)))
    return [];
  const what = { kind: 'evidence', message: message.id, to, evidence, expiresAt } as const;
  return listOtherEndpoints(directory, held, at).map((one) => makeDelivery(gateway.newId(), what, one, at));
}

/**
 * The same escalation step by another endpoint of the same officer: a reminder that reached nobody must not
 * count.
 */
function remindElsewhere(
  gateway: Naming,
  directory: Directory,
  { message, delivery, reminders, endpoint }: HeldDelivery,
  at: Date,
): readonly Delivery[] {
  const { step, to } = delivery;
  if (step === undefined || endpoint.officer === undefined || delivery.expiresAt <= at) return [];
  const tried = [delivery, ...reminders]
    .filter((one) => one.step?.rung === step.rung && one.step.act === step.act)
    .map((one) => one.endpoint);
  const next = directory.endpoints
    .filter((one) => one.focalPoint === to && one.enabled && one.officer === endpoint.officer)
    .filter((one) => !tried.includes(one.id) && isOfficerInPlace(requireDesignation(directory, to), one, at))
    .toSorted((one, other) => one.rank - other.rank)[0];
  if (next === undefined) return [];
  const what = { kind: 'reminder', message: message.id, to, expiresAt: delivery.expiresAt } as const;
  const made = makeDelivery(gateway.newId(), what, next, at);
  return [{ ...made, shows: 'notice', step }];
}
