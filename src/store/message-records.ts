/** Records of messages, their recipients and evidence, as columns of their tables. */
import type { EvidenceEvent } from '../domain/evidence/evidence.ts';
import type { MessageName } from '../domain/message/message.ts';
import type { Handling, Urgency } from '../domain/words/vocabulary.ts';
import type {
  EffectiveAcknowledgement,
  EvidenceRow,
  MessageRow,
  RecipientRow,
} from './contracts/message-rows.ts';
import { date, dateOrNull, given } from './rows.ts';

export interface MessageRecord {
  readonly id: string;
  readonly sender: string;
  readonly thread: string;
  readonly parent: string | null;
  readonly about: string | null;
  readonly addressees: readonly string[];
  readonly passes_on: string | null;
  readonly granted_by: string | null;
  readonly type: MessageName;
  readonly urgency: Urgency;
  readonly handling: Handling;
  readonly created_at: string;
  readonly accepted_at: string;
  readonly expires_at: string;
  readonly digest: string;
  readonly submission_key: string;
  readonly submission_digest: string;
  readonly receipt: string;
}

export const messageRowFrom = (one: MessageRecord): MessageRow => ({
  id: one.id,
  sender: one.sender,
  thread: one.thread,
  ...given({ parent: one.parent, about: one.about }),
  addressees: one.addressees,
  ...given({ passesOn: one.passes_on, grant: one.granted_by }),
  type: one.type,
  urgency: one.urgency,
  handling: one.handling,
  createdAt: date(one.created_at),
  acceptedAt: date(one.accepted_at),
  expiresAt: date(one.expires_at),
  digest: one.digest,
  submissionKey: one.submission_key,
  submissionDigest: one.submission_digest,
});

export const recordOfMessage = (one: MessageRow, receipt: string): MessageRecord => ({
  id: one.id,
  sender: one.sender,
  thread: one.thread,
  parent: one.parent ?? null,
  about: one.about ?? null,
  addressees: one.addressees,
  passes_on: one.passesOn ?? null,
  granted_by: one.grant ?? null,
  type: one.type,
  urgency: one.urgency,
  handling: one.handling,
  created_at: one.createdAt.toISOString(),
  accepted_at: one.acceptedAt.toISOString(),
  expires_at: one.expiresAt.toISOString(),
  digest: one.digest,
  submission_key: one.submissionKey,
  submission_digest: one.submissionDigest,
  receipt,
});

export interface RecipientRecord {
  readonly message: string;
  readonly party: string;
  readonly position: number;
  readonly digest: string;
  readonly agreement_id: string;
  readonly agreement_version: number;
  readonly agreement_digest: string | null;
  readonly acknowledge_by: string;
  readonly answer_by: string;
  readonly opened_at: string | null;
  readonly decision: EffectiveAcknowledgement['decision'] | null;
  readonly decided_by: string | null;
  readonly ground: string | null;
  readonly decided_at: string | null;
  readonly decided_evidence: string | null;
  readonly words: number;
  readonly contested: boolean;
}

export const recipientRowFrom = (one: RecipientRecord): RecipientRow => ({
  message: one.message,
  to: one.party,
  position: one.position,
  digest: one.digest,
  agreement: {
    id: one.agreement_id,
    version: one.agreement_version,
    ...given({ digest: one.agreement_digest }),
  },
  acknowledgeBy: date(one.acknowledge_by),
  answerBy: date(one.answer_by),
  ...given({
    openedAt: dateOrNull(one.opened_at),
    effectiveAcknowledgement: settledFrom(one),
    contested: one.contested ? true : null,
  }),
});

function settledFrom(one: RecipientRecord): EffectiveAcknowledgement | null {
  const { decision, decided_by: officer, decided_at: at, decided_evidence: evidence } = one;
  if (decision === null || officer === null || at === null || evidence === null) return null;
  return { decision, officer, ...given({ ground: one.ground }), at: date(at), evidence };
}

/** The columns of a recipient's row that may change. */
export const recordOfRecipientChange = (
  openedAt: Date | undefined,
  settled: EffectiveAcknowledgement | undefined,
) => ({
  opened_at: openedAt?.toISOString() ?? null,
  decision: settled?.decision ?? null,
  decided_by: settled?.officer ?? null,
  ground: settled?.ground ?? null,
  decided_at: settled?.at.toISOString() ?? null,
  decided_evidence: settled?.evidence ?? null,
});

/** A new row, without an acknowledgement. */
export const recordOfRecipient = (one: RecipientRow): Omit<RecipientRecord, 'words' | 'contested'> => ({
  message: one.message,
  party: one.to,
  position: one.position,
  digest: one.digest,
  agreement_id: one.agreement.id,
  agreement_version: one.agreement.version,
  agreement_digest: one.agreement.digest ?? null,
  acknowledge_by: one.acknowledgeBy.toISOString(),
  answer_by: one.answerBy.toISOString(),
  ...recordOfRecipientChange(one.openedAt, one.effectiveAcknowledgement),
});

export interface EvidenceRecord {
  readonly id: string;
  readonly event: EvidenceEvent;
  readonly message: string | null;
  readonly sender: string;
  readonly recipient: string | null;
  readonly delivery: string | null;
  readonly at: string;
  readonly jws: string;
  readonly signer: string | null;
  readonly signed_id: string | null;
  readonly once: string | null;
}

export const evidenceRowFrom = (one: EvidenceRecord): EvidenceRow => ({
  id: one.id,
  event: one.event,
  ...given({ message: one.message }),
  sender: one.sender,
  ...given({ recipient: one.recipient, delivery: one.delivery }),
  at: date(one.at),
  jws: one.jws,
  ...given({ signer: one.signer, signedId: one.signed_id }),
});

export const recordOfEvidence = (one: EvidenceRow): EvidenceRecord => ({
  id: one.id,
  event: one.event,
  message: one.message ?? null,
  sender: one.sender,
  recipient: one.recipient ?? null,
  delivery: one.delivery ?? null,
  at: one.at.toISOString(),
  jws: one.jws,
  signer: one.signer ?? null,
  signed_id: one.signedId ?? null,
  once: one.once ?? null,
});
