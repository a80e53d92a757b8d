/** The cast of the demo: focal points and their officers, all invented. `company.ts` says who plays in which story. */
import type { Officer } from '../src/domain/party/designation.ts';
import type { ChatPerson } from '../test/support/outside/bot-api-chats.ts';

export type CastCountry = 'KH' | 'ID' | 'MY';

/** A focal point that takes part. */
export interface CastMember {
  readonly slug: string;
  readonly name: string;
  /** The country of its authority and of its home gateway. */
  readonly country: CastCountry;
  /** Who holds the private keys. */
  readonly custody: 'own' | 'gateway';
  /** How the gateway reaches it. */
  readonly reach: 'webhook' | 'telegram' | 'email';
  readonly officer: Officer;
}

export const CAST = {
  shelter: {
    slug: 'shelter-phnom-penh',
    name: 'Rumdoul Shelter, Phnom Penh',
    country: 'KH',
    custody: 'gateway',
    reach: 'webhook',
    officer: { id: 'officer-1', name: 'Chan Sreymom', role: 'officer', lang: 'km' },
  },
  police: {
    slug: 'police-phnom-penh',
    name: 'Anti-Trafficking Police, Phnom Penh',
    country: 'KH',
    custody: 'own',
    reach: 'webhook',
    officer: { id: 'officer-1', name: 'Keo Virak', role: 'officer', lang: 'km' },
  },
  desk: {
    slug: 'desk-phnom-penh',
    name: 'General Department of Immigration, Phnom Penh',
    country: 'KH',
    custody: 'gateway',
    reach: 'telegram',
    officer: { id: 'officer-1', name: 'Sok Bopha', role: 'officer', lang: 'km' },
  },
  permits: {
    slug: 'exit-permits-phnom-penh',
    name: 'Exit Permits, General Department of Immigration, Phnom Penh',
    country: 'KH',
    custody: 'gateway',
    reach: 'webhook',
    officer: { id: 'officer-1', name: 'Lim Dara', role: 'officer', lang: 'km' },
  },
  attache: {
    slug: 'attache-phnom-penh',
    name: 'Embassy of Indonesia, Phnom Penh',
    country: 'ID',
    custody: 'gateway',
    reach: 'email',
    officer: { id: 'officer-1', name: 'Bunga Teladan', role: 'officer', lang: 'id' },
  },
  post: {
    slug: 'pos-putussibau',
    name: 'Kantor Imigrasi Putussibau',
    country: 'ID',
    custody: 'gateway',
    reach: 'telegram',
    officer: { id: 'officer-1', name: 'Jaka Umpama', role: 'officer', lang: 'id' },
  },
  immigration: {
    slug: 'imigrasi-jakarta',
    name: 'Directorate General of Immigration, Jakarta',
    country: 'ID',
    custody: 'gateway',
    reach: 'webhook',
    officer: { id: 'officer-1', name: 'Ratna Misalnya', role: 'officer', lang: 'id' },
  },
  badau: {
    slug: 'pos-badau',
    name: 'Border Post Badau',
    country: 'ID',
    custody: 'gateway',
    reach: 'webhook',
    officer: { id: 'officer-1', name: 'Lestari Ibarat', role: 'officer', lang: 'id' },
  },
  consulate: {
    slug: 'konsulat-kuching',
    name: 'Consulate General of Indonesia, Kuching',
    country: 'ID',
    custody: 'gateway',
    reach: 'email',
    officer: { id: 'officer-1', name: 'Wahyu Misal', role: 'officer', lang: 'id' },
  },
  lubokAntu: {
    slug: 'icqs-lubok-antu',
    name: 'ICQS Lubok Antu',
    country: 'MY',
    custody: 'gateway',
    reach: 'webhook',
    officer: { id: 'officer-1', name: 'Dayang Contohnya', role: 'officer', lang: 'ms' },
  },
  sarawak: {
    slug: 'imigresen-kuching',
    name: 'Jabatan Imigresen Sarawak, Kuching',
    country: 'MY',
    custody: 'gateway',
    reach: 'telegram',
    officer: { id: 'officer-1', name: 'Razak Umpamanya', role: 'officer', lang: 'ms' },
  },
} as const satisfies Record<string, CastMember>;

export type Role = keyof typeof CAST;
export const ROLES = Object.keys(CAST) as readonly Role[];

/** The roles that are reached by one channel, as types, because their officers act differently. */
type Reached<Way extends CastMember['reach']> = {
  [R in Role]: (typeof CAST)[R]['reach'] extends Way ? R : never;
}[Role];
export type SystemRole = Reached<'webhook'>;
export type ChatRole = Reached<'telegram'>;
export type MailRole = Reached<'email'>;

export const isSystemRole = (role: Role): role is SystemRole => CAST[role].reach === 'webhook';
export const isChatRole = (role: Role): role is ChatRole => CAST[role].reach === 'telegram';
export const isMailRole = (role: Role): role is MailRole => CAST[role].reach === 'email';
export const SYSTEMS = ROLES.filter(isSystemRole);

/** The sender and the reader of mail. */
export const MAIL_FROM = 'amanat@gateway.example';
export const MAIL: Readonly<Record<MailRole, string>> = {
  attache: 'attache.phnom-penh@embassy.example',
  consulate: 'consul.kuching@consulate.example',
};

/** The officers' Telegram accounts. */
export const ACCOUNTS: Readonly<Record<ChatRole, ChatPerson>> = {
  desk: { id: 7_100_001, first_name: 'Bopha', language_code: 'km' },
  post: { id: 7_100_002, first_name: 'Jaka', language_code: 'id' },
  sarawak: { id: 7_100_003, first_name: 'Razak', language_code: 'ms' },
};

/** An officer of a focal point, and the phone on which the officer is reached. */
export interface Phone {
  readonly role: Role;
  readonly officer: Officer;
  readonly account: ChatPerson;
  /** The first endpoint of the focal point has rank 1; the others are for failover and escalation. */
  readonly rank: number;
}

/** The phone of the first officer of a focal point that is reached by chat. */
export const phoneOfRole = (role: ChatRole): Phone => ({
  role,
  officer: CAST[role].officer,
  account: ACCOUNTS[role],
  rank: 1,
});
