/** Words for people: the function that puts a phrase into a reader's language, and the short reference they use. */

/** What a phrase may be filled with. Dates are shown Gregorian, in Latin digits, with their time zone named. */
export type WordValues = Readonly<Record<string, string | number | Date>>;

/** A phrase by its Fluent id, in one of the four languages; unknown languages read English. */
export type Words = (lang: string, id: string, values?: WordValues) => string;

/** Eight digits out of the id's random half: enough to tell one message from another aloud, nothing about it. */
export const reference = (messageId: string): string => messageId.slice(-8).toUpperCase();
