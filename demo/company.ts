/** The companies: the two countries of a story, their focal points, and the agreement between them. */
import { MESSAGE_NAMES } from '../src/domain/message/message.ts';
import { type CastCountry, isChatRole, type Phone, phoneOfRole, type Role } from './cast.ts';

/** The names of one country's gateway. */
export interface HousePlan {
  /** The name of its folder, here and in `--out`. */
  readonly slug: string;
  readonly name: string;
  /** The countries whose focal points are homed here. The authority of the first one designates the gateway. */
  readonly countries: readonly [CastCountry, ...CastCountry[]];
}

export interface Company {
  /** The country that begins the story comes first; authorities sign in this order. */
  readonly countries: readonly [CastCountry, CastCountry];
  /** Exactly one of them is reached by mail. */
  readonly roles: readonly Role[];
  /** Further officers with their own phones, besides those of `phoneOfRole`. */
  readonly colleagues?: readonly Phone[];
}

/** All officers who are reached by chat. */
export const listPhones = ({ roles, colleagues = [] }: Company): readonly Phone[] => [
  ...roles.filter(isChatRole).map(phoneOfRole),
  ...colleagues,
];

/** Between Phnom Penh and Jakarta. */
export const PHNOM_PENH_JAKARTA: Company = {
  countries: ['KH', 'ID'],
  roles: ['shelter', 'police', 'desk', 'attache', 'post', 'immigration'],
};

/** The same, with the office for exit permits. */
export const HOMEWARD: Company = {
  countries: ['KH', 'ID'],
  roles: ['shelter', 'permits', 'desk', 'attache', 'post', 'immigration'],
};

/** Across the border in Borneo. */
export const BADAU_LUBOK_ANTU: Company = {
  countries: ['ID', 'MY'],
  roles: ['badau', 'post', 'consulate', 'lubokAntu', 'sarawak'],
};

/**
 * Between a shelter and Putussibau, where nobody answers: with the colleague, the deputy and the supervisor who are
 * notified next.
 */
export const PUTUSSIBAU_ESCALATION: Company = {
  countries: ['KH', 'ID'],
  roles: ['shelter', 'post', 'attache'],
  colleagues: [
    {
      role: 'post',
      rank: 2,
      officer: { id: 'officer-2', name: 'Tono Bagaimana', role: 'officer', lang: 'id' },
      account: { id: 7_100_012, first_name: 'Tono', language_code: 'id' },
    },
    {
      role: 'post',
      rank: 3,
      officer: { id: 'deputy-1', name: 'Melati Seandainya', role: 'deputy', lang: 'id' },
      account: { id: 7_100_013, first_name: 'Melati', language_code: 'id' },
    },
    {
      role: 'post',
      rank: 4,
      officer: { id: 'supervisor-1', name: 'Hadi Barangkali', role: 'supervisor', lang: 'id' },
      account: { id: 7_100_014, first_name: 'Hadi', language_code: 'id' },
    },
    {
      role: 'shelter',
      rank: 5,
      officer: { id: 'supervisor-1', name: 'Nuon Chenda', role: 'supervisor', lang: 'km' },
      account: { id: 7_100_015, first_name: 'Chenda', language_code: 'km' },
    },
  ],
};

const HOUSES: Readonly<Record<CastCountry, HousePlan>> = {
  KH: { slug: 'kh', name: 'Gateway Cambodia', countries: ['KH'] },
  ID: { slug: 'id', name: 'Gateway Indonesia', countries: ['ID'] },
  MY: { slug: 'my', name: 'Gateway Malaysia', countries: ['MY'] },
};

/** One gateway for each country. */
export const planHouses = ({ countries }: Company): readonly HousePlan[] =>
  countries.map((country) => HOUSES[country]);

const DAY = 86_400_000;

/**
 * The agreement that both authorities sign: cases of stranded and trafficked people, between the two countries and
 * within each.
 */
export const draftAgreement = ({ countries }: Company, now: Date): object => ({
  kind: 'agreement',
  id: `${countries.toSorted().join('-').toLowerCase()}-stranded-people`,
  version: 1,
  title: 'Coordination on stranded and trafficked people (invented, for demonstration)',
  parties: countries.toSorted(),
  rules: [{ from: countries, to: countries, types: MESSAGE_NAMES, handling: ['H0', 'H1', 'H2'] }],
  permission: 43_200,
  from: new Date(now.getTime() - DAY).toISOString(),
  until: new Date(now.getTime() + 365 * DAY).toISOString(),
});
