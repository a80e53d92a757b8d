/** Words for people: the function that puts a phrase into a reader's language, and the short reference they use. */

/** Who reads: in which language (BCP 47), and in which zone (IANA) times are shown. */
export interface Reader {
  readonly lang: string;
  readonly zone: string;
}

/** What a phrase may be filled with. Dates are shown Gregorian, in Latin digits, with their time zone named. */
export type PhraseValues = Readonly<Record<string, string | number | Date>>;

/** The same without times: a language alone does not say on which clock its reader looks. */
export type TimelessValues = Readonly<Record<string, string | number>>;

/** A phrase by its Fluent id, in one of the four languages; unknown languages read English. A time needs a reader's zone. */
export interface Phrases {
  (lang: string, id: string, values?: TimelessValues): string;
  (reader: Reader, id: string, values?: PhraseValues): string;
}

/** Eight digits out of the id's random half: enough to tell one message from another aloud, nothing about it. */
export const referenceOf = (messageId: string): string => messageId.slice(-8).toUpperCase();
