/**
 * The score of a drill: how long each step took, compared with the agreement's deadlines, and who was late.
 * It is read from signed evidence alone. So each gateway can compute it, and both get the same score once all
 * evidence is there.
 */

import type { EvidenceEvent } from '../../domain/evidence/evidence.ts';
import { clockForUrgency, isSameVersion } from '../../domain/terms/agreement.ts';
import type { WaitingStep } from '../../domain/turn/waiting.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Verifying } from '../../gateway-parts.ts';
import type { RecipientRow } from '../../store/contracts/message-rows.ts';
import type { ThreadMessage } from '../../store/contracts/threads.ts';
import { type Directory, findDesignation } from '../directory/directory.ts';
import { readProvenThreads } from '../evidence/proven-messages.ts';
import { readThreadStates } from '../thread/thread.ts';
import type { MessageParts } from '../thread/turn-input.ts';

/** The steps of a drill. If several events of one step occur, the first counts. */
const STEPS = {
  relayed: ['RelayAcceptance'],
  reached: ['ConsignmentNotification', 'ContentConsignment', 'RelayToNonERDS'],
  opened: ['ContentHandover'],
  acknowledged: ['ConsignmentAcceptance'],
} as const satisfies Readonly<Record<string, readonly EvidenceEvent[]>>;

interface DrillStep {
  readonly step: keyof typeof STEPS;
  readonly at: string;
  /** Seconds since the drill was accepted for carriage. */
  readonly seconds: number;
}

/** One leg of a drill: out, or back. Parties by slug, or by DID if they are no longer known. */
interface DrillLeg {
  readonly message: string;
  readonly from: string;
  readonly to: string;
  readonly sent_at: string;
  readonly acknowledge_by: string;
  readonly state: 'acknowledged' | 'waiting' | 'not-acknowledged';
  readonly overdue_seconds: number;
  readonly steps: readonly DrillStep[];
}

export interface DrillScore {
  readonly thread: string;
  /** `passed`: every leg was acknowledged in time. `running`: none is late, and not all are done. */
  readonly verdict: 'passed' | 'running' | 'failed';
  readonly ways: readonly DrillLeg[];
  /** Focal points that have not sent the drill back, and their deadlines. */
  readonly not_returned: readonly { readonly by: string; readonly until: string; readonly late: boolean }[];
  /** Focal points that were late or declined, each once. */
  readonly late: readonly string[];
}

interface Scoring {
  readonly directory: Directory;
  readonly now: Date;
  readonly steps: readonly WaitingStep[];
  readonly parts: readonly MessageParts[];
}

/**
 * Scores the drill of a thread as of now.
 * @throws Refusal `not-found` if there is none
 */
export async function scoreDrill(gateway: Verifying, thread: string): Promise<DrillScore> {
  const now = gateway.now();
  const [standing] = await readThreadStates(
    gateway,
    await readProvenThreads(gateway, [thread]),
    undefined,
    now,
  );
  if (standing === undefined || !standing.parts.every(({ view }) => view.message.type === 'drill'))
    throw new Refusal('not-found', 'no drill here has a thread of this id');
  const { directory, parts, turn } = standing;
  return verdictOn(thread, { directory, now, steps: turn.waiting.steps, parts });
}

function verdictOn(thread: string, scoring: Scoring): DrillScore {
  const each = scoring.parts.flatMap(({ view, to }) => to.map((recipient) => ({ view, recipient })));
  const ways = each.map(({ view, recipient }) => wayOf(scoring, view, recipient));
  const missing = each
    .filter(({ view, recipient }) => isUnreturned(scoring, view, recipient))
    .flatMap(({ view, recipient }) => missingOf(scoring, view, recipient));
  const late = [
    ...ways.filter((one) => one.overdue_seconds > 0 || one.state === 'not-acknowledged').map((one) => one.to),
    ...missing.filter((one) => one.late).map((one) => one.by),
  ];
  const isDone = missing.length === 0 && ways.every((one) => one.state === 'acknowledged');
  return {
    thread,
    verdict: late.length > 0 ? 'failed' : isDone ? 'passed' : 'running',
    ways,
    not_returned: missing,
    late: [...new Set(late)],
  };
}

const slugOf = ({ directory }: Scoring, did: string): string => findDesignation(directory, did)?.slug ?? did;

const acknowledging = ({ steps }: Scoring, { message, to }: RecipientRow): WaitingStep | undefined =>
  steps.find((one) => one.act === 'acknowledge' && one.message === message && one.recipient === to);

function wayOf(scoring: Scoring, { message, evidence }: ThreadMessage, recipient: RecipientRow): DrillLeg {
  const act = acknowledging(scoring, recipient);
  const begun = message.acceptedAt.getTime();
  const steps = Object.entries(STEPS).flatMap(([step, events]) => {
    const times = evidence
      .filter((one) => (events as readonly string[]).includes(one.event))
      .filter((one) => one.recipient === undefined || one.recipient === recipient.to)
      .map((one) => one.at.getTime());
    if (times.length === 0) return [];
    const at = Math.min(...times);
    const seconds = Math.max(0, Math.round((at - begun) / 1_000));
    return [{ step: step as DrillStep['step'], at: new Date(at).toISOString(), seconds }];
  });
  return {
    message: message.id,
    from: slugOf(scoring, message.sender),
    to: slugOf(scoring, recipient.to),
    sent_at: message.acceptedAt.toISOString(),
    acknowledge_by: (act?.until ?? recipient.acknowledgeBy).toISOString(),
    state: stateOf(scoring, act, recipient),
    overdue_seconds: act?.overdue ?? 0,
    steps,
  };
}

/** Declining ends the act as well; then the sender owes the next one. */
function stateOf(
  { steps }: Scoring,
  act: WaitingStep | undefined,
  { message, to }: RecipientRow,
): DrillLeg['state'] {
  const isBack = steps.some(
    (one) => one.act === 'reassign' && one.message === message && one.recipient === to,
  );
  if (isBack || act === undefined) return 'not-acknowledged';
  return act.isOpen ? 'waiting' : 'acknowledged';
}

/** Acknowledged but not sent back. The leg back is not sent back again. */
function isUnreturned(scoring: Scoring, { message }: ThreadMessage, recipient: RecipientRow): boolean {
  if (message.about !== undefined) return false;
  const act = acknowledging(scoring, recipient);
  if (act === undefined || stateOf(scoring, act, recipient) !== 'acknowledged') return false;
  return !scoring.parts.some(
    ({ view }) => view.message.about === message.id && view.message.sender === recipient.to,
  );
}

/** The deadline to send back is as long as the one to acknowledge, counted from the acknowledgement. */
function missingOf(scoring: Scoring, { message }: ThreadMessage, recipient: RecipientRow) {
  const { directory, now } = scoring;
  const ended = acknowledging(scoring, recipient)?.ended;
  if (ended === null || ended === undefined) return [];
  const terms = directory.agreements.find((one) => isSameVersion(one, recipient.agreement));
  const until = new Date(ended.getTime() + clockForUrgency(terms, message.urgency).acknowledge * 1_000);
  return [{ by: slugOf(scoring, recipient.to), until: until.toISOString(), late: until < now }];
}
