/** What a case file says of a message on the word of its author alone: no signature in the file vouches for it. */
import type { ConsignmentHead } from '../../seal/make-consignment.ts';
import { claimsOfMessage, mergeNamedStatements } from './case-rests.ts';
import type { TakenMessage } from './case-taking.ts';

/** Members of a message, in the order in which they are told. */
export const AUTHORS_MEMBERS = [
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
export interface SignedMembers {
  /** The receipt of the sender’s home is in the file. */
  readonly isHourSigned: boolean;
  /** As its sender signed it; undefined where contents are left out or purged. */
  readonly consigned: ConsignmentHead | undefined;
}

/** The members of a message that nothing signed in the file names. */
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
