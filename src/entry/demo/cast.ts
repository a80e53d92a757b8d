/** The cast of the demo: focal points, their officers, and the agreement they speak under. Everybody is invented. */
import type { Officer } from '../../domain/party.ts';

/** One desk of the story. */
export interface Part {
  readonly slug: string;
  readonly name: string;
  readonly country: 'KH' | 'ID';
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
} as const satisfies Record<string, Part>;

export type Role = keyof typeof CAST;
export const ROLES = Object.keys(CAST) as readonly Role[];

/** The roles that are reached by one channel, as types: each channel's desks act in their own way. */
type Reached<Way extends Part['reach']> = {
  [R in Role]: (typeof CAST)[R]['reach'] extends Way ? R : never;
}[Role];
export type SystemRole = Reached<'webhook'>;
export type ChatRole = Reached<'telegram'>;
export const SYSTEMS = ROLES.filter((role): role is SystemRole => CAST[role].reach === 'webhook');

/** Where mail leaves from and where the attaché reads it. */
export const MAIL = {
  from: 'amanat@gateway.example',
  attache: 'attache.phnom-penh@embassy.example',
} as const;

/** The officers' accounts as Telegram knows them. */
export const ACCOUNTS: Readonly<Record<ChatRole, { id: number; first_name: string; language_code: string }>> =
  {
    desk: { id: 7_100_001, first_name: 'Bopha', language_code: 'km' },
    post: { id: 7_100_002, first_name: 'Jaka', language_code: 'id' },
  };

const DAY = 86_400_000;

/** What both authorities sign: cases of stranded and trafficked people, between the two countries and within each. */
export const agreementDraft = (now: Date): object => ({
  kind: 'agreement',
  id: 'id-kh-stranded-people',
  version: 1,
  title: 'Coordination on stranded and trafficked people (invented, for demonstration)',
  parties: ['ID', 'KH'],
  rules: [
    {
      from: ['ID', 'KH'],
      to: ['ID', 'KH'],
      types: ['report', 'request', 'reply', 'clarification', 'refusal', 'notice', 'text', 'closure'],
      handling: ['H0', 'H1', 'H2'],
    },
  ],
  from: new Date(now.getTime() - DAY).toISOString(),
  until: new Date(now.getTime() + 365 * DAY).toISOString(),
});
