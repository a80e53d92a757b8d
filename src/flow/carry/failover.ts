/** What is tried next where a way failed: for a message the recipient's next endpoints, for a reminder the same person's. */

import { type Delivery, isOver } from '../../domain/carriage/delivery.ts';
import { FATES } from '../../domain/carriage/fate.ts';
import { isStillTheirs } from '../../domain/party/belonging.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { nextEndpoints, route } from '../../domain/terms/routing.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Naming } from '../../gateway-parts.ts';
import type { Held } from '../../store/contracts/deliveries.ts';
import { type Directory, known } from '../directory/directory.ts';
import { queued } from '../evidence/tell.ts';

/** The recipient has no endpoint that the message may go to. */
export const NO_WAY = 'no-endpoint';

/** Codes of tries that met no channel: there is no endpoint, it is off, or its officer is out. */
export const WAITS_FOR_A_WAY: readonly string[] = FATES.waits;

/** The deliveries that take the place of the held one, which has failed. */
export function failover(gateway: Naming, directory: Directory, held: Held, at: Date): readonly Delivery[] {
  const { message, recipient, delivery } = held;
  if (delivery.kind === 'evidence') return tellElsewhere(gateway, directory, held, at);
  if (delivery.kind === 'reminder') return remindElsewhere(gateway, directory, held, at);
  if (recipient === undefined || recipient.settled !== undefined || message.expiresAt <= at) return [];
  return carryElsewhere(gateway, directory, held, at);
}

/** Deliveries by the recipient's next endpoints, once every endpoint of the ranks before has failed. */
function carryElsewhere(
  gateway: Naming,
  directory: Directory,
  { message, recipient, delivery, siblings }: Held,
  at: Date,
): readonly Delivery[] {
  if (recipient === undefined || siblings.some((one) => !isOver(one.state))) return [];
  const tried = new Set([delivery.endpoint, ...siblings.map((one) => one.endpoint)]);
  try {
    const parties = { sender: known(directory, message.sender), recipient: known(directory, recipient.to) };
    const carriage = { name: message.type, handling: message.handling };
    // It ends under the version it was accepted by, though that was replaced or ran out on the way.
    const agreed = { agreedAt: message.acceptedAt, under: recipient.agreement };
    const { endpoints } = route({ ...carriage, ...agreed }, parties, directory, at);
    return nextEndpoints(endpoints, tried).map((endpoint) =>
      queued(
        gateway,
        { kind: 'message', message: message.id, to: recipient.to, expiresAt: message.expiresAt },
        endpoint,
        at,
      ),
    );
  } catch (fault) {
    // The designation ended meanwhile: nothing more may be carried.
    if (fault instanceof Refusal) return [];
    throw fault;
  }
}

/** The other endpoints of the desk that is told of evidence, which belong to somebody who is designated. */
export const toldBeside = (
  directory: Directory,
  { delivery, endpoint }: Held,
  at: Date,
): readonly Endpoint[] =>
  directory.endpoints
    .filter((one) => one.focalPoint === delivery.to && one.enabled && one.id !== endpoint.id)
    .filter((one) => isStillTheirs(known(directory, delivery.to), one, at));

/** Evidence that waited for somebody who is out goes to whoever came instead; who was there before was told it then. */
function tellElsewhere(gateway: Naming, directory: Directory, held: Held, at: Date): readonly Delivery[] {
  const { message, delivery } = held;
  const { evidence, to, expiresAt, attempts } = delivery;
  if (evidence === undefined || !attempts.some(({ code }) => WAITS_FOR_A_WAY.includes(code))) return [];
  const what = { kind: 'evidence', message: message.id, to, evidence, expiresAt } as const;
  return toldBeside(directory, held, at).map((one) => queued(gateway, what, one, at));
}

/** The same step by another endpoint of the same officer: a reminder that reached nobody was none. */
function remindElsewhere(
  gateway: Naming,
  directory: Directory,
  { message, delivery, reminders, endpoint }: Held,
  at: Date,
): readonly Delivery[] {
  const { step, to } = delivery;
  if (step === undefined || endpoint.officer === undefined || delivery.expiresAt <= at) return [];
  const tried = [delivery, ...reminders]
    .filter((one) => one.step?.rung === step.rung && one.step.act === step.act)
    .map((one) => one.endpoint);
  const next = directory.endpoints
    .filter((one) => one.focalPoint === to && one.enabled && one.officer === endpoint.officer)
    .filter((one) => !tried.includes(one.id) && isStillTheirs(known(directory, to), one, at))
    .toSorted((one, other) => one.rank - other.rank)[0];
  if (next === undefined) return [];
  const what = { kind: 'reminder', message: message.id, to, expiresAt: delivery.expiresAt } as const;
  const made = queued(gateway, what, next, at);
  return [{ ...made, shows: 'notice', step }];
}
