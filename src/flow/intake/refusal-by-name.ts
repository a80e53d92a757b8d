/**
 * Refusing recipients by name. A relayed message is taken for those recipients homed here that may have it.
 * For each of the others a piece of evidence names the recipient and the reason, in the same answer to the
 * sender's gateway.
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

/** A recipient homed here for whom a message is not taken, and why. */
export interface RefusedByName {
  readonly to: string;
  readonly code: ProblemCode;
}

/** Whether this gateway answers for a recipient: it is homed here, or has a DID of this gateway. */
export const isOwnRecipient = ({ did }: Pick<Gateway, 'did'>, directory: Directory, to: string): boolean =>
  (findDesignation(directory, to)?.gateway ?? '') === did || to.startsWith(didOfFocalPoint(did, ''));

/**
 * Why a message is not taken for a recipient; undefined if it may be. Having no endpoint now is no reason.
 */
export function findRefusalByName(directory: Directory, to: string, now: Date): RefusedByName | undefined {
  const designation = findDesignation(directory, to);
  if (designation === undefined) return { to, code: 'unknown-recipient' };
  return isInForceAt(designation, now) ? undefined : { to, code: 'designation-ended' };
}

/** The refusal of the whole message, if it is taken for no recipient here. */
export const makeWholeRefusal = ([first]: readonly RefusedByName[]): Refusal =>
  first?.code === 'designation-ended'
    ? new Refusal(first.code, 'the designation of the recipient is not in force')
    : new Refusal('unknown-recipient', 'no recipient is a focal point homed here');

/** A signed rejection for each, about this very consignment. */
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

/** The rejections of a kept message's recipients. A repeat gets the same bytes. */
export async function readKeptRejections(gateway: Storing, message: string): Promise<readonly string[]> {
  const view = await gateway.store.messages.readMessage(message);
  if (view === undefined) return [];
  const refused = listRefused(view.evidence, view.recipients);
  return view.evidence
    .filter(({ event, recipient = '' }) => event === 'RelayRejection' && refused.includes(recipient))
    .map(({ jws }) => jws);
}
