/**
 * Text that people write, as every door takes it: Unicode scalar values only (RFC 7493 §2.1), and nothing in it that moves a
 * cursor. Names are stricter: what looks alike must be alike. A text that is too long is judged no further: the time that
 * normalizing takes grows with the square of its marks.
 */
import { z } from 'zod';

/** Zero-width non-joiner and joiner: Khmer, Burmese, Arabic and the scripts of India need them between letters. */
const JOINERS = /(?<=[\p{L}\p{M}])[\u200C\u200D](?=[\p{L}\p{M}])/gu;

/** The choice of a glyph for a Han character, as names in registers have it. */
const GLYPH_CHOICES = /(?<=\p{Script=Han})[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/gu;

/** Letters and marks that show nothing: fillers, selectors of glyphs, the pattern of Braille without a dot. */
const BLANK = /[\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Anything that a reader sees. */
const SEEN = /[^\p{Cc}\p{Cf}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Control, formatting, private and unpaired characters, and separators of lines and paragraphs. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Control characters other than tab and line ends. */
const CONTROL = /(?![\t\n\r])\p{Cc}/u;

/** More marks on one letter than any script writes. */
const STACKED = /\p{M}{8}/u;

const isUnicode = (text: string): boolean => text.isWellFormed();

/** Text of several lines, trimmed: `max` counts UTF-16 units. */
export const plainText = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max, { abort: true })
    .refine(isUnicode, { error: 'must be Unicode text, without half a surrogate pair', abort: true })
    .refine((one) => !CONTROL.test(one), 'must not hold control characters')
    .refine((one) => SEEN.test(one), 'must hold something that can be seen');

/** A name in its one spelling: NFC (Unicode UAX 15), single spaces, no zero-width space, nothing around it. */
export const canonicalNameOf = (name: string): string =>
  name
    .replaceAll('\u200B', '')
    .replaceAll(/\p{Zs}+/gu, ' ')
    .trim()
    .normalize('NFC');

/** Whether a name is in its one spelling and shows all that it holds. */
export const isPlainName = (name: string): boolean =>
  name === canonicalNameOf(name) &&
  !INVISIBLE.test(name.replaceAll(JOINERS, '')) &&
  !BLANK.test(name.replaceAll(JOINERS, '').replaceAll(GLYPH_CHOICES, '')) &&
  !STACKED.test(name) &&
  /[\p{L}\p{N}]/u.test(name);

const NOT_PLAIN =
  'must be a name: letters, digits and single spaces, without control or formatting characters';

/** The name of a person, a desk or a place, brought into its one spelling: 1 to `max` UTF-16 units. */
export const name = (max: number) =>
  z.string().max(max, { abort: true }).overwrite(canonicalNameOf).min(1).refine(isPlainName, NOT_PLAIN);

/**
 * A name in a statement that is kept as it was signed. Statements of earlier versions hold names that {@link isPlainName} refuses;
 * these stay valid, and no new one is signed or imported.
 */
export const signedName = (max: number) =>
  z
    .string()
    .min(1)
    .max(max, { abort: true })
    .refine(isUnicode, 'must be Unicode text, without half a surrogate pair');

/** Names in a statement that are not in their one spelling, by their paths, each with what is wrong with it. */
export const findUnplainNames = (names: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(names)
    .filter(([, one]) => !isPlainName(one))
    .map(([path]) => `${path}: ${NOT_PLAIN}`);

/**
 * Where in a JSON value a text or a member's name holds half a surrogate pair: its path, for the sender of the value, who
 * is told it. Undefined where all is Unicode. The value's depth is bounded by whoever parsed it.
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
