/**
 * Refusing by name: a relayed message is taken for those recipients homed here who may have it. Each other one is refused by
 * evidence that names it, and the sender's home learns of each in the same answer.
 */

import {
  type Designation,
  type Digested,
  didOfFocalPoint,
  isInForceAt,
} from '../../domain/party/designation.ts';
import { type ProblemCode, Refusal } from '../../domain/words/error.ts';
import type { Gateway } from '../../gateway.ts';
import type { Naming, Storing } from '../../gateway-parts.ts';
import type { ConsignmentHead } from '../../seal/make-consignment.ts';
import type { EvidenceRow } from '../../store/contracts/message-rows.ts';
import { type Directory, findDesignation } from '../directory/directory.ts';
import { issueEvidence, nameStatements } from '../evidence/issue.ts';
import { listRefused } from '../evidence/judging.ts';

/** A recipient homed here whom a message is not taken for, and why. */
export interface RefusedByName {
  readonly to: string;
  readonly code: ProblemCode;
}

/** Whether a recipient is this gateway's to answer for: homed here, or named as only a desk of this gateway is. */
export const isOwnRecipient = ({ did }: Pick<Gateway, 'did'>, directory: Directory, to: string): boolean =>
  (findDesignation(directory, to)?.gateway ?? '') === did || to.startsWith(didOfFocalPoint(did, ''));

/** Why a message is not taken for a recipient; undefined where it may be. That it has no way now is no reason. */
export function findRefusalByName(directory: Directory, to: string, now: Date): RefusedByName | undefined {
  const designation = findDesignation(directory, to);
  if (designation === undefined) return { to, code: 'unknown-recipient' };
  return isInForceAt(designation, now) ? undefined : { to, code: 'designation-ended' };
}

/** What is refused whole because nobody here may have it. */
export const makeWholeRefusal = ([first]: readonly RefusedByName[]): Refusal =>
  first?.code === 'designation-ended'
    ? new Refusal(first.code, 'the designation of the recipient is not in force')
    : new Refusal('unknown-recipient', 'no recipient is a focal point homed here');

/** One signed rejection for each, about this very consignment. */
export const signRejectionsByName = (
  gateway: Naming,
  one: ConsignmentHead,
  {
    sender,
    digest,
    refused,
  }: {
    readonly sender: Digested<Designation>;
    readonly digest: string;
    readonly refused: readonly RefusedByName[];
  },
): Promise<readonly EvidenceRow[]> =>
  Promise.all(
    refused.map(({ to, code }) =>
      issueEvidence(gateway, {
        event: 'RelayRejection',
        consignment: one.id,
        thid: one.body.thid,
        sender: one.from,
        recipient: to,
        digest,
        reason: code,
        at: gateway.now(),
        rests_on: nameStatements([], [sender]),
      }),
    ),
  );

/** What was signed for recipients of a kept message whom it was not taken for: the same for a repeat, to the byte. */
export async function readKeptRejections(gateway: Storing, message: string): Promise<readonly string[]> {
  const view = await gateway.store.messages.readMessage(message);
  if (view === undefined) return [];
  const refused = listRefused(view.evidence, view.recipients);
  return view.evidence
    .filter(({ event, recipient = '' }) => event === 'RelayRejection' && refused.includes(recipient))
    .map(({ jws }) => jws);
}
