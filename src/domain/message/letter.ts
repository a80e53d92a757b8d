/**
 * The formal letter: a message as police and embassies file it, in the languages of both countries, numbered by the
 * office that it is for. This is what one is made of; `src/paper` makes the page.
 */

import type { Custody, Officer } from '../party/party.ts';
import { LANGUAGES, type Language } from '../words/vocabulary.ts';
import type { Message, MessageName } from './message.ts';

/** A desk as a letter names it. */
export interface LetterParty {
  readonly did: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2; absent where the desk is not in this gateway's directory any more. */
  readonly country?: string;
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
  /** One or two, the sender's country's first. */
  readonly languages: readonly Language[];
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
export type WriteLetter = (letter: Letter) => Promise<Uint8Array>;

/** Languages of ours by the country that writes to authorities in them. */
const OFFICIAL: Readonly<Record<string, Language>> = { ID: 'id', MY: 'ms', BN: 'ms', KH: 'km' };

const languageIn = (country: string | undefined): Language => OFFICIAL[country ?? ''] ?? 'en';

/** The languages of a letter from one country to another: English where a country's own is none of ours. */
export function letterLanguages(from: string | undefined, to: string | undefined): readonly Language[] {
  return [...new Set([languageIn(from), languageIn(to)])];
}

/** Languages as somebody asked for them, each once; undefined where one is none of ours, or they are not one or two. */
export function chosenLanguages(codes: readonly string[]): readonly Language[] | undefined {
  const known = [...new Set(codes)].map((code) => LANGUAGES.find((one) => one === code));
  const found = known.filter((one) => one !== undefined);
  return found.length === known.length && found.length >= 1 && found.length <= 2 ? found : undefined;
}

/** Minutes by which a country's capital is ahead of UTC. None of them changes its clocks. */
const AHEAD: Readonly<Record<string, number>> = {
  ID: 420,
  KH: 420,
  LA: 420,
  TH: 420,
  VN: 420,
  MM: 390,
  BN: 480,
  MY: 480,
  PH: 480,
  SG: 480,
  TL: 540,
};

/** The year in which an instant falls in a country's capital; of UTC where the country is not known here. */
export const yearIn = (country: string | undefined, at: Date): number =>
  new Date(at.getTime() + (AHEAD[country ?? ''] ?? 0) * 60_000).getUTCFullYear();

/** A number as it is written: office, year, number in it, as in `PTS-IMI/2026/0012`. */
export const letterNumber = (slug: string, year: number, number: number): string =>
  `${slug.toUpperCase()}/${year}/${String(number).padStart(4, '0')}`;

/** Who answers for an office: its supervisor, else its deputy, else its first officer. */
export function signatoryOf(officers: readonly Officer[]): Officer | undefined {
  const named = (role: Officer['role']) => officers.find((one) => one.role === role);
  return named('supervisor') ?? named('deputy') ?? named('officer');
}

/** The beginning of a digest as people compare it: 16 hex digits (64 bits) in groups of four. */
export function shortDigest(digest: string): string {
  const binary = atob(digest.replaceAll('-', '+').replaceAll('_', '/'));
  const hex = [...binary.slice(0, 8)]
    .map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('');
  return hex.toUpperCase().replace(/.{4}(?=.)/g, '$& ');
}
