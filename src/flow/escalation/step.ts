/**
 * Takes one escalation step: a reminder, the message by another endpoint, or the evidence that nobody
 * answered in time. It is written while the recipient's row is locked, so that no acknowledgement is missed
 * and no step is taken twice.
 */

import type { Delivery, DeliveryStep } from '../../domain/carriage/delivery.ts';
import { makeDelivery } from '../../domain/carriage/new-delivery.ts';
import { eventOfReminder, type ReminderClaim } from '../../domain/evidence/evidence.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { DEFAULT_REMINDERS } from '../../domain/terms/escalation-terms.ts';
import type { EscalationStep } from '../../domain/turn/escalation.ts';
import { mergeReminderTimes, type ReminderTimes, reminderTime } from '../../domain/turn/reminder-digest.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing, Naming } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { DeliveryChange, HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { EvidenceRow } from '../../store/contracts/message-rows.ts';
import { requireDesignation } from '../directory/directory.ts';
import { issueEvidence, stepAbout } from '../evidence/issue.ts';
import { tellSender } from '../evidence/tell.ts';
import { type EscalationPlan, idsOfAccount, isSentToEndpoint, listEndpoints } from './plan.ts';

/**
 * Prepares a due step: reads everything that it needs. Taking it does nothing if it was taken already, or an
 * officer has acknowledged since it was planned.
 */
export async function prepareStep(
  gateway: Issuing,
  plan: EscalationPlan,
  step: EscalationStep,
): Promise<() => Promise<void>> {
  const delivery = await gateway.store.deliveries.findDelivery(step.message, step.recipient);
  if (delivery === undefined) return async () => {};
  const endpoint = step.kind === 'expiry' ? undefined : endpointFor(plan, step);
  const ids = endpoint === undefined ? [] : idsOfAccount(plan.directory, endpoint);
  const rhythm = mergeReminderTimes([...(await gateway.store.deliveries.reminderTimes(ids)).values()]);
  return () => take(gateway, plan, step, { delivery, endpoint, rhythm });
}

async function take(
  gateway: Issuing,
  plan: EscalationPlan,
  step: EscalationStep,
  way: StepRoute,
): Promise<void> {
  let isTaken = false;
  try {
    await gateway.store.deliveries.changeDelivery(way.delivery, async (held) => {
      isTaken = isStillToTake(held, plan, step);
      return isTaken ? decide(gateway, held, { plan, step }, way) : {};
    });
  } catch (fault) {
    // Another process was first: its evidence of this step is kept.
    if (fault instanceof Refusal && fault.code === 'already-exists') return;
    throw fault;
  }
  if (!isTaken) return;
  const { message, act, kind, name: stepName } = step;
  gateway.log.info('escalation.step', { message, act, kind, step: nameOf(stepName) });
}

/** How long the gateway tries to send a reminder that outlives its message, in milliseconds. */
const LASTS = 7 * 86_400_000;

/** The name of a step, without the endpoint's id. */
const nameOf = (step: string): string => step.split(':')[0] ?? step;

function isStillToTake(
  held: HeldDelivery,
  { recipient }: EscalationPlan,
  { act, name: stepName }: EscalationStep,
): boolean {
  const made = [held.delivery, ...held.siblings, ...held.reminders];
  if (made.some(({ step }) => step?.act === act && step.rung === stepName)) return false;
  return held.recipient?.effectiveAcknowledgement?.evidence === recipient.effectiveAcknowledgement?.evidence;
}

/** Where the step is sent, and a delivery whose recipient row is locked meanwhile. */
interface StepRoute {
  readonly delivery: string;
  readonly endpoint: Endpoint | undefined;
  readonly rhythm: ReminderTimes | undefined;
}

async function decide(
  gateway: Issuing,
  held: HeldDelivery,
  { plan, step }: { readonly plan: EscalationPlan; readonly step: EscalationStep },
  { endpoint, rhythm = {} }: StepRoute,
): Promise<DeliveryChange> {
  const now = gateway.now();
  if (step.kind === 'expiry')
    return withEvidence(gateway, plan, held, await expiry(gateway, plan, step, held));
  if (endpoint === undefined)
    return withEvidence(gateway, plan, held, await keepUnreachable(gateway, plan, step, held));
  const what = kindOfStep(plan, step, endpoint, now);
  const { digest_minutes: minutes } = plan.terms?.reminders ?? DEFAULT_REMINDERS;
  const isAlone = step.urgency === 'immediate' || what.kind === 'message';
  const made = makeDelivery(
    gateway.newId(),
    what,
    endpoint,
    isAlone ? now : reminderTime(rhythm, minutes, now),
  );
  // A reminder shows only what a notice may, whatever its endpoint may show.
  const shows = what.kind === 'reminder' ? 'notice' : made.shows;
  return { created: [{ ...made, shows, step: stepFor(plan, step) }] };
}

/**
 * An officer who may acknowledge and has never got the message gets the message: it says more than a
 * reminder. A supervisor is told who has not answered, and no content.
 */
function kindOfStep(
  { view, recipient, directory }: EscalationPlan,
  { act, kind, addressee: whom }: EscalationStep,
  endpoint: Endpoint,
  now: Date,
): Pick<Delivery, 'kind' | 'message' | 'to' | 'expiresAt'> {
  const { id: message } = view.message;
  const isTheirs = act === 'acknowledge' && whom.focalPoint === recipient.to && kind !== 'supervisor';
  const isNew = isTheirs && !isSentToEndpoint(view, directory, endpoint);
  const expiresAt = act === 'acknowledge' ? view.message.expiresAt : new Date(now.getTime() + LASTS);
  return { kind: isNew ? 'message' : 'reminder', message, to: whom.focalPoint, expiresAt };
}

const stepFor = ({ act }: EscalationPlan, step: EscalationStep): DeliveryStep => ({
  recipient: step.recipient,
  act: step.act,
  rung: step.name,
  at: step.at.toISOString(),
  until: act.until.toISOString(),
  owner: act.owner,
  ...present({ officer: step.addressee.officer }),
});

/** The members of evidence that name the step of its delivery. */
export const reminderOfStep = ({ step, to }: Pick<Delivery, 'step' | 'to'>): { reminder?: ReminderClaim } =>
  step === undefined
    ? {}
    : {
        reminder: {
          act: step.act,
          rung: step.rung,
          until: step.until,
          desk: to,
          ...present({ officer: step.officer }),
        },
      };

/**
 * The endpoint of a step: the intended officer's, if there is one. A deputy without one is reached where the
 * focal point was reached, a supervisor through the focal point's system: a colleague's phone must not get a
 * supervisor's notice.
 */
function endpointFor(
  plan: EscalationPlan,
  { kind, addressee: whom, endpoint: named }: EscalationStep,
): Endpoint | undefined {
  const { view, recipient, directory } = plan;
  const all = listEndpoints(
    directory,
    view.message,
    recipient,
    requireDesignation(directory, whom.focalPoint),
  );
  const own = whom.officer === undefined ? [] : all.filter((one) => one.officer === whom.officer);
  const isThere = (one: Endpoint): boolean => isSentToEndpoint(view, directory, one);
  const planned = all.find((one) => one.id === named);
  if (kind === 'failover') return planned;
  if (kind === 'supervisor' && whom.officer !== undefined)
    return own[0] ?? all.find((one) => one.officer === undefined);
  return own.find(isThere) ?? own[0] ?? planned ?? all[0];
}

/** The key under which evidence of a step is kept once. */
const uniqueKeyOf = ({ message, recipient, act, name: step }: EscalationStep): string =>
  digestOf(['chase', message, recipient, act, step].join('\n'));

const withEvidence = (
  gateway: Naming,
  plan: EscalationPlan,
  { message }: HeldDelivery,
  row: EvidenceRow,
): DeliveryChange => ({
  evidence: [row],
  created: tellSender(gateway, plan.directory, {
    message,
    evidence: [row],
    at: row.at,
    isReminder: row.event !== 'AcceptanceRejectionExpiry',
  }),
});

const expiry = (
  gateway: Naming,
  plan: EscalationPlan,
  step: EscalationStep,
  held: HeldDelivery,
): Promise<EvidenceRow> =>
  issueEvidence(gateway, {
    ...stepAbout(plan.directory, held.message, plan.recipient),
    once: uniqueKeyOf(step),
    event: 'AcceptanceRejectionExpiry',
    at: gateway.now(),
    custody: requireDesignation(plan.directory, plan.recipient.to).custody,
  });

/** Evidence that nobody could be reached. The next step is not delayed by it. */
function keepUnreachable(
  gateway: Issuing,
  plan: EscalationPlan,
  step: EscalationStep,
  held: HeldDelivery,
): Promise<EvidenceRow> {
  gateway.log.warn('escalation.unreachable', { message: step.message, step: nameOf(step.name) });
  return issueEvidence(gateway, {
    ...stepAbout(plan.directory, held.message, plan.recipient),
    once: uniqueKeyOf(step),
    event: eventOfReminder(step.addressee.focalPoint === step.recipient, false),
    reason: 'no-endpoint',
    at: gateway.now(),
    ...reminderOfStep({ step: stepFor(plan, step), to: step.addressee.focalPoint }),
  });
}
