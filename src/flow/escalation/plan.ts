/**
 * Plans which escalation steps a thread's open acts need now at this gateway, and when to look at the thread
 * again.
 */

import type { Delivery, DeliveryState } from '../../domain/carriage/delivery.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { isSameAccount, oncePerAccount } from '../../domain/party/chat.ts';
import { type Designation, findOfficer } from '../../domain/party/designation.ts';
import { officerOfEndpoint } from '../../domain/party/endpoint-officer.ts';
import { type Agreement, isSameVersion } from '../../domain/terms/agreement.ts';
import { type LocalTime, localTimeOf } from '../../domain/terms/calendar.ts';
import type { Roster } from '../../domain/terms/roster.ts';
import { findRoute } from '../../domain/terms/routing.ts';
import {
  type EscalatedAct,
  type EscalationFocalPoint,
  type RemainingSteps,
  remainingStepsOf,
} from '../../domain/turn/escalation.ts';
import type { OpenAct } from '../../domain/turn/turn.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Urgency } from '../../domain/words/vocabulary.ts';
import type { Verifying } from '../../gateway-parts.ts';
import type { MessageRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import type { MessageView } from '../../store/contracts/messages.ts';
import { type Directory, findDesignation } from '../directory/directory.ts';
import { readProvenMessage } from '../evidence/proven-messages.ts';
import { readAllClaims } from '../evidence/readable.ts';
import type { ThreadState } from '../thread/thread.ts';

/** An open act that may need escalation steps at this gateway. */
export interface EscalationPlan extends RemainingSteps {
  readonly act: OpenAct;
  readonly view: MessageView;
  readonly recipient: RecipientRow;
  readonly terms: Agreement | undefined;
  readonly directory: Directory;
}

/** Plans for the open acts of a thread in which at least one party is homed here. */
export async function planEscalations(
  gateway: Verifying,
  { turn, directory }: ThreadState,
  now: Date,
): Promise<readonly EscalationPlan[]> {
  const parties = [...new Set(turn.open.map((one) => one.owner))];
  const rosters = parties.length === 0 ? new Map() : await gateway.store.directory.rosters(parties);
  const views = new Map(
    await Promise.all(
      [...new Set(turn.open.map((one) => one.message))].map(
        async (id) => [id, await readProvenMessage(gateway, id)] as const,
      ),
    ),
  );
  return turn.open.flatMap(
    (act) => planOf(directory, { act, view: views.get(act.message) }, rosters, now) ?? [],
  );
}

function planOf(
  directory: Directory,
  { act, view }: { readonly act: OpenAct; readonly view: MessageView | undefined },
  rosters: ReadonlyMap<string, Roster>,
  now: Date,
): EscalationPlan | undefined {
  const recipient = view?.recipients.find((one) => one.to === act.recipient);
  if (view === undefined || recipient === undefined || isNoLongerOwed(act, view.message, now))
    return undefined;
  const other = act.owner === recipient.to ? view.message.sender : recipient.to;
  const [designation, otherDesignation] = [
    findDesignation(directory, act.owner),
    findDesignation(directory, other),
  ];
  if (designation === undefined || otherDesignation === undefined) return undefined;
  const terms = findAgreementOf(directory, recipient);
  const sideOf = (one: Designation): EscalationFocalPoint => ({
    did: one.focal_point,
    officers: one.officers,
    roster: rosters.get(one.focal_point),
    time: reminderTimeOf(terms, one, act.urgency),
  });
  const escalated: EscalatedAct = {
    act,
    owner: sideOf(designation),
    other: sideOf(otherDesignation),
    endpoints: listStepEndpoints(directory, view, recipient, designation).map((one) => one.id),
    terms,
    arrived: arrivedAt(directory, view, act),
    taken: listTakenSteps(view, act),
  };
  const isHere = (did: string): boolean => findDesignation(directory, did)?.gateway === directory.here;
  return { ...remainingStepsOf(escalated, now, isHere), act, view, recipient, terms, directory };
}

/** When another gateway relayed a message that must be acknowledged here. */
function arrivedAt(directory: Directory, { message, evidence }: MessageView, act: OpenAct): Date | undefined {
  const isFromAfar = findDesignation(directory, message.sender)?.gateway !== directory.here;
  if (!isFromAfar || act.owner !== act.recipient) return undefined;
  return evidence.find((one) => one.event === 'RelayAcceptance')?.at;
}

/**
 * A message that nobody acknowledged before it expired is not escalated further. After an acknowledgement the
 * act stays owed.
 */
const isNoLongerOwed = ({ act }: OpenAct, { expiresAt }: MessageRow, now: Date): boolean =>
  act === 'acknowledge' && expiresAt <= now;

/** The agreement version under which a message is carried to a recipient. */
export const findAgreementOf = (directory: Directory, recipient: RecipientRow): Agreement | undefined =>
  directory.agreements.find((one) => isSameVersion(one, recipient.agreement));

/** A focal point's time for reminders. Immediate messages use its own zone too, but around the clock. */
export function reminderTimeOf(
  terms: Agreement | undefined,
  focalPoint: Pick<Designation, 'focal_point' | 'country'>,
  urgency: Urgency,
): LocalTime {
  const time = localTimeOf(terms?.calendars?.[focalPoint.country], focalPoint.focal_point);
  return urgency === 'immediate' ? { ...time, hours: '24x7', quiet: undefined } : time;
}

/** The steps that deliveries or evidence show as taken. */
function listTakenSteps({ deliveries, evidence }: MessageView, act: OpenAct): readonly string[] {
  const made = deliveries.flatMap(({ step }) =>
    step !== undefined && step.recipient === act.recipient && step.act === act.act ? [step.rung] : [],
  );
  const said = readAllClaims(evidence.filter((row) => row.recipient === act.recipient));
  return [
    ...made,
    ...said.flatMap(({ reminder }) => (reminder?.act === act.act ? [reminder.rung] : [])),
    ...said.flatMap(({ event }) => (event === 'AcceptanceRejectionExpiry' ? ['expiry'] : [])),
  ];
}

const byRank = (one: Endpoint, other: Endpoint): number =>
  one.rank - other.rank || (one.id < other.id ? -1 : 1);

/**
 * Endpoints of a focal point for a message, lowest rank first: for its recipient those that the agreement
 * allows, for its sender all. None if the focal point is homed elsewhere.
 */
export function listEndpoints(
  directory: Directory,
  message: MessageRow,
  recipient: RecipientRow,
  designation: Designation,
): readonly Endpoint[] {
  if (designation.gateway !== directory.here) return [];
  const sender = findDesignation(directory, message.sender);
  if (designation.focal_point === message.sender || sender === undefined)
    return directory.endpoints
      .filter((one) => one.focalPoint === designation.focal_point && one.enabled)
      .filter((one) => one.officer === undefined || officerOfEndpoint(designation, one) !== undefined)
      .toSorted(byRank);
  const carriage = { name: message.type, handling: message.handling, agreedAt: message.acceptedAt };
  try {
    const parties = { sender, recipient: { ...designation, digest: '' } };
    return findRoute({ ...carriage, under: recipient.agreement }, parties, directory, message.acceptedAt)
      .endpoints;
  } catch (fault) {
    // Nothing may be carried any more, so nobody can be reached. The step will record that.
    if (fault instanceof Refusal) return [];
    throw fault;
  }
}

const UNREACHED: readonly DeliveryState[] = ['queued', 'failed', 'expired'];

/** Ids of an endpoint and of those by which others use the same chat account. */
export const idsOfAccount = ({ endpoints }: Directory, endpoint: Endpoint): readonly string[] => [
  endpoint.id,
  ...endpoints.filter((one) => one.id !== endpoint.id && isSameAccount(one, endpoint)).map((one) => one.id),
];

/**
 * Whether the message itself was sent, or is about to be sent, to an endpoint. A duty phone gets it once,
 * whoever uses it.
 */
export function isSentToEndpoint(
  { deliveries }: Pick<MessageView, 'deliveries'>,
  directory: Directory,
  endpoint: Endpoint,
): boolean {
  const ids = idsOfAccount(directory, endpoint);
  return deliveries.some((one) => one.kind === 'message' && ids.includes(one.endpoint));
}

/**
 * The endpoint that was reached, then the focal point's others. Deputies and supervisors have steps of their
 * own.
 */
function listStepEndpoints(
  directory: Directory,
  view: MessageView,
  recipient: RecipientRow,
  designation: Designation,
): readonly Endpoint[] {
  const all = listEndpoints(directory, view.message, recipient, designation);
  const isReached = ({ id }: Endpoint): boolean =>
    view.deliveries.some((one: Delivery) => one.endpoint === id && !UNREACHED.includes(one.state));
  const first = all.find(isReached) ?? all[0];
  const further = all.filter(
    (one) =>
      one !== first &&
      !isSentToEndpoint(view, directory, one) &&
      (roleAt(designation, one) ?? 'officer') === 'officer',
  );
  return first === undefined ? [] : oncePerAccount([first, ...further]);
}

const roleAt = (designation: Designation, { officer }: Endpoint) =>
  officer === undefined ? undefined : findOfficer(designation, officer)?.role;
