/**
 * The formal letter: a message as police and embassies file it, in the languages of both countries, with a number
 * of the office it is for. This file has its data; `src/paper` makes the page.
 */

import type { Custody, Officer } from '../party/designation.ts';
import type { Reader } from '../words/phrases.ts';
import { LANGUAGES, type Language } from '../words/vocabulary.ts';
import { dateOf, localDayOf } from '../words/zone.ts';
import type { Message, MessageName } from './message.ts';

/** A focal point, as a letter names it. */
export interface LetterParty {
  readonly did: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2; absent if the focal point is no longer in this gateway's directory. */
  readonly country?: string;
}

/** A reader of one of the program's languages; letters exist in no other. */
export interface LetterReader extends Reader {
  readonly lang: Language;
}

/** An office that a letter is for: its country, and its zone (IANA). */
interface LetterOffice {
  readonly country: string;
  readonly zone: string;
}

/** The number of a letter, and whose register contains it. */
export interface LetterNumber {
  readonly text: string;
  readonly by: 'sender' | 'recipient';
}

export interface Letter {
  readonly message: Message;
  readonly type: MessageName;
  readonly sender: LetterParty;
  /** All recipients of the message, in its order. */
  readonly recipients: readonly LetterParty[];
  /** The sender's office, then the recipient's; only one if both share language and zone. */
  readonly readers: readonly LetterReader[];
  /** Absent for a drill, which uses no number of a register. */
  readonly number?: LetterNumber;
  readonly acceptedAt: Date;
  readonly acknowledgeBy: Date;
  readonly answerBy: Date;
  /** The agreement that it is carried under, if it is known here. */
  readonly agreement?: { readonly title: string; readonly version: number };
  /** The signatory of the sender's office; absent if its designation names nobody. */
  readonly signatory?: Pick<Officer, 'name' | 'role'>;
  /** Who holds the key of the sender's signature. */
  readonly custody: Custody;
  readonly proof: LetterProof;
}

/** Where anybody can check that the message was accepted, without seeing its content. */
interface LetterProof {
  readonly url: string;
  /** Digest of the signed consignment that carries the message: SHA-256, base64url. */
  readonly digest: string;
}

/** Makes the page: PDF/A bytes, the same for the same letter. Throws what the typesetter throws, which is a fault. */
export type LetterWriter = (letter: Letter) => Promise<Uint8Array>;

/** Our languages, by the countries that use them in official letters. */
const OFFICIAL: Readonly<Record<string, Language>> = { ID: 'id', MY: 'ms', BN: 'ms', KH: 'km' };

const languageIn = (country: string | undefined): Language => OFFICIAL[country ?? ''] ?? 'en';

/**
 * The readers of a letter between two offices. Each reads its country's language, or English if that is not one of
 * ours, and its own zone. If both read one language, the letter gives the time of each.
 * @param chosen one or two languages to use instead; an office's own language goes to that office
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

/** Reads requested languages, each once. Undefined if one is not ours, or if there are not one or two. */
export function readLanguages(codes: readonly string[]): readonly Language[] | undefined {
  const known = [...new Set(codes)].map((code) => LANGUAGES.find((one) => one === code));
  const found = known.filter((one) => one !== undefined);
  return found.length === known.length && found.length >= 1 && found.length <= 2 ? found : undefined;
}

/** The local year of an instant in the zone of an office (IANA). */
export const yearInCountry = (zone: string, at: Date): number =>
  Number(dateOf(localDayOf(at, zone)).slice(0, 4));

/** Formats a number: office, year, number within the year, as in `PTS-IMI/2026/0012`. */
export const formatLetterNumber = (slug: string, year: number, number: number): string =>
  `${slug.toUpperCase()}/${year}/${String(number).padStart(4, '0')}`;

/** The signatory of an office: its supervisor, else its deputy, else its first officer. */
export function signatoryOf(officers: readonly Officer[]): Officer | undefined {
  const named = (role: Officer['role']) => officers.find((one) => one.role === role);
  return named('supervisor') ?? named('deputy') ?? named('officer');
}

/** The beginning of a digest for people to compare: 16 hex digits (64 bits) in groups of four. */
export function shortenDigest(digest: string): string {
  const binary = atob(digest.replaceAll('-', '+').replaceAll('_', '/'));
  const hex = [...binary.slice(0, 8)]
    .map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('');
  return hex.toUpperCase().replace(/.{4}(?=.)/g, '$& ');
}

/** A page could not be typeset. The fault names kinds of faults and places in our templates, never text of the page. */
export class TypesetFault extends Error {
  /** Each is `kind` or `kind at template:line`. It contains no content, so it may be logged. */
  readonly diagnostics: readonly string[];

  constructor(template: string, diagnostics: readonly string[]) {
    super(`the page ${template} cannot be set: ${diagnostics.join(', ')}`);
    this.name = 'TypesetFault';
    this.diagnostics = diagnostics;
  }
}
