/**
 * Text written by people, as every API route, page and channel accepts it: Unicode scalar values only (RFC 7493
 * §2.1), without characters that move the cursor. Names are stricter: names that look the same must be the same.
 * The length is checked first, because the time to normalize grows with the square of the combining marks.
 */
import { z } from 'zod';

/** Zero-width non-joiner and joiner. Khmer, Burmese, Arabic and Indian scripts need them between letters. */
const JOINERS = /(?<=[\p{L}\p{M}])[\u200C\u200D](?=[\p{L}\p{M}])/gu;

/** Variation selectors of a Han character, as registers use them in names. */
const GLYPH_CHOICES = /(?<=\p{Script=Han})[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/gu;

/** Letters and marks that show nothing: fillers, variation selectors, the blank Braille pattern. */
const BLANK = /[\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Any visible character. */
const SEEN = /[^\p{Cc}\p{Cf}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Control, formatting, private-use and unpaired characters, and line and paragraph separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Control characters other than tab and line ends. */
const CONTROL = /(?![\t\n\r])\p{Cc}/u;

/** More combining marks on one letter than any script uses. */
const STACKED = /\p{M}{8}/u;

const isUnicode = (text: string): boolean => text.isWellFormed();

/** Text of several lines, trimmed. `max` counts UTF-16 units. */
export const plainText = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max, { abort: true })
    .refine(isUnicode, { error: 'must be Unicode text, without half a surrogate pair', abort: true })
    .refine((one) => !CONTROL.test(one), 'must not contain control characters')
    .refine((one) => SEEN.test(one), 'must contain a visible character');

/** The canonical spelling of a name: NFC (Unicode UAX 15), single spaces, no zero-width space, no space around it. */
export const canonicalNameOf = (name: string): string =>
  name
    .replaceAll('\u200B', '')
    .replaceAll(/\p{Zs}+/gu, ' ')
    .trim()
    .normalize('NFC');

/** Whether a name has its canonical spelling and no invisible characters. */
export const isPlainName = (name: string): boolean =>
  name === canonicalNameOf(name) &&
  !INVISIBLE.test(name.replaceAll(JOINERS, '')) &&
  !BLANK.test(name.replaceAll(JOINERS, '').replaceAll(GLYPH_CHOICES, '')) &&
  !STACKED.test(name) &&
  /[\p{L}\p{N}]/u.test(name);

const NOT_PLAIN =
  'must be a name: letters, digits and single spaces, without control or formatting characters';

/**
 * The name of a person, a focal point or a place. It is converted to its canonical spelling; 1 to `max` UTF-16
 * units.
 */
export const name = (max: number) =>
  z.string().max(max, { abort: true }).overwrite(canonicalNameOf).min(1).refine(isPlainName, NOT_PLAIN);

/**
 * A name in a statement, kept as it was signed. Statements of earlier versions contain names that {@link
 * isPlainName} refuses. They stay valid, but such a name is refused in a statement that is signed or imported now.
 */
export const signedName = (max: number) =>
  z
    .string()
    .min(1)
    .max(max, { abort: true })
    .refine(isUnicode, 'must be Unicode text, without half a surrogate pair');

/** Finds the names in a statement that are not in canonical spelling. Returns the path of each, with the fault. */
export const findUnplainNames = (names: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(names)
    .filter(([, one]) => !isPlainName(one))
    .map(([path]) => `${path}: ${NOT_PLAIN}`);

/**
 * Finds a text or member name with half a surrogate pair in a JSON value. Returns its path, which is reported to
 * the sender of the value; undefined if there is none. The parser has bounded the depth of the value already.
 */
export function findBadText(value: unknown, path: readonly string[] = []): readonly string[] | undefined {
  if (typeof value === 'string') return isUnicode(value) ? undefined : path;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [member, one] of Object.entries(value)) {
    if (!isUnicode(member)) return [...path, 'a member’s name'];
    const place = findBadText(one, [...path, member.slice(0, 40)]);
    if (place !== undefined) return place;
  }
  return undefined;
}
