/**
 * Chasing: the ladder of reminders for one act that somebody owes, and the next rung of it. Half time and deadline on
 * the endpoint that was reached, then the desk's next endpoints, its deputy, and the supervisors of both sides.
 */

import type { Officer } from '../party/designation.ts';
import type { Agreement } from '../terms/agreement.ts';
import { afterQuietHours, type LocalTime } from '../terms/calendar.ts';
import { DEFAULT_ESCALATION, DEFAULT_REMINDERS } from '../terms/escalation-terms.ts';
import { officersOnDuty, type Roster } from '../terms/roster.ts';
import { addWorkingTime, countWorkingSeconds } from '../terms/working-time.ts';
import { present } from '../words/present.ts';
import type { OpenAct } from './turn.ts';

/** One side's desk, as far as it is reminded. */
export interface EscalationFocalPoint {
  readonly did: string;
  readonly officers: readonly Pick<Officer, 'id' | 'role'>[];
  readonly roster?: Roster | undefined;
  /** Its zone, hours and quiet hours. */
  readonly time: LocalTime;
}

export interface EscalatedAct {
  readonly act: Pick<OpenAct, 'message' | 'recipient' | 'act' | 'urgency' | 'since' | 'until'>;
  readonly owner: EscalationFocalPoint;
  /** The other side: whose message it is, or whom it was sent to. */
  readonly other: EscalationFocalPoint;
  /** The owner's endpoints by id, lowest rank first, beginning with the one that was reached. */
  readonly endpoints: readonly string[];
  readonly terms?: Pick<Agreement, 'reminders' | 'chase'> | undefined;
  /** When the message came to the owner's gateway, where another one had it before. */
  readonly arrived?: Date | undefined;
  /** Rungs that evidence shows were taken. */
  readonly taken: readonly string[];
}

/** Whom a step is for: a desk, and the officer of it where one is meant. */
export interface ReminderAddressee {
  readonly focalPoint: string;
  readonly officer?: string;
}

export interface EscalationStep {
  readonly message: string;
  readonly act: OpenAct['act'];
  readonly recipient: string;
  /** What tells it from the other steps for the same act, and is noted when it is taken. */
  readonly name: string;
  readonly kind: 'remind' | 'failover' | 'deputy' | 'supervisor' | 'expiry';
  readonly at: Date;
  readonly addressee: ReminderAddressee;
  readonly endpoint?: string;
  readonly urgency: OpenAct['urgency'];
}

/** A rung before it is known whether there is room for it. */
interface Rung {
  readonly rung: string;
  readonly kind: EscalationStep['kind'];
  /** Percent of the clock. */
  readonly share: number;
  readonly desk: EscalationFocalPoint;
  readonly role?: Officer['role'];
  readonly endpoint?: string;
}

/**
 * Every step for one act, in order, whether taken or not; none that is not taken is before `from`. Where the agreement's limit leaves no room for all, those go
 * first that tell least: further endpoints, the half time, the deputy; that the supervisors hear of it goes last.
 */
export function escalationStepsOf(escalated: EscalatedAct, from?: Date): readonly EscalationStep[] {
  const all = rungsOf(escalated);
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
  /** To be taken now, in order. What was missed while nobody looked is among them, at the hour it is taken. */
  readonly due: readonly EscalationStep[];
  /** The one after them; absent when nothing is left to do or the agreed number of reminders is spent. */
  readonly next?: EscalationStep;
}

/**
 * The steps that are left for the desks of one gateway. A half-time reminder that was missed until the deadline is left
 * out: two at once tell no more. One that is late waits for the end of the quiet hours it would come in.
 */
export function remainingStepsOf(
  escalated: EscalatedAct,
  now: Date,
  isHere: (focalPoint: string) => boolean,
): RemainingSteps {
  const { max } = escalated.terms?.reminders ?? DEFAULT_REMINDERS;
  const room = max - new Set(escalated.taken.filter((rung) => rung !== 'expiry')).size;
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

/** True of evidence, and of so many reminders. */
function roomFor(room: number): (one: EscalationStep) => boolean {
  let left = room;
  return ({ kind }) => {
    if (kind === 'expiry') return true;
    left -= 1;
    return left >= 0;
  };
}

/** The earliest instant at which anything is done for a new message to one recipient: no thread is looked at before. */
export const firstEscalationAt = (
  since: Date,
  until: Date,
  time: LocalTime,
  terms: Pick<Agreement, 'chase'> | undefined,
): Date => shareOf({ since, until }, (terms?.chase ?? DEFAULT_ESCALATION).half, time);

const DEADLINE = 100;

function rungsOf({ act, owner, other, endpoints, terms }: EscalatedAct): readonly Rung[] {
  const shares = terms?.chase ?? DEFAULT_ESCALATION;
  const [reached, ...further] = endpoints;
  const on = reached === undefined ? {} : { endpoint: reached };
  const apart = (shares.deputy - shares.failover) / Math.max(1, further.length);
  const expiry: Rung = { rung: 'expiry', kind: 'expiry', share: DEADLINE, desk: owner };
  const climbing: readonly Rung[] = [
    { rung: 'half', kind: 'remind', share: shares.half, desk: owner, ...on },
    { rung: 'deadline', kind: 'remind', share: DEADLINE, desk: owner, ...on },
    ...further.map(
      (endpoint, n): Rung => ({
        rung: `failover:${endpoint}`,
        kind: 'failover',
        desk: owner,
        endpoint,
        share: shares.failover + n * apart,
      }),
    ),
    { rung: 'deputy', kind: 'deputy', share: shares.deputy, desk: owner, role: 'deputy', ...on },
    {
      rung: 'supervisor:owner',
      kind: 'supervisor',
      share: shares.supervisor,
      desk: owner,
      role: 'supervisor',
    },
    // Where that side has no supervisor its desk is told: it waits, and may not know that nobody acts.
    {
      rung: 'supervisor:other',
      kind: 'supervisor',
      share: shares.supervisor,
      desk: other,
      ...present({ role: hasRole(other, 'supervisor') ? 'supervisor' : undefined }),
    },
  ];
  // AcceptanceRejectionExpiry of EN 319 522-1: the time to accept or reject ran out. Other acts have no such event.
  const all = act.act === 'acknowledge' ? [expiry, ...climbing] : climbing;
  return all.filter((one) => one.role === undefined || hasRole(one.desk, one.role));
}

const hasRole = (focalPoint: EscalationFocalPoint, role: Officer['role']): boolean =>
  focalPoint.officers.some((one) => one.role === role);

/** The lower, the longer a rung is kept. */
function weight({ rung: step, kind, share }: Rung): number {
  if (kind === 'supervisor') return 0;
  if (step === 'deadline') return 1;
  if (kind === 'deputy') return 2;
  return step === 'half' ? 3 : 3 + share;
}

/**
 * Between what instants a desk is reminded. One that got the message after half its time, because the way was cut, is given
 * as long again: the deadline has passed all the same, but not through the desk.
 */
function timesOf({ act, owner, arrived }: EscalatedAct): Pick<OpenAct, 'since' | 'until'> {
  if (arrived === undefined || arrived < shareOf(act, DEADLINE / 2, owner.time)) return act;
  const until = addWorkingTime(arrived, countWorkingSeconds(act.since, act.until, owner.time), owner.time);
  return { since: arrived, until };
}

function stepOf(escalated: EscalatedAct, step: Rung, from?: Date): EscalationStep {
  const { act, owner } = escalated;
  const { message, recipient, urgency } = act;
  const fell = step.kind === 'expiry' ? act.until : shareOf(timesOf(escalated), step.share, owner.time);
  const due = from === undefined || from < fell ? fell : from;
  // Evidence waits for nobody to wake up, and what is immediate for nobody either.
  const isLoud = step.kind === 'expiry' || urgency === 'immediate';
  const at = isLoud ? due : afterQuietHours(due, step.desk.time);
  return {
    message,
    act: act.act,
    recipient,
    urgency,
    name: step.rung,
    kind: step.kind,
    at,
    addressee: whomOf(step, at),
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

/** The officer on duty in the role that is meant, else the first one designated; any officer where no role is. */
function whomOf({ desk: focalPoint, role }: Rung, at: Date): ReminderAddressee {
  const fitting = focalPoint.officers
    .filter((one) => role === undefined || one.role === role)
    .map((one) => one.id);
  const duty = focalPoint.roster === undefined ? [] : officersOnDuty(focalPoint.roster, at, focalPoint.time);
  const named = duty.find((id) => fitting.includes(id)) ?? (role === undefined ? undefined : fitting[0]);
  return { focalPoint: focalPoint.did, ...present({ officer: named }) };
}
