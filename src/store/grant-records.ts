/** The rows that grant something, as they are read from the database, and what the MAC of each kind covers. */
import { OFF_BY_HAND } from '../domain/party/endpoint-life.ts';
import type { DeliveryRecord } from './delivery-records.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import type { Granted, GrantKind } from './guard.ts';
import type { LinkRecord } from './link-records.ts';
import type { MessageRecord, RecipientRecord } from './message-records.ts';

/** The further columns of every row that grants something. */
interface SealedColumns {
  readonly entry: string | null;
  readonly mac: string | null;
}

export interface LinkCodeRecord extends SealedColumns {
  readonly hash: string;
  readonly endpoint_id: string;
  readonly focal_point: string;
  readonly channel: EndpointRecord['channel'];
  readonly rank: number;
  readonly shows: EndpointRecord['shows'];
  readonly lang: string;
  readonly officer: string | null;
  readonly known_as: readonly string[] | null;
  readonly certificate: string | null;
  readonly expires_at: string;
  readonly beside: boolean;
  readonly invited_by?: string | null;
  /** The account that brought it. */
  readonly asked_by: string | null;
  readonly used_for: string | null;
}

export interface AccessKeyRecord extends SealedColumns {
  readonly hash: string;
  readonly focal_point: string;
  readonly name: string;
  readonly made_at: Date | string | null;
  readonly ended_at: Date | string | null;
}

export interface SecretRecord extends SealedColumns {
  readonly owner: string;
  readonly kind: string;
  readonly id: string;
  readonly wrapped: string;
  readonly until: Date | string | null;
}

export interface RosterRecord extends SealedColumns {
  readonly focal_point: string;
  readonly roster: unknown;
}

export interface PinRecord extends SealedColumns {
  readonly id: string;
  readonly focal_point: string;
  readonly officer: string;
  readonly known_as: readonly string[] | null;
  readonly wrapped: string;
  readonly set_at: string;
  readonly tries: number;
  readonly locked_at: string | null;
}

export interface StartCodeRecord extends SealedColumns {
  readonly hash: string;
  readonly id: string;
  readonly focal_point: string;
  readonly officer: string;
  readonly known_as: readonly string[] | null;
  readonly lang: string;
  readonly new_pin: boolean;
  readonly links: boolean;
  readonly expires_at: string;
  readonly used_at: string | null;
  readonly used_by: string | null;
}

export interface PinSessionRecord extends SealedColumns {
  readonly hash: string;
  readonly pin: string;
  readonly focal_point: string;
  readonly officer: string;
  readonly endpoint: string;
  /** The entry of the account at that time. */
  readonly account: string | null;
  readonly expires_at: string;
  readonly used_at: string;
}

export interface ArrivalRecord {
  readonly channel: string;
  readonly id: string;
  readonly account: string | null;
  readonly place: number | string | null;
  readonly about: string | null;
  readonly payload: unknown;
  readonly kept_at: Date | string;
  /** The reply that is still to be sent. */
  readonly said: unknown;
  readonly mac: string | null;
}

/** A delivery with its message's row and, for a message, the digest of what is sealed to its recipient. */
export interface SealedDeliveryRecord {
  readonly delivery: DeliveryRecord;
  readonly message: Pick<MessageRecord, 'id' | 'sender' | 'thread' | 'digest'>;
  readonly recipient: Pick<RecipientRecord, 'party' | 'digest'> | null;
}

/** A message or a recipient, with the MAC over its columns that never change. */
export type SealedMessageRecord = MessageRecord & Pick<SealedColumns, 'mac'>;
export type SealedRecipientRecord = RecipientRecord & Pick<SealedColumns, 'mac'>;

/** PostgreSQL has timestamps that are no `Date`. No MAC was ever made over them. */
function instant(at: Date | string | null): string | null {
  if (at === null) return null;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}

/** What the MAC of each kind covers, besides the kind itself. */
export const MAC_COVERS = {
  endpoint: (one: EndpointRecord): Granted => ({
    id: one.id,
    focal_point: one.focal_point,
    channel: one.channel,
    address: one.address,
    rank: one.rank,
    shows: one.shows,
    lang: one.lang,
    officer: one.officer,
    known_as: one.known_as,
    certificate: one.certificate,
    old_certificate: one.old_certificate,
    old_certificate_until: instant(one.old_certificate_until ?? null),
    waiting: one.waiting,
    // A channel's sign that it is dead or alive grants nothing. An operator's act that takes it out of use
    // ends what was granted.
    out: OFF_BY_HAND.find((code) => code === one.disabled_code),
    entry: one.entry,
  }),
  link: (one: LinkRecord): Granted => ({
    hash: one.hash,
    purpose: one.purpose,
    delivery: one.delivery,
    about: one.about,
    asked: one.asked,
    endpoint: one.endpoint,
    officer: one.officer,
    expires_at: instant(one.expires_at),
    used_at: instant(one.used_at),
    used_by: one.used_by,
    said_at: instant(one.said_at ?? null),
    entry: one.entry,
  }),
  'link-code': (one: LinkCodeRecord): Granted => ({
    hash: one.hash,
    endpoint_id: one.endpoint_id,
    focal_point: one.focal_point,
    channel: one.channel,
    rank: one.rank,
    shows: one.shows,
    lang: one.lang,
    officer: one.officer,
    known_as: one.known_as,
    certificate: one.certificate,
    expires_at: instant(one.expires_at),
    beside: one.beside,
    invited_by: one.invited_by,
    asked_by: one.asked_by,
    used_for: one.used_for,
    entry: one.entry,
  }),
  'access-key': (one: AccessKeyRecord): Granted => ({
    hash: one.hash,
    focal_point: one.focal_point,
    name: one.name,
    made_at: instant(one.made_at),
    ended_at: instant(one.ended_at),
    entry: one.entry,
  }),
  secret: (one: SecretRecord): Granted => ({
    owner: one.owner,
    kind: one.kind,
    id: one.id,
    wrapped: one.wrapped,
    until: instant(one.until),
    entry: one.entry,
  }),
  roster: (one: RosterRecord): Granted => ({
    focal_point: one.focal_point,
    roster: one.roster,
    entry: one.entry,
  }),
  pin: (one: PinRecord): Granted => ({
    id: one.id,
    focal_point: one.focal_point,
    officer: one.officer,
    known_as: one.known_as,
    wrapped: one.wrapped,
    set_at: instant(one.set_at),
    tries: one.tries,
    locked_at: instant(one.locked_at),
    entry: one.entry,
  }),
  'start-code': (one: StartCodeRecord): Granted => ({
    hash: one.hash,
    id: one.id,
    focal_point: one.focal_point,
    officer: one.officer,
    known_as: one.known_as,
    lang: one.lang,
    new_pin: one.new_pin,
    links: one.links,
    expires_at: instant(one.expires_at),
    used_at: instant(one.used_at),
    used_by: one.used_by,
    entry: one.entry,
  }),
  'pin-session': (one: PinSessionRecord): Granted => ({
    hash: one.hash,
    pin: one.pin,
    focal_point: one.focal_point,
    officer: one.officer,
    endpoint: one.endpoint,
    account: one.account,
    expires_at: instant(one.expires_at),
    used_at: instant(one.used_at),
    entry: one.entry,
  }),
  arrival: (one: ArrivalRecord): Granted => ({
    channel: one.channel,
    id: one.id,
    account: one.account,
    place: one.place === null ? null : Number(one.place),
    about: one.about,
    payload: one.payload,
    kept_at: instant(one.kept_at),
    said: one.said,
  }),
  delivery: ({ delivery: one, message, recipient }: SealedDeliveryRecord): Granted => ({
    id: one.id,
    kind: one.kind,
    message: one.message,
    party: one.party,
    endpoint: one.endpoint,
    channel: one.channel,
    shows: one.shows,
    evidence: one.evidence,
    step: one.step,
    expires_at: instant(one.expires_at),
    sender: message.sender,
    thread: message.thread,
    consignment: message.digest,
    // The digest of what is sealed to the recipient of a message.
    sealed: one.kind === 'message' && recipient?.party === one.party ? recipient.digest : null,
  }),
  message: (one: SealedMessageRecord): Granted => ({
    id: one.id,
    sender: one.sender,
    thread: one.thread,
    parent: one.parent,
    about: one.about,
    addressees: one.addressees,
    passes_on: one.passes_on,
    granted_by: one.granted_by,
    type: one.type,
    urgency: one.urgency,
    handling: one.handling,
    created_at: instant(one.created_at),
    accepted_at: instant(one.accepted_at),
    expires_at: instant(one.expires_at),
    digest: one.digest,
    submission_key: one.submission_key,
    submission_digest: one.submission_digest,
    receipt: one.receipt,
  }),
  // Acknowledgements and openings are proven by evidence instead.
  recipient: (one: SealedRecipientRecord): Granted => ({
    message: one.message,
    party: one.party,
    position: one.position,
    digest: one.digest,
    agreement_id: one.agreement_id,
    agreement_version: one.agreement_version,
    agreement_digest: one.agreement_digest,
    acknowledge_by: instant(one.acknowledge_by),
    answer_by: instant(one.answer_by),
  }),
} as const satisfies Record<GrantKind, (one: never) => Granted>;

type Covers = typeof MAC_COVERS;
/** A row of a kind as it is read from the database. */
export type GrantRowOf<Kind extends GrantKind> = Parameters<Covers[Kind]>[0];
