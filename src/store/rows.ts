/**
 * Converts rows to and from the JSON of PostgreSQL's `to_json` and `json_populate_recordset`. A record's
 * members are the columns of its table in migrations/; times are ISO 8601 with milliseconds.
 */
import type { ParameterOrFragment, Sql, TransactionSql } from 'postgres';
import type { Attempt } from '../domain/carriage/attempt.ts';
import type { Delivery, DeliveryKind, DeliveryState, DeliveryStep } from '../domain/carriage/delivery.ts';
import type { RankedDelivery } from '../domain/carriage/unpurged-copies.ts';
import type { EvidenceEvent } from '../domain/evidence/evidence.ts';
import type { MessageName } from '../domain/message/message.ts';
import { type Channel, type Endpoint, NO_ENDPOINT, type Shows } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';
import type { Handling, Urgency } from '../domain/words/vocabulary.ts';
import type { LinkRow } from './contracts/links.ts';
import type {
  EffectiveAcknowledgement,
  EvidenceRow,
  MessageRow,
  RecipientRow,
} from './contracts/message-rows.ts';
import { type PendingConfirmationRecord, pendingConfirmationFrom } from './waiting-record.ts';

/**
 * OID of `json`. One text parameter carries any number of rows, on every runtime and without fetching types.
 */
const JSON_OID = 114;

/** Rows, or anything else, as one parameter of type `json`. */
export const asJson = (sql: Pick<Sql, 'typed'>, rows: unknown): ParameterOrFragment<never> =>
  sql.typed(rows as never, JSON_OID) as ParameterOrFragment<never>;

/** Texts as a parameter of type `text[]`; null if there are none. */
export const asTexts = (sql: Sql | TransactionSql, texts: readonly string[] | undefined | null) =>
  texts ? sql`array(select json_array_elements_text(${asJson(sql, texts)}))` : sql`null::text[]`;

type Given<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Leaves out members that are null. */
const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Given<T>;

const date = (text: string): Date => new Date(text);
const dateOrNull = (text: string | null): Date | null => (text === null ? null : new Date(text));

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

export interface DeliveryRecord {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly message: string;
  readonly party: string;
  /** Null if it waits for an endpoint. */
  readonly endpoint: string | null;
  readonly channel: Channel;
  readonly shows: Shows;
  readonly evidence: string | null;
  readonly step: DeliveryStep | null;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly attempts: readonly Attempt[];
  readonly due_at: string | null;
  readonly reference: string | null;
  readonly revisable: boolean;
  readonly expires_at: string;
  /** Read, never written: `changeDelivery` ends a claim when it writes the attempt's result. */
  readonly claimed_by?: string | null;
  readonly mac?: string | null;
}

export const deliveryFrom = (one: DeliveryRecord): Delivery => ({
  id: one.id,
  kind: one.kind,
  message: one.message,
  to: one.party,
  endpoint: one.endpoint ?? NO_ENDPOINT.id,
  channel: one.channel,
  shows: one.shows,
  ...given({ evidence: one.evidence, step: one.step }),
  state: one.state,
  tries: one.tries,
  attempts: one.attempts,
  dueAt: dateOrNull(one.due_at),
  ...given({ reference: one.reference }),
  revisable: one.revisable,
  expiresAt: date(one.expires_at),
});

/** With the rank of its endpoint, and whether a process works on it. */
export const rankedDeliveryFrom = (one: DeliveryRecord, rank: number): RankedDelivery => ({
  ...deliveryFrom(one),
  rank,
  ...present({ isUnderWay: typeof one.claimed_by === 'string' ? true : undefined }),
});

export const recordOfDelivery = (one: Delivery): DeliveryRecord => ({
  id: one.id,
  kind: one.kind,
  message: one.message,
  party: one.to,
  endpoint: one.endpoint === NO_ENDPOINT.id ? null : one.endpoint,
  channel: one.channel,
  shows: one.shows,
  evidence: one.evidence ?? null,
  step: one.step ?? null,
  state: one.state,
  tries: one.tries,
  attempts: one.attempts,
  due_at: one.dueAt?.toISOString() ?? null,
  reference: one.reference ?? null,
  revisable: one.revisable,
  expires_at: one.expiresAt.toISOString(),
});

export interface EndpointRecord {
  readonly id: string;
  readonly focal_point: string;
  readonly channel: Channel;
  readonly address: string;
  readonly rank: number;
  readonly shows: Shows;
  readonly lang: string;
  readonly officer: string | null;
  readonly known_as: readonly string[] | null;
  readonly certificate: string | null;
  readonly old_certificate?: string | null;
  readonly old_certificate_until?: string | null;
  readonly enabled: boolean;
  readonly disabled_code?: string | null;
  readonly disabled_at?: string | null;
  readonly gone_times?: number;
  readonly gone_since?: string | null;
  readonly waiting?: PendingConfirmationRecord | null;
  /** The entry of the operator's log that made it so, and the MAC over the row (`grant-records.ts`). */
  readonly entry: string | null;
  readonly mac: string | null;
}

export const endpointFrom = (one: EndpointRecord): Endpoint => ({
  id: one.id,
  focalPoint: one.focal_point,
  channel: one.channel,
  address: one.address,
  rank: one.rank,
  shows: one.shows,
  lang: one.lang,
  ...given({ officer: one.officer, knownAs: one.known_as, certificate: one.certificate }),
  // The MAC covers the code: an endpoint that is out of use stays so, whatever else the row says.
  enabled: one.enabled && !one.disabled_code,
  ...given({ oldCertificate: oldCertificateOf(one), off: offOf(one), gone: goneOf(one) }),
  ...present({ waiting: one.waiting ? pendingConfirmationFrom(one.waiting) : undefined }),
});

const oldCertificateOf = ({ old_certificate: pem, old_certificate_until: until }: EndpointRecord) =>
  pem && until ? { pem, until: date(until) } : null;

const offOf = ({ disabled_code: code, disabled_at: since }: EndpointRecord) =>
  code ? { code, ...present({ since: since ? date(since) : undefined }) } : null;

const goneOf = ({ gone_times: times, gone_since: since }: EndpointRecord) =>
  times && since ? { times, since: date(since) } : null;

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

export interface LinkRecord {
  readonly hash: string;
  readonly purpose: LinkRow['purpose'] | 'confirm';
  /** Null for a link that confirms: it is about one endpoint and was sent to another. */
  readonly delivery: string | null;
  readonly about?: string | null;
  readonly asked?: string | null;
  readonly endpoint?: string | null;
  readonly officer: string | null;
  readonly expires_at: string;
  readonly used_at: string | null;
  readonly used_by: string | null;
  readonly said_at?: string | null;
  readonly entry: string | null;
  readonly mac: string | null;
}

/** A link of a delivery; undefined for any other. */
export const linkRowFrom = ({ purpose, delivery, ...one }: LinkRecord): LinkRow | undefined =>
  purpose === 'confirm' || delivery === null ? undefined : deliveryLinkFrom({ ...one, purpose, delivery });

const deliveryLinkFrom = (
  one: Omit<LinkRecord, 'purpose' | 'delivery'> & Pick<LinkRow, 'purpose' | 'delivery'>,
): LinkRow => ({
  hash: one.hash,
  purpose: one.purpose,
  delivery: one.delivery,
  ...given({ officer: one.officer }),
  expiresAt: date(one.expires_at),
});
