/** Phrases for people: the function that translates them, and the short reference of a message. */

/** A reader: the language (BCP 47) to write in, and the zone (IANA) to show times in. */
export interface Reader {
  readonly lang: string;
  readonly zone: string;
}

/** Values to fill into a phrase. Dates are shown Gregorian, in Latin digits, with the name of their time zone. */
export type PhraseValues = Readonly<Record<string, string | number | Date>>;

/** Values without times: a language alone does not say in which zone to show them. */
export type TimelessValues = Readonly<Record<string, string | number>>;

/**
 * Translates a phrase, given by its Fluent id, into one of the four languages; any other language gets English. A
 * time needs a reader, for the zone.
 */
export interface Phrases {
  (lang: string, id: string, values?: TimelessValues): string;
  (reader: Reader, id: string, values?: PhraseValues): string;
}

/**
 * Eight digits of the id's random half. They tell messages apart when read aloud, and reveal nothing of the
 * message.
 */
export const referenceOf = (messageId: string): string => messageId.slice(-8).toUpperCase();
