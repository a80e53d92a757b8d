/**
 * Prints characters without a glyph in any font as code points, such as `[U+738B]`, so that nothing disappears
 * unnoticed. A pure function.
 */
import { changeTexts } from './texts.ts';

/** Whether a font has a glyph for a code point. */
type Covers = (point: number) => boolean;

/** A character with the marks that are drawn on it: one font must have all of them. */
const CLUSTER = /\P{M}?\p{M}*/gsu;
/** Line ends and what is not drawn by its nature: no font needs a glyph for these. */
const UNDRAWN = /^[\n\r\t\p{Default_Ignorable_Code_Point}]$/u;
/** Private use means nothing to a reader, and PDF/A-2a refuses it. */
const PRIVATE = /^\p{Co}$/u;

/** The same data with every text in it as the fonts can draw it; names of members stay as they are. */
export const makePrintable = (data: unknown, fonts: readonly Covers[]): unknown =>
  changeTexts(data, (text) => text.toWellFormed().replaceAll(CLUSTER, (cluster) => drawn(cluster, fonts)));

/** The same data with the characters of `texts` as code points, but for letters, digits and signs of ASCII. */
export function replaceCharacters(data: unknown, texts: readonly string[]): unknown {
  const refused = new Set([...texts.join('')].filter((one) => one > '~'));
  return changeTexts(data, (text) =>
    [...text].map((one) => (refused.has(one) ? asCodePoint(one) : one)).join(''),
  );
}

function drawn(cluster: string, fonts: readonly Covers[]): string {
  const points = [...cluster].filter((one) => !UNDRAWN.test(one));
  const has = (covers: Covers, one: string): boolean => !PRIVATE.test(one) && covers(one.codePointAt(0) ?? 0);
  if (fonts.some((covers) => points.every((one) => has(covers, one)))) return cluster;
  // No font has all of it, so the character is drawn without its marks.
  return [...cluster]
    .map((one, n) =>
      UNDRAWN.test(one) || (n === 0 && !/\p{M}/u.test(one) && fonts.some((covers) => has(covers, one)))
        ? one
        : asCodePoint(one),
    )
    .join('');
}

const asCodePoint = (one: string): string =>
  `[U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
