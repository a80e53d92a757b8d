/**
 * The formal letter: a message as police and embassies file it, in the languages of both countries, numbered by the
 * office that it is for. This is what one is made of; `src/paper` makes the page.
 */

import type { Custody, Officer } from '../party/designation.ts';
import type { Reader } from '../words/phrases.ts';
import { LANGUAGES, type Language } from '../words/vocabulary.ts';
import { dateOf, localDayOf } from '../words/zone.ts';
import type { Message, MessageName } from './message.ts';

/** A desk as a letter names it. */
export interface LetterParty {
  readonly did: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2; absent where the desk is not in this gateway's directory any more. */
  readonly country?: string;
}

/** One of ours as its language: letters are set in no other. */
export interface LetterReader extends Reader {
  readonly lang: Language;
}

/** An office that a letter is for: its country, and its zone (IANA). */
export interface LetterOffice {
  readonly country: string;
  readonly zone: string;
}

/** The office's number for a letter, and whose register it stands in. */
export interface LetterNumber {
  readonly text: string;
  readonly by: 'sender' | 'recipient';
}

export interface Letter {
  readonly message: Message;
  readonly type: MessageName;
  readonly sender: LetterParty;
  /** All that the message was sent to, in its order. */
  readonly recipients: readonly LetterParty[];
  /** The sender's office and the recipient's, in this order; one where they share language and zone. */
  readonly readers: readonly LetterReader[];
  /** Absent for a drill, which takes no number out of a register. */
  readonly number?: LetterNumber;
  readonly acceptedAt: Date;
  readonly acknowledgeBy: Date;
  readonly answerBy: Date;
  /** The agreement that it is carried under, where it is kept. */
  readonly agreement?: { readonly title: string; readonly version: number };
  /** Who answers for the sender's office; absent where its designation names nobody. */
  readonly signatory?: Pick<Officer, 'name' | 'role'>;
  /** Who holds the key by which the sender signed. */
  readonly custody: Custody;
  readonly proof: LetterProof;
}

/** Where anybody sees that the message was accepted, without seeing what it says. */
export interface LetterProof {
  readonly url: string;
  /** Of the signed consignment that carries the message: SHA-256, base64url. */
  readonly digest: string;
}

/** Makes the page: PDF/A bytes, the same for the same letter. Throws what the typesetter throws; that is a fault. */
export type LetterWriter = (letter: Letter) => Promise<Uint8Array>;

/** Languages of ours by the country that writes to authorities in them. */
const OFFICIAL: Readonly<Record<string, Language>> = { ID: 'id', MY: 'ms', BN: 'ms', KH: 'km' };

const languageIn = (country: string | undefined): Language => OFFICIAL[country ?? ''] ?? 'en';

/**
 * Who reads a letter from one office to another: each in its country's language, English where that is none of ours, and on
 * its own clock. Where one language is for both, it tells the time of each.
 * @param chosen one or two languages in place of these; one that is an office's own goes to that office
 */
export function letterReaders(
  from: LetterOffice,
  to: LetterOffice,
  chosen: readonly Language[] = [languageIn(from.country), languageIn(to.country)],
): readonly LetterReader[] {
  const [first = 'en', second = first] = chosen;
  const isSwapped =
    first !== second && (first === languageIn(to.country) || second === languageIn(from.country));
  const [one, other] = isSwapped ? [to, from] : [from, to];
  const readers = [
    { lang: first, zone: one.zone },
    { lang: second, zone: other.zone },
  ];
  return first === second && one.zone === other.zone ? readers.slice(0, 1) : readers;
}

/** The languages of a letter, each once. */
export const languagesOf = ({ readers }: Pick<Letter, 'readers'>): readonly Language[] => [
  ...new Set(readers.map(({ lang }) => lang)),
];

/** Languages as somebody asked for them, each once; undefined where one is none of ours, or they are not one or two. */
export function readLanguages(codes: readonly string[]): readonly Language[] | undefined {
  const known = [...new Set(codes)].map((code) => LANGUAGES.find((one) => one === code));
  const found = known.filter((one) => one !== undefined);
  return found.length === known.length && found.length >= 1 && found.length <= 2 ? found : undefined;
}

/** The year in which an instant falls on the wall of an office, by its zone (IANA). */
export const yearInCountry = (zone: string, at: Date): number =>
  Number(dateOf(localDayOf(at, zone)).slice(0, 4));

/** A number as it is written: office, year, number in it, as in `PTS-IMI/2026/0012`. */
export const formatLetterNumber = (slug: string, year: number, number: number): string =>
  `${slug.toUpperCase()}/${year}/${String(number).padStart(4, '0')}`;

/** Who answers for an office: its supervisor, else its deputy, else its first officer. */
export function signatoryOf(officers: readonly Officer[]): Officer | undefined {
  const named = (role: Officer['role']) => officers.find((one) => one.role === role);
  return named('supervisor') ?? named('deputy') ?? named('officer');
}

/** The beginning of a digest as people compare it: 16 hex digits (64 bits) in groups of four. */
export function shortenDigest(digest: string): string {
  const binary = atob(digest.replaceAll('-', '+').replaceAll('_', '/'));
  const hex = [...binary.slice(0, 8)]
    .map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('');
  return hex.toUpperCase().replace(/.{4}(?=.)/g, '$& ');
}
