/** What a thread's open acts ask to be done now at this gateway, and when it is to be looked at next. */

import type { Delivery, DeliveryState } from '../../domain/carriage/delivery.ts';
import { officerAt } from '../../domain/party/belonging.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { isSameAccount, onceEach } from '../../domain/party/chat.ts';
import { type Designation, officerOf } from '../../domain/party/party.ts';
import { type Agreement, isSameVersion } from '../../domain/terms/agreement.ts';
import { type DeskTime, deskTime } from '../../domain/terms/calendar.ts';
import type { Roster } from '../../domain/terms/roster.ts';
import { route } from '../../domain/terms/routing.ts';
import { type Chased, type ChasedDesk, type Steps, stepsLeft } from '../../domain/turn/chase.ts';
import type { OpenAct } from '../../domain/turn/turn.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Urgency } from '../../domain/words/vocabulary.ts';
import type { Verifying } from '../../gateway-parts.ts';
import type { MessageRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import type { MessageView } from '../../store/contracts/messages.ts';
import { type Directory, find } from '../directory/directory.ts';
import { viewOf } from '../evidence/kept.ts';
import { readable } from '../evidence/readable.ts';
import type { Standing } from '../thread/thread.ts';

/** An open act that this gateway may have to do something about. */
export interface Plan extends Steps {
  readonly act: OpenAct;
  readonly view: MessageView;
  readonly recipient: RecipientRow;
  readonly terms: Agreement | undefined;
  readonly directory: Directory;
}

/** Plans for the open acts of a thread of which one side at least is homed here. */
export async function plansFor(
  gateway: Verifying,
  { turn, directory }: Standing,
  now: Date,
): Promise<readonly Plan[]> {
  const parties = [...new Set(turn.open.map((one) => one.owner))];
  const rosters = parties.length === 0 ? new Map() : await gateway.store.directory.rosters(parties);
  const views = new Map(
    await Promise.all(
      [...new Set(turn.open.map((one) => one.message))].map(
        async (id) => [id, await viewOf(gateway, id)] as const,
      ),
    ),
  );
  return turn.open.flatMap((act) => planOf(directory, act, views.get(act.message), rosters, now) ?? []);
}

function planOf(
  directory: Directory,
  act: OpenAct,
  view: MessageView | undefined,
  rosters: ReadonlyMap<string, Roster>,
  now: Date,
): Plan | undefined {
  const recipient = view?.recipients.find((one) => one.to === act.recipient);
  if (view === undefined || recipient === undefined || isPast(act, view.message, now)) return undefined;
  const other = act.owner === recipient.to ? view.message.sender : recipient.to;
  const [desk, otherDesk] = [find(directory, act.owner), find(directory, other)];
  if (desk === undefined || otherDesk === undefined) return undefined;
  const terms = termsOf(directory, recipient);
  const sideOf = (one: Designation): ChasedDesk => ({
    did: one.focal_point,
    officers: one.officers,
    roster: rosters.get(one.focal_point),
    time: timeOf(terms, one, act.urgency),
  });
  const chased: Chased = {
    act,
    owner: sideOf(desk),
    other: sideOf(otherDesk),
    endpoints: ladderEndpoints(directory, view, recipient, desk).map((one) => one.id),
    terms,
    arrived: arrivedAt(directory, view, act),
    taken: takenRungs(view, act),
  };
  const isHere = (did: string): boolean => find(directory, did)?.gateway === directory.here;
  return { ...stepsLeft(chased, now, isHere), act, view, recipient, terms, directory };
}

/** When another gateway brought a message that is to be acknowledged here. */
function arrivedAt(directory: Directory, { message, evidence }: MessageView, act: OpenAct): Date | undefined {
  const isFromAfar = find(directory, message.sender)?.gateway !== directory.here;
  if (!isFromAfar || act.owner !== act.recipient) return undefined;
  return evidence.find((one) => one.event === 'RelayAcceptance')?.at;
}

/** A message that nobody took before it expired is let be; what somebody took on is owed until it is done. */
const isPast = ({ act }: OpenAct, { expiresAt }: MessageRow, now: Date): boolean =>
  act === 'acknowledge' && expiresAt <= now;

/** The version of the agreement that a message is carried to a recipient under. */
export const termsOf = (directory: Directory, recipient: RecipientRow): Agreement | undefined =>
  directory.agreements.find((one) => isSameVersion(one, recipient.agreement));

/** A desk's time for reminders: what is immediate counts round the clock, but by the desk's own clock. */
export function timeOf(
  terms: Agreement | undefined,
  desk: Pick<Designation, 'focal_point' | 'country'>,
  urgency: Urgency,
): DeskTime {
  const time = deskTime(terms?.calendars?.[desk.country], desk.focal_point);
  return urgency === 'immediate' ? { ...time, hours: '24x7', quiet: undefined } : time;
}

/** Rungs that deliveries or evidence show were taken. */
function takenRungs({ deliveries, evidence }: MessageView, act: OpenAct): readonly string[] {
  const made = deliveries.flatMap(({ step }) =>
    step !== undefined && step.recipient === act.recipient && step.act === act.act ? [step.rung] : [],
  );
  const said = readable(evidence.filter((row) => row.recipient === act.recipient));
  return [
    ...made,
    ...said.flatMap(({ reminder }) => (reminder?.act === act.act ? [reminder.rung] : [])),
    ...said.flatMap(({ event }) => (event === 'AcceptanceRejectionExpiry' ? ['expiry'] : [])),
  ];
}

const byRank = (one: Endpoint, other: Endpoint): number =>
  one.rank - other.rank || (one.id < other.id ? -1 : 1);

/**
 * Endpoints of a desk for a message, lowest rank first: of its recipient those that the agreement allows, of its sender
 * all. None where the desk is homed elsewhere.
 */
export function endpointsOf(
  directory: Directory,
  message: MessageRow,
  recipient: RecipientRow,
  desk: Designation,
): readonly Endpoint[] {
  if (desk.gateway !== directory.here) return [];
  const sender = find(directory, message.sender);
  if (desk.focal_point === message.sender || sender === undefined)
    return directory.endpoints
      .filter((one) => one.focalPoint === desk.focal_point && one.enabled)
      .filter((one) => one.officer === undefined || officerAt(desk, one) !== undefined)
      .toSorted(byRank);
  const carriage = { name: message.type, handling: message.handling, agreedAt: message.acceptedAt };
  try {
    const parties = { sender, recipient: { ...desk, digest: '' } };
    return route({ ...carriage, under: recipient.agreement }, parties, directory, message.acceptedAt)
      .endpoints;
  } catch (fault) {
    // The way is closed meanwhile: then nobody can be reached, and that is what the step will say.
    if (fault instanceof Refusal) return [];
    throw fault;
  }
}

const UNREACHED: readonly DeliveryState[] = ['queued', 'failed', 'expired'];

/** Ids of an endpoint and of those by which others use the same account of a chat. */
export const accountIds = ({ endpoints }: Directory, endpoint: Endpoint): readonly string[] => [
  endpoint.id,
  ...endpoints.filter((one) => one.id !== endpoint.id && isSameAccount(one, endpoint)).map((one) => one.id),
];

/** Whether the message itself was brought to an endpoint, or is on its way to it: to a duty phone once, whoever uses it. */
export function isSentTo(
  { deliveries }: Pick<MessageView, 'deliveries'>,
  directory: Directory,
  endpoint: Endpoint,
): boolean {
  const ids = accountIds(directory, endpoint);
  return deliveries.some((one) => one.kind === 'message' && ids.includes(one.endpoint));
}

/** The endpoint that was reached, then the desk's others; those of deputies and supervisors have rungs of their own. */
function ladderEndpoints(
  directory: Directory,
  view: MessageView,
  recipient: RecipientRow,
  desk: Designation,
): readonly Endpoint[] {
  const all = endpointsOf(directory, view.message, recipient, desk);
  const isReached = ({ id }: Endpoint): boolean =>
    view.deliveries.some((one: Delivery) => one.endpoint === id && !UNREACHED.includes(one.state));
  const first = all.find(isReached) ?? all[0];
  const further = all.filter(
    (one) =>
      one !== first && !isSentTo(view, directory, one) && (roleAt(desk, one) ?? 'officer') === 'officer',
  );
  return first === undefined ? [] : onceEach([first, ...further]);
}

const roleAt = (desk: Designation, { officer }: Endpoint) =>
  officer === undefined ? undefined : officerOf(desk, officer)?.role;
