/** Signed rejection: a refusal of a proven sender is evidence too, so that it never looks like an outage. */
import { PROBLEMS, Refusal } from '../../domain/error.ts';
import type { Gateway } from '../../gateway.ts';
import { directoryOf, find } from '../directory/directory.ts';
import { issue, restingOn } from './issue.ts';

/** What was refused, as far as it could be trusted. */
export interface Refused {
  /** `SubmissionRejection` where left out. */
  readonly event?: 'SubmissionRejection' | 'RelayRejection';
  /** DID of the proven sender, or of the gateway that relayed. */
  readonly sender: string;
  readonly consignment?: string;
  readonly digest?: string;
}

/** Keeps the signed rejection and hangs it on the refusal, so that the answer carries it. */
export async function sign(gateway: Gateway, refusal: Refusal, refused: Refused): Promise<Refusal> {
  // Whose word it was is known by now; which agreement it wanted may be what could not be found.
  const desk = find(await directoryOf(gateway, [refused.sender]), refused.sender);
  const row = await issue(gateway, {
    rests_on: desk && restingOn([], [desk]),
    event: refused.event ?? 'SubmissionRejection',
    reason: refusal.code,
    sender: refused.sender,
    at: gateway.now(),
    ...(refused.consignment === undefined ? {} : { consignment: refused.consignment }),
    ...(refused.digest === undefined ? {} : { digest: refused.digest }),
  });
  // Kept without a message: what was refused may claim the id of a message that exists.
  const { message: _claimed, ...kept } = row;
  await gateway.store.keepRejection(kept);
  refusal.evidence = row.jws;
  return refusal;
}

/** Runs a step for a proven sender; its refusals come out signed, its faults as they are. */
export async function rejecting<T>(gateway: Gateway, refused: Refused, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (fault) {
    if (!(fault instanceof Refusal) || PROBLEMS[fault.code].status >= 500) throw fault;
    throw await sign(gateway, fault, refused);
  }
}
