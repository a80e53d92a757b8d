/** Parcels for adapter tests. Every person, place of work and number in them is invented. */
import type {
  MessageLinks,
  MessageSummary,
  Parcel,
  ParcelContent,
  ReminderItem,
} from '../../src/domain/carriage/adapter.ts';
import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import { uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { type Message, typeUriOf } from '../../src/domain/message/message.ts';
import type { Endpoint, Shows } from '../../src/domain/party/channel.ts';

type ParcelOf<Kind extends Parcel['kind']> = Extract<Parcel, { kind: Kind }>;

const SENDER = {
  did: 'did:web:gateway.kh.example:fp:shelter-phnom-penh',
  name: 'Shelter Phnom Penh',
  country: 'KH',
};
const RECIPIENT = {
  did: 'did:web:gateway.id.example:fp:immigration-putussibau',
  name: 'Immigration Putussibau',
  country: 'ID',
};

const MESSAGE_ID = '0198f0c27a4b7c3e9d51a6e48f3a21c4';
const THREAD_ID = 'b1946ac92492d2347c6235b4d2611184';
const DELIVERY_ID = '0198f0c27a4c7d10a2b3c4d5e6f70819';
const EVIDENCE_ID = '0198f0c27a4d7e21b3c4d5e6f7081920';
const SENT_AT = new Date('2026-11-20T02:15:00.000Z');

/**
 * Texts that only the message's content has: they must never be in a notice, a header, a log line, an outcome or a
 * refusal.
 */
export const CONTENT_ONLY: readonly string[] = [
  'Melati',
  'Lestari-Wijaya',
  'Bagas',
  'Pranowo-Hadi',
  '3171999901019999',
  'KH-2026-000417',
  'Kampong Speu',
  'ត្រូវបានបង្ខំ',
];

/** A report with two persons, a line of Khmer and a small attachment, valid by the domain's schemas. */
export function makeReportMessage(overrides: Partial<Message> = {}): Message {
  return {
    id: MESSAGE_ID,
    typ: 'application/didcomm-plain+json',
    type: typeUriOf('report'),
    from: SENDER.did,
    to: [RECIPIENT.did],
    thid: THREAD_ID,
    created_time: SENT_AT.getTime() / 1_000,
    expires_time: SENT_AT.getTime() / 1_000 + 7 * 86_400,
    lang: 'km',
    please_ack: [MESSAGE_ID],
    urgency: 'urgent',
    handling: 'H2',
    body: {
      case_number: 'KH-2026-000417',
      persons: [
        {
          ref: 'p1',
          prs_FirstName: 'Melati',
          prs_SecondName: 'Lestari-Wijaya',
          prs_Birthdate: '1999-01-01',
          prs_Gender: 'Feminine',
          prs_Citizenship: ['ID'],
          prs_IdentityNumber: '3171999901019999',
          vic_TraffickingStatus: 'PossibleVictimOfTrafficking',
          needs: ['shelter', 'travel-document'],
        },
        { ref: 'p2', prs_FirstName: 'Bagas', prs_SecondName: 'Pranowo-Hadi', prs_Citizenship: ['ID'] },
      ],
      where: { country: 'KH', name: 'Kampong Speu' },
      happened: 'ត្រូវបានបង្ខំឱ្យធ្វើការ ហើយបានរត់គេចនៅពេលយប់។',
      since: '2026-10-02',
      consent: { con_Consent: true },
    },
    attachments: [
      {
        id: 'a1',
        filename: 'intake-form.txt',
        media_type: 'text/plain',
        byte_count: 21,
        data: { base64: Buffer.from('Melati Lestari-Wijaya').toString('base64url') },
      },
    ],
    ...overrides,
  };
}

export interface ParcelOverrides {
  readonly delivery?: string;
  readonly endpoint?: Partial<Endpoint>;
  readonly zone?: string;
  readonly summary?: Partial<MessageSummary>;
  readonly links?: MessageLinks;
}

/** What `shows` lets an endpoint see of `message`; the JWS and JWE have the right form and no real signature. */
export function makeContent(shows: Shows, message: Message = makeReportMessage()): ParcelContent {
  if (shows === 'notice') return { shows };
  if (shows === 'packet') return { shows, message, jws: unsignedJws(message) };
  const recipients = [{ encrypted_key: 'a2V5', header: { kid: `${RECIPIENT.did}#key-x25519-1` } }];
  return {
    shows,
    sealed: { protected: 'e30', recipients, iv: 'aXY', ciphertext: 'Y2lwaGVydGV4dA', tag: 'dGFn' },
  };
}

/** A message on its way to an endpoint that may be shown `shows`. */
export function makeMessageParcel(
  overrides: ParcelOverrides & { readonly message?: Message } = {},
  shows: Shows = 'packet',
): ParcelOf<'message'> {
  return {
    ...addressed(overrides, shows),
    kind: 'message',
    content: makeContent(shows, overrides.message),
    links: overrides.links ?? {
      read: 'https://gateway.id.example/r/0iYxQ0Wm5tq3n8uQ',
      acknowledge: 'https://gateway.id.example/a/7Hc1rT2pXkZ9vB4e',
    },
  };
}

/** Evidence that returns to the sender's focal point: by default, that a named officer accepted. */
export function makeEvidenceParcel(
  overrides: ParcelOverrides & { readonly evidence?: Partial<Evidence> } = {},
): ParcelOf<'evidence'> {
  const evidence: Evidence = {
    kind: 'evidence',
    id: EVIDENCE_ID,
    event: 'ConsignmentAcceptance',
    event_uri: uriOfEvent('ConsignmentAcceptance'),
    consignment: MESSAGE_ID,
    thid: THREAD_ID,
    sender: SENDER.did,
    recipient: RECIPIENT.did,
    channel: 'telegram',
    digest: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg',
    at: '2026-11-20T02:31:00.000Z',
    by: 'did:web:gateway.id.example',
    officer: { id: 'o-7', name: 'Sari Invented', role: 'officer' },
    custody: 'gateway',
    attestation: { how: 'telegram-account' },
    ...overrides.evidence,
  };
  return { ...addressed(overrides, 'notice'), kind: 'evidence', evidence, jws: unsignedJws(evidence) };
}

/** What an earlier parcel showed under `reference` has changed: by default, an officer accepted. */
export function makeRevisionParcel(
  overrides: ParcelOverrides &
    Partial<Pick<ParcelOf<'revision'>, 'reference' | 'decision' | 'openedAt'>> = {},
): ParcelOf<'revision'> {
  const { reference = '1001', openedAt } = overrides;
  const accepted = {
    decision: 'accepted',
    officer: 'Sari Invented',
    at: new Date('2026-11-20T02:31:00.000Z'),
  } as const;
  const what = openedAt === undefined ? { decision: overrides.decision ?? accepted } : { openedAt };
  return {
    ...addressed(overrides, 'notice'),
    kind: 'revision',
    reference,
    links: overrides.links ?? {},
    ...what,
  };
}

/** A reminder of owed acts: by default one, an acknowledgement that is an hour and five minutes late. */
export function makeTestReminderParcel(
  overrides: ParcelOverrides & {
    readonly items?: readonly Partial<ReminderItem>[];
    readonly answerable?: boolean;
  } = {},
): ParcelOf<'reminder'> {
  const common = addressed(overrides, 'notice');
  const item: ReminderItem = {
    summary: common.summary,
    act: 'acknowledge',
    step: 'deadline',
    at: common.summary.acknowledgeBy,
    until: common.summary.acknowledgeBy,
    late: 3_900,
    owner: RECIPIENT,
    isOwner: true,
  };
  return {
    ...common,
    kind: 'reminder',
    items: (overrides.items ?? [{}]).map((one) => ({ ...item, ...one })),
    links: overrides.links ?? {},
    answerable: overrides.answerable ?? false,
  };
}

function addressed(overrides: ParcelOverrides, shows: Shows) {
  const endpoint: Endpoint = {
    id: 'endpoint-1',
    focalPoint: RECIPIENT.did,
    channel: 'webhook',
    address: 'http://127.0.0.1:9/hook',
    rank: 1,
    shows,
    lang: 'id',
    enabled: true,
    ...overrides.endpoint,
  };
  const summary: MessageSummary = {
    message: MESSAGE_ID,
    thread: THREAD_ID,
    reference: MESSAGE_ID.slice(-8).toUpperCase(),
    type: 'report',
    urgency: 'urgent',
    handling: 'H2',
    sender: SENDER,
    recipient: RECIPIENT,
    sentAt: SENT_AT,
    acknowledgeBy: new Date('2026-11-20T04:15:00.000Z'),
    answerBy: new Date('2026-11-23T02:15:00.000Z'),
    ...overrides.summary,
  };
  return {
    delivery: overrides.delivery ?? DELIVERY_ID,
    endpoint,
    zone: overrides.zone ?? 'Asia/Pontianak',
    summary,
  };
}

function unsignedJws(payload: object): Record<string, unknown> {
  return {
    payload: Buffer.from(JSON.stringify(payload)).toString('base64url'),
    signatures: [
      {
        protected: 'eyJhbGciOiJFZERTQSJ9',
        header: { kid: `${SENDER.did}#key-ed25519-1` },
        signature: 'c2ln',
      },
    ],
  };
}
