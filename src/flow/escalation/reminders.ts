/**
 * Sends reminders. Several for the same endpoint go as one notice, none in quiet hours, and none for an act
 * that is no longer owed.
 */
import type { Outcome, Parcel, ReminderItem } from '../../domain/carriage/adapter.ts';
import { advanceDelivery } from '../../domain/carriage/delivery.ts';
import { isChatEndpoint } from '../../domain/party/chat.ts';
import { afterQuietHours } from '../../domain/terms/calendar.ts';
import { groupReminders } from '../../domain/turn/reminder-digest.ts';
import type { OpenAct } from '../../domain/turn/turn.ts';
import { present } from '../../domain/words/present.ts';
import type { Naming, Showing, Verifying } from '../../gateway-parts.ts';
import type { ClaimedDelivery } from '../../store/contracts/deliveries.ts';
import { makeLinks } from '../content/links.ts';
import { summariseMessage } from '../content/parcel.ts';
import { type Directory, requireDesignation } from '../directory/directory.ts';
import { zoneAt } from '../directory/reader.ts';
import { readThreadState } from '../thread/thread.ts';
import { findAgreementOf, reminderTimeOf } from './plan.ts';

/**
 * Claimed deliveries that one call of the channel sends: one delivery, or reminders for the same endpoint.
 */
export type DeliveryBatch = readonly [ClaimedDelivery, ...ClaimedDelivery[]];

/** A reminder that was not sent yet. One that was sent may still be revised, as any notice. */
export const isUnsentReminder = ({ delivery }: ClaimedDelivery): boolean =>
  delivery.kind === 'reminder' && delivery.state === 'queued';

/**
 * Groups claimed deliveries into batches. A duty phone gets one batch for all its officers. Reminders of
 * immediate messages go alone.
 * @param isBarred whether a delivery is refused now: it must not stop the deliveries of other officers
 */
export const groupDeliveries = (
  claimed: readonly ClaimedDelivery[],
  isBarred: (one: ClaimedDelivery) => boolean,
): readonly DeliveryBatch[] =>
  groupReminders(claimed, (one) => {
    if (!isUnsentReminder(one) || one.message.urgency === 'immediate') return undefined;
    const { id, focalPoint, channel, address } = one.endpoint;
    return isChatEndpoint(one.endpoint) && !isBarred(one)
      ? JSON.stringify([focalPoint, channel, address])
      : id;
  });

/** The open acts in the threads of a batch. */
async function openActs(gateway: Verifying, together: DeliveryBatch, now: Date): Promise<readonly OpenAct[]> {
  const threads = [...new Set(together.map((one) => one.message.thread))];
  const standings = await Promise.all(
    threads.map((thread) => readThreadState(gateway, thread, undefined, now)),
  );
  return standings.flatMap((one) => one?.turn.open ?? []);
}

/** The open act of a reminder, if it is still owed. */
const actOf = (
  open: readonly OpenAct[],
  { message, step }: ClaimedDelivery['delivery'],
): OpenAct | undefined =>
  open.find((one) => one.message === message && one.recipient === step?.recipient && one.act === step.act);

/** Keeps the reminders whose act is still owed and ends the others. Any other delivery stays. */
export async function keepOwedReminders(
  gateway: Verifying,
  together: DeliveryBatch,
): Promise<DeliveryBatch | undefined> {
  if (!isUnsentReminder(together[0])) return together;
  const now = gateway.now();
  const open = await openActs(gateway, together, now);
  const isOwed = ({ delivery }: ClaimedDelivery): boolean => actOf(open, delivery) !== undefined;
  for (const { delivery } of together.filter((one) => !isOwed(one)))
    await gateway.store.deliveries.changeDelivery(delivery.id, async (held) => ({
      deliveries: [advanceDelivery(held.delivery, { kind: 'settled-elsewhere' }, now).delivery],
    }));
  const [first, ...rest] = together.filter(isOwed);
  return first === undefined ? undefined : [first, ...rest];
}

/** Defers a reminder until its recipient's quiet hours end; undefined if it may be sent now. */
export function deferForQuietHours(
  gateway: Naming,
  directory: Directory,
  { delivery, message, recipient }: ClaimedDelivery,
): Extract<Outcome, { kind: 'deferred' }> | undefined {
  if (delivery.step === undefined || delivery.state !== 'queued' || recipient === undefined) return undefined;
  const now = gateway.now();
  const designation = requireDesignation(directory, delivery.to);
  const end = afterQuietHours(
    now,
    reminderTimeOf(findAgreementOf(directory, recipient), designation, message.urgency),
  );
  if (end <= now) return undefined;
  const retryAfter = Math.ceil((end.getTime() - now.getTime()) / 1_000);
  return { kind: 'deferred', code: 'quiet-hours', retryAfter };
}

/**
 * The parcel for reminders that are sent together. A single reminder of a message to acknowledge has a link
 * to do it.
 */
export async function makeReminderParcel(
  gateway: Showing,
  directory: Directory,
  together: DeliveryBatch,
): Promise<Extract<Parcel, { kind: 'reminder' }>> {
  const [{ delivery, endpoint, message, recipient }] = together;
  const now = gateway.now();
  const open = await openActs(gateway, together, now);
  const items = onceForEach(together).map((one) => itemOf(directory, one, actOf(open, one.delivery), now));
  const isMine = items.length === 1 && items[0]?.act === 'acknowledge' && delivery.to === recipient?.to;
  return {
    kind: 'reminder',
    delivery: delivery.id,
    endpoint,
    zone: zoneAt(gateway, directory, delivery.to),
    summary: summariseMessage(directory, message, recipient, recipient?.to ?? delivery.to),
    items,
    links: isMine
      ? await makeLinks(gateway, requireDesignation(directory, delivery.to), delivery, endpoint)
      : {},
    answerable: isMine && endpoint.officer !== undefined,
  };
}

/**
 * If several reminders of one act go together, as to an officer and to the deputy at the same phone, only the
 * latest is shown.
 */
const onceForEach = (together: DeliveryBatch): readonly ClaimedDelivery[] =>
  together.filter(
    ({ delivery }, n) => !together.slice(n + 1).some((later) => isSameAct(later.delivery, delivery)),
  );

const isSameAct = (one: ClaimedDelivery['delivery'], other: ClaimedDelivery['delivery']): boolean =>
  one.message === other.message &&
  one.step?.recipient === other.step?.recipient &&
  one.step?.act === other.step?.act;

function itemOf(
  directory: Directory,
  { delivery, message, recipient }: ClaimedDelivery,
  owed: OpenAct | undefined,
  now: Date,
): ReminderItem {
  const { step } = delivery;
  if (step === undefined) throw new Error('a reminder has no step');
  const owner = requireDesignation(directory, step.owner);
  const until = new Date(step.until);
  return {
    summary: summariseMessage(directory, message, recipient, step.recipient),
    act: step.act,
    step: step.rung.split(':')[0] ?? step.rung,
    at: new Date(step.at),
    until,
    late: Math.max(0, Math.floor((now.getTime() - until.getTime()) / 1_000)),
    owner: { did: owner.focal_point, name: owner.name, country: owner.country },
    isOwner: step.owner === delivery.to,
    ...present({ hasNoEndpoint: owed?.hasNoEndpoint === true || undefined, officer: step.officer }),
  };
}
