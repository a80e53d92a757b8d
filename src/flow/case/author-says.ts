/**
 * Lists what a case file says about a message only by its author's claim: no other signature in the file
 * covers it.
 */
import type { ConsignmentHead } from '../../seal/make-consignment.ts';
import { claimsOfMessage, mergeNamedStatements } from './rests.ts';
import type { TakenMessage } from './taking.ts';

/** Members of a message, in the order of the report. */
const AUTHORS_MEMBERS = [
  'accepted_at',
  'type',
  'urgency',
  'handling',
  'expires_at',
  'parent',
  'thread',
  'recipients',
  'agreement',
  'digest',
] as const;
export type AuthorsMember = (typeof AUTHORS_MEMBERS)[number];

/** What was found signed. */
interface SignedMembers {
  /** True if the receipt of the sender's gateway is in the file. */
  readonly isHourSigned: boolean;
  /** The head of the consignment that the sender signed; undefined if contents are left out or purged. */
  readonly consigned: ConsignmentHead | undefined;
}

/** The members of a message that no signed statement or evidence in the file names. */
export function listUnsignedMembers(
  author: string,
  taken: TakenMessage,
  found: SignedMembers,
): readonly AuthorsMember[] {
  const { message, takers } = taken;
  const isOpen = found.consigned === undefined;
  const own = mergeNamedStatements(takers.filter((one) => one.by === author));
  const claims = claimsOfMessage(message);
  const holds: Readonly<Record<AuthorsMember, boolean>> = {
    accepted_at: !found.isHourSigned,
    type: isOpen,
    urgency: isOpen,
    handling: isOpen,
    expires_at: isOpen,
    parent: isOpen,
    thread: isOpen && !claims.some((one) => one.thid === message.thread),
    recipients: isOpen && own.agreements.length === 0,
    agreement: !message.recipients.every(({ to }) => own.agreements.some((one) => one.to === to)),
    digest:
      isOpen &&
      !message.recipients.every(({ to, digest }) =>
        claims.some((one) => one.recipient === to && one.digest === digest),
      ),
  };
  return AUTHORS_MEMBERS.filter((one) => holds[one]);
}
