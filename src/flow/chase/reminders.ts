/**
 * Reminders on their way out: several for the same endpoint go as one notice, none in quiet hours, and none once nothing
 * is owed any more.
 */
import type { Outcome, Parcel, Reminding } from '../../domain/carriage/adapter.ts';
import { advance } from '../../domain/carriage/delivery.ts';
import { isChat } from '../../domain/party/chat.ts';
import { afterQuiet } from '../../domain/terms/calendar.ts';
import { inNotices } from '../../domain/turn/chase-digest.ts';
import type { OpenAct } from '../../domain/turn/turn.ts';
import { present } from '../../domain/words/present.ts';
import type { Naming, Showing, Verifying } from '../../gateway-parts.ts';
import type { Claimed } from '../../store/contracts/deliveries.ts';
import { makeLinks } from '../content/links.ts';
import { summaryOf } from '../content/parcel.ts';
import { type Directory, known } from '../directory/directory.ts';
import { zoneAt } from '../directory/reader.ts';
import { standingFor } from '../thread/thread.ts';
import { termsOf, timeOf } from './chase-plan.ts';

/** Claimed deliveries that are carried by one call of the channel: one, or reminders for the same endpoint. */
export type Together = readonly [Claimed, ...Claimed[]];

/** A reminder that has not gone yet; one that has may still be revised, as any notice. */
export const isReminderToGo = ({ delivery }: Claimed): boolean =>
  delivery.kind === 'reminder' && delivery.state === 'queued';

/**
 * What goes together, of what was claimed together: to a duty phone what is for any of its officers. What is immediate goes alone.
 * @param isBarred whether nothing may go by that endpoint now: what is refused for one officer is not refused for the others
 */
export const togetherOf = (
  claimed: readonly Claimed[],
  isBarred: (one: Claimed) => boolean,
): readonly Together[] =>
  inNotices(claimed, (one) => {
    if (!isReminderToGo(one) || one.message.urgency === 'immediate') return undefined;
    const { id, focalPoint, channel, address } = one.endpoint;
    return isChat(one.endpoint) && !isBarred(one) ? JSON.stringify([focalPoint, channel, address]) : id;
  });

/** What is owed in the threads of what goes together. */
async function openActs(gateway: Verifying, together: Together, now: Date): Promise<readonly OpenAct[]> {
  const threads = [...new Set(together.map((one) => one.message.thread))];
  const standings = await Promise.all(threads.map((thread) => standingFor(gateway, thread, undefined, now)));
  return standings.flatMap((one) => one?.turn.open ?? []);
}

/** The act that a reminder is of, where it is still owed. */
const actOf = (open: readonly OpenAct[], { message, step }: Claimed['delivery']): OpenAct | undefined =>
  open.find((one) => one.message === message && one.recipient === step?.recipient && one.act === step.act);

/** Of reminders those whose act is still owed; the others are written off. Anything else goes as it is. */
export async function stillOwed(gateway: Verifying, together: Together): Promise<Together | undefined> {
  if (!isReminderToGo(together[0])) return together;
  const now = gateway.now();
  const open = await openActs(gateway, together, now);
  const isOwed = ({ delivery }: Claimed): boolean => actOf(open, delivery) !== undefined;
  for (const { delivery } of together.filter((one) => !isOwed(one)))
    await gateway.store.deliveries.changeDelivery(delivery.id, async (held) => ({
      deliveries: [advance(held.delivery, { kind: 'settled-elsewhere' }, now).delivery],
    }));
  const [first, ...rest] = together.filter(isOwed);
  return first === undefined ? undefined : [first, ...rest];
}

/** Puts off what a deadline made until the quiet hours of whom it is for are over; undefined where it may go. */
export function quiet(
  gateway: Naming,
  directory: Directory,
  { delivery, message, recipient }: Claimed,
): Extract<Outcome, { kind: 'deferred' }> | undefined {
  if (delivery.step === undefined || delivery.state !== 'queued' || recipient === undefined) return undefined;
  const now = gateway.now();
  const desk = known(directory, delivery.to);
  const end = afterQuiet(now, timeOf(termsOf(directory, recipient), desk, message.urgency));
  if (end <= now) return undefined;
  const retryAfter = Math.ceil((end.getTime() - now.getTime()) / 1_000);
  return { kind: 'deferred', code: 'quiet-hours', retryAfter };
}

/** The parcel for reminders that go together. Alone, one that asks for a word brings the way to say it. */
export async function reminderParcel(
  gateway: Showing,
  directory: Directory,
  together: Together,
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
    summary: summaryOf(directory, message, recipient, recipient?.to ?? delivery.to),
    items,
    links: isMine ? await makeLinks(gateway, known(directory, delivery.to), delivery, endpoint) : {},
    answerable: isMine && endpoint.officer !== undefined,
  };
}

/** Of reminders of one act, as to an officer and to the deputy at the same phone, the latest says it. */
const onceForEach = (together: Together): readonly Claimed[] =>
  together.filter(
    ({ delivery }, n) => !together.slice(n + 1).some((later) => isSameAct(later.delivery, delivery)),
  );

const isSameAct = (one: Claimed['delivery'], other: Claimed['delivery']): boolean =>
  one.message === other.message &&
  one.step?.recipient === other.step?.recipient &&
  one.step?.act === other.step?.act;

function itemOf(
  directory: Directory,
  { delivery, message, recipient }: Claimed,
  owed: OpenAct | undefined,
  now: Date,
): Reminding {
  const { step } = delivery;
  if (step === undefined) throw new Error('a reminder has no step');
  const owner = known(directory, step.owner);
  const until = new Date(step.until);
  return {
    summary: summaryOf(directory, message, recipient, step.recipient),
    act: step.act,
    rung: step.rung.split(':')[0] ?? step.rung,
    at: new Date(step.at),
    until,
    late: Math.max(0, Math.floor((now.getTime() - until.getTime()) / 1_000)),
    owner: { did: owner.focal_point, name: owner.name, country: owner.country },
    isOwner: step.owner === delivery.to,
    ...present({ noWay: owed?.noWay === true || undefined, officer: step.officer }),
  };
}
