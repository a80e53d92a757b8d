/**
 * Escalation: the steps of reminders for one owed act. At half time and at the deadline the endpoint that was
 * reached is reminded, then the focal point's next endpoints, its deputy, and the supervisors of both sides.
 */

import type { Officer } from '../party/designation.ts';
import type { Agreement } from '../terms/agreement.ts';
import { afterQuietHours, type LocalTime } from '../terms/calendar.ts';
import { DEFAULT_ESCALATION, DEFAULT_REMINDERS } from '../terms/escalation-terms.ts';
import { officersOnDuty, type Roster } from '../terms/roster.ts';
import { addWorkingTime, countWorkingSeconds } from '../terms/working-time.ts';
import { present } from '../words/present.ts';
import type { OpenAct } from './turn.ts';

/** The focal point of one side, with what reminders depend on. */
export interface EscalationFocalPoint {
  readonly did: string;
  readonly officers: readonly Pick<Officer, 'id' | 'role'>[];
  readonly roster?: Roster | undefined;
  /** Its zone, working hours and quiet hours. */
  readonly time: LocalTime;
}

export interface EscalatedAct {
  readonly act: Pick<OpenAct, 'message' | 'recipient' | 'act' | 'urgency' | 'since' | 'until'>;
  readonly owner: EscalationFocalPoint;
  /** The focal point of the other side: the sender or the recipient of the message. */
  readonly other: EscalationFocalPoint;
  /** The owner's endpoints by id, lowest rank first, but the one that was reached comes first. */
  readonly endpoints: readonly string[];
  readonly terms?: Pick<Agreement, 'reminders' | 'chase'> | undefined;
  /** When the message reached the owner's gateway, if another gateway had it before. */
  readonly arrived?: Date | undefined;
  /** Steps that were taken, by their evidence. */
  readonly taken: readonly string[];
}

/** The addressee of a step: a focal point, and the officer if one is meant. */
interface ReminderAddressee {
  readonly focalPoint: string;
  readonly officer?: string;
}

export interface EscalationStep {
  readonly message: string;
  readonly act: OpenAct['act'];
  readonly recipient: string;
  /** Unique among the steps of the same act. It is recorded when the step is taken. */
  readonly name: string;
  readonly kind: 'remind' | 'failover' | 'deputy' | 'supervisor' | 'expiry';
  readonly at: Date;
  readonly addressee: ReminderAddressee;
  readonly endpoint?: string;
  readonly urgency: OpenAct['urgency'];
}

/** A step before its time and addressee are known. */
interface PlannedStep {
  readonly name: string;
  readonly kind: EscalationStep['kind'];
  /** Percent of the clock. */
  readonly share: number;
  readonly focalPoint: EscalationFocalPoint;
  readonly role?: Officer['role'];
  readonly endpoint?: string;
}

/**
 * All steps for one act, in order, taken or not. Steps that are not taken are not before `from`. If the agreement
 * allows fewer reminders, the least useful are dropped first: further endpoints, half time, the deputy. The
 * supervisors are dropped last.
 */
export function escalationStepsOf(escalated: EscalatedAct, from?: Date): readonly EscalationStep[] {
  const all = plannedStepsOf(escalated);
  const { max } = escalated.terms?.reminders ?? DEFAULT_REMINDERS;
  const kept = new Set(
    all
      .filter((one) => one.kind !== 'expiry')
      .toSorted((one, other) => weight(one) - weight(other))
      .slice(0, max),
  );
  return all
    .filter((one) => one.kind === 'expiry' || kept.has(one))
    .map((one) => stepOf(escalated, one, from))
    .sort((one, other) => one.at.getTime() - other.at.getTime());
}

export interface RemainingSteps {
  /**
   * To be taken now, in order. Steps that were missed while the gateway did not run are among them, with the time
   * of now.
   */
  readonly due: readonly EscalationStep[];
  /** The step after them; absent if none is left or the agreed number of reminders is used up. */
  readonly next?: EscalationStep;
}

/**
 * The steps left for the focal points of one gateway. A half-time reminder that was missed until the deadline is
 * dropped, because two reminders at once say the same. A late step that falls into quiet hours waits for their end.
 */
export function remainingStepsOf(
  escalated: EscalatedAct,
  now: Date,
  isHere: (focalPoint: string) => boolean,
): RemainingSteps {
  const { max } = escalated.terms?.reminders ?? DEFAULT_REMINDERS;
  const room = max - new Set(escalated.taken.filter((step) => step !== 'expiry')).size;
  const isMissed = (one: EscalationStep): boolean => one.name === 'half' && timesOf(escalated).until <= now;
  const left = escalationStepsOf(escalated, now)
    .filter(
      (one) => !escalated.taken.includes(one.name) && !isMissed(one) && isHere(one.addressee.focalPoint),
    )
    .filter(roomFor(room));
  const due = left.filter((one) => one.at <= now);
  const next = left[due.length];
  return { due, ...present({ next }) };
}

/** A filter that passes all evidence, and at most `room` reminders. */
function roomFor(room: number): (one: EscalationStep) => boolean {
  let left = room;
  return ({ kind }) => {
    if (kind === 'expiry') return true;
    left -= 1;
    return left >= 0;
  };
}

/** The earliest instant of a step for a new message to one recipient. The thread need not be checked before it. */
export const firstEscalationAt = (
  since: Date,
  until: Date,
  time: LocalTime,
  terms: Pick<Agreement, 'chase'> | undefined,
): Date => shareOf({ since, until }, (terms?.chase ?? DEFAULT_ESCALATION).half, time);

const DEADLINE = 100;

function plannedStepsOf({ act, owner, other, endpoints, terms }: EscalatedAct): readonly PlannedStep[] {
  const shares = terms?.chase ?? DEFAULT_ESCALATION;
  const [reached, ...further] = endpoints;
  const on = reached === undefined ? {} : { endpoint: reached };
  const apart = (shares.deputy - shares.failover) / Math.max(1, further.length);
  const expiry: PlannedStep = { name: 'expiry', kind: 'expiry', share: DEADLINE, focalPoint: owner };
  const climbing: readonly PlannedStep[] = [
    { name: 'half', kind: 'remind', share: shares.half, focalPoint: owner, ...on },
    { name: 'deadline', kind: 'remind', share: DEADLINE, focalPoint: owner, ...on },
    ...further.map(
      (endpoint, n): PlannedStep => ({
        name: `failover:${endpoint}`,
        kind: 'failover',
        focalPoint: owner,
        endpoint,
        share: shares.failover + n * apart,
      }),
    ),
    { name: 'deputy', kind: 'deputy', share: shares.deputy, focalPoint: owner, role: 'deputy', ...on },
    {
      name: 'supervisor:owner',
      kind: 'supervisor',
      share: shares.supervisor,
      focalPoint: owner,
      role: 'supervisor',
    },
    // If the other side has no supervisor, its focal point is told: it waits, and may not know that nobody acts.
    {
      name: 'supervisor:other',
      kind: 'supervisor',
      share: shares.supervisor,
      focalPoint: other,
      ...present({ role: hasRole(other, 'supervisor') ? 'supervisor' : undefined }),
    },
  ];
  // AcceptanceRejectionExpiry of EN 319 522-1: the time to acknowledge has passed. No other act has such an
  // event.
  const all = act.act === 'acknowledge' ? [expiry, ...climbing] : climbing;
  return all.filter((one) => one.role === undefined || hasRole(one.focalPoint, one.role));
}

const hasRole = (focalPoint: EscalationFocalPoint, role: Officer['role']): boolean =>
  focalPoint.officers.some((one) => one.role === role);

/** The lower the weight, the later a step is dropped. */
function weight({ name, kind, share }: PlannedStep): number {
  if (kind === 'supervisor') return 0;
  if (name === 'deadline') return 1;
  if (kind === 'deputy') return 2;
  return name === 'half' ? 3 : 3 + share;
}

/**
 * The period for reminders. If the message arrived after half its time because the connection was down, the focal
 * point gets the full time again from its arrival. The deadline has passed, but the focal point did not cause that.
 */
function timesOf({ act, owner, arrived }: EscalatedAct): Pick<OpenAct, 'since' | 'until'> {
  if (arrived === undefined || arrived < shareOf(act, DEADLINE / 2, owner.time)) return act;
  const until = addWorkingTime(arrived, countWorkingSeconds(act.since, act.until, owner.time), owner.time);
  return { since: arrived, until };
}

function stepOf(escalated: EscalatedAct, step: PlannedStep, from?: Date): EscalationStep {
  const { act, owner } = escalated;
  const { message, recipient, urgency } = act;
  const planned = step.kind === 'expiry' ? act.until : shareOf(timesOf(escalated), step.share, owner.time);
  const due = from === undefined || from < planned ? planned : from;
  // Quiet hours delay neither evidence nor immediate messages.
  const ignoresQuietHours = step.kind === 'expiry' || urgency === 'immediate';
  const at = ignoresQuietHours ? due : afterQuietHours(due, step.focalPoint.time);
  return {
    message,
    act: act.act,
    recipient,
    urgency,
    name: step.name,
    kind: step.kind,
    at,
    addressee: addresseeOf(step, at),
    ...present({ endpoint: step.endpoint }),
  };
}

/** The instant at which a share of the clock has passed, in the owner's working time. */
function shareOf(
  { since, until }: Pick<EscalatedAct['act'], 'since' | 'until'>,
  share: number,
  time: LocalTime,
): Date {
  if (share === DEADLINE) return until;
  const length = countWorkingSeconds(since, until, time);
  return share < DEADLINE
    ? addWorkingTime(since, (length * share) / 100, time)
    : addWorkingTime(until, (length * (share - DEADLINE)) / 100, time);
}

/**
 * The officer on duty with the given role, else the first designated one with that role. Without a role, any
 * officer on duty.
 */
function addresseeOf({ focalPoint, role }: PlannedStep, at: Date): ReminderAddressee {
  const fitting = focalPoint.officers
    .filter((one) => role === undefined || one.role === role)
    .map((one) => one.id);
  const duty = focalPoint.roster === undefined ? [] : officersOnDuty(focalPoint.roster, at, focalPoint.time);
  const named = duty.find((id) => fitting.includes(id)) ?? (role === undefined ? undefined : fitting[0]);
  return { focalPoint: focalPoint.did, ...present({ officer: named }) };
}
