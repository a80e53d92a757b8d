/** What whose turn it is rests on, out of rows: the same at every gateway that keeps the same consignments and evidence. */

import type { Evidence } from '../../domain/evidence/evidence.ts';
import { PROTOCOL } from '../../domain/message/protocol.ts';
import { type Agreement, isSameVersion } from '../../domain/terms/agreement.ts';
import type { TurnInput, TurnMessage } from '../../domain/turn/turn-facts.ts';
import type { EvidenceRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import type { ThreadMessage } from '../../store/contracts/threads.ts';
import { idsOfEvidence, type ProvenRead } from '../evidence/proven-messages.ts';
import { readClaims } from '../evidence/readable.ts';

/** A message, and those of its recipients that it is looked at for. */
export interface MessageParts {
  readonly view: ProvenRead<ThreadMessage>;
  readonly to: readonly RecipientRow[];
}

/** By which clocks and as of when. */
export interface TurnContext {
  /** Every version there is of the agreements that the messages are carried under. */
  readonly versions: readonly Agreement[];
  /** The country of each focal point, by DID. */
  readonly countries: ReadonlyMap<string, string>;
  readonly asOf: Date;
}

/** The input of `turnOf` for a thread, or for as much of it as the parts are. */
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
    // A wish of the sender's only ever makes a deadline later; where there was none, the earliest one kept changes nothing.
    asked: {
      acknowledge_by: seconds(to.map((one) => one.acknowledgeBy)),
      answer_by: seconds(to.map((one) => one.answerBy)),
    },
  };
}

/** Evidence of these recipients that can be read, as it was signed. Of a relay that was refused, its row knows for whom. */
export const evidenceOfParts = ({ view, to }: MessageParts): readonly Evidence[] =>
  view.evidence
    .filter((row) => isAbout(to, row))
    .flatMap((row) => {
      const claims = readClaims(row);
      return claims === undefined
        ? []
        : [{ ...claims, consignment: view.message.id, recipient: row.recipient }];
    });

/** Ids of the evidence of these recipients that is not proven. */
export const unreadableEvidenceOf = ({ view, to }: MessageParts): readonly string[] =>
  idsOfEvidence(view.unproven.filter((row) => isAbout(to, row)));

const isAbout = (to: MessageParts['to'], { recipient }: EvidenceRow): boolean =>
  to.some((one) => one.to === recipient);
