/**
 * The input from which a turn is computed, made from rows. It is the same at every gateway that keeps the
 * same consignments and evidence.
 */

import type { Evidence } from '../../domain/evidence/evidence.ts';
import { PROTOCOL } from '../../domain/message/protocol.ts';
import { type Agreement, isSameVersion } from '../../domain/terms/agreement.ts';
import type { TurnInput, TurnMessage } from '../../domain/turn/facts.ts';
import type { EvidenceRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import type { ThreadMessage } from '../../store/contracts/threads.ts';
import { idsOfEvidence, type ProvenRead } from '../evidence/proven-messages.ts';
import { readClaims } from '../evidence/readable.ts';

/** A message, and the recipients for whom it is judged. */
export interface MessageParts {
  readonly view: ProvenRead<ThreadMessage>;
  readonly to: readonly RecipientRow[];
}

/** The agreements and the instant by which turns are computed. */
export interface TurnContext {
  /** Every version of the agreements under which the messages are carried. */
  readonly versions: readonly Agreement[];
  /** The country of each focal point, by DID. */
  readonly countries: ReadonlyMap<string, string>;
  readonly asOf: Date;
}

/** The input of `turnOfThread` for a thread, or for some of its parts. */
export const turnInputOf = (
  { versions, countries, asOf }: TurnContext,
  parts: readonly MessageParts[],
): TurnInput => ({
  messages: parts.map((one) => turnMessageOf(versions, one)),
  evidence: parts.flatMap(evidenceOfParts),
  countries,
  table: PROTOCOL,
  now: asOf,
});

const seconds = (times: readonly Date[]): number =>
  Math.floor(Math.min(...times.map((one) => one.getTime())) / 1_000);

function turnMessageOf(versions: readonly Agreement[], { view: { message }, to }: MessageParts): TurnMessage {
  const { id, type, sender, about, urgency, acceptedAt } = message;
  return {
    id,
    type,
    from: sender,
    about,
    urgency,
    acceptedAt,
    to: to.map((one) => ({
      to: one.to,
      terms: versions.find((version) => isSameVersion(version, one.agreement)),
    })),
    // The sender may only ask for a later deadline. So if it asked for none, the earliest kept deadline
    // changes nothing.
    asked: {
      acknowledge_by: seconds(to.map((one) => one.acknowledgeBy)),
      answer_by: seconds(to.map((one) => one.answerBy)),
    },
  };
}

/**
 * Readable evidence of these recipients, as it was signed. For a refused relay only its row names the
 * recipient.
 */
export const evidenceOfParts = ({ view, to }: MessageParts): readonly Evidence[] =>
  view.evidence
    .filter((row) => isAbout(to, row))
    .flatMap((row) => {
      const claims = readClaims(row);
      return claims === undefined
        ? []
        : [{ ...claims, consignment: view.message.id, recipient: row.recipient }];
    });

/** Ids of the evidence of these recipients that does not verify. */
export const unreadableEvidenceOf = ({ view, to }: MessageParts): readonly string[] =>
  idsOfEvidence(view.unproven.filter((row) => isAbout(to, row)));

const isAbout = (to: MessageParts['to'], { recipient }: EvidenceRow): boolean =>
  to.some((one) => one.to === recipient);
