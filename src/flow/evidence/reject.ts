/**
 * Signed rejections. A refusal to a verified sender is evidence too, so that it cannot be mistaken for an
 * outage.
 */
import { PROBLEMS, Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing, Storing } from '../../gateway-parts.ts';
import type { RejectionEvent } from '../../refusals.ts';
import type { EvidenceRow } from '../../store/contracts/message-rows.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { type EvidenceStep, issueEvidence, nameStatements } from './issue.ts';

/** What was refused, as far as it can be trusted. */
export interface RejectedPiece {
  /** If absent: `SubmissionRejection`. */
  readonly event?: RejectionEvent;
  /** DID of the verified sender, or of the gateway that relayed. */
  readonly sender: string;
  readonly consignment?: string;
  readonly digest?: string;
}

/**
 * Signs the rejection and attaches it to the refusal, so that the answer carries it. It is also kept. In a
 * flood the first ones are kept and the others are counted.
 */
export async function signRejection(
  gateway: Issuing,
  refusal: Refusal,
  refused: RejectedPiece,
): Promise<Refusal> {
  const { event = 'SubmissionRejection', sender, consignment, digest } = refused;
  const at = gateway.now();
  const row = await issueRejection(gateway, {
    event,
    sender,
    at,
    reason: refusal.code,
    ...present({ consignment, digest }),
  });
  refusal.evidence = row.jws;
  if (gateway.refusals.countRefusal({ event, sender, reason: refusal.code }, at))
    await keepRejection(gateway, row);
  return refusal;
}

/**
 * Keeps one piece of evidence for each count of refusals that has ended by an instant, or for all of them.
 */
export async function keepRejectionCounts(gateway: Issuing, at: Date | 'all'): Promise<void> {
  const faults: unknown[] = [];
  for (const one of gateway.refusals.takeFinished(at)) {
    const { event, sender, reason, count } = one;
    const counted = { count, from: one.from.toISOString(), until: one.until.toISOString() };
    try {
      await keepRejection(
        gateway,
        await issueRejection(gateway, { event, sender, reason, at: gateway.now(), counted }),
      );
      gateway.log.warn('rejections.counted', { sender, reason, count });
    } catch (fault) {
      gateway.refusals.takeBack(one);
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw faults[0];
}

async function issueRejection(gateway: Issuing, step: Omit<EvidenceStep, 'rests_on'>): Promise<EvidenceRow> {
  // The sender is known by now, so its designation is named. The agreement may be what could not be found.
  const designation = findDesignation(await readDirectory(gateway, [step.sender]), step.sender);
  return issueEvidence(gateway, { ...step, rests_on: designation && nameStatements([], [designation]) });
}

/** Kept without its message: a refused post may claim the id of an existing message. */
async function keepRejection(gateway: Storing, { message: _claimed, ...row }: EvidenceRow): Promise<void> {
  await gateway.store.messages.keepRejection(row);
}

/**
 * Runs a step for a verified sender. Its refusals are signed, its faults are thrown unchanged.
 * @param refused may be a function if reading it costs work; it is called only after a refusal
 */
export async function withSignedRejections<T>(
  gateway: Issuing,
  refused: RejectedPiece | (() => Promise<RejectedPiece>),
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (fault) {
    if (!(fault instanceof Refusal) || PROBLEMS[fault.code].status >= 500) throw fault;
    throw await signRejection(gateway, fault, typeof refused === 'function' ? await refused() : refused);
  }
}
