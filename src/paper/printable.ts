/**
 * Replaces characters without a glyph in any font by their code points, such as `[U+738B]`, so that nothing disappears
 * unnoticed. A pure function.
 */
import { changeTexts } from './texts.ts';

/** Whether a font has a glyph for a code point. */
type Covers = (point: number) => boolean;

/** A character with its combining marks: one font must have glyphs for all of them. */
const CLUSTER = /\P{M}?\p{M}*/gsu;
/** Line ends and characters that are invisible by definition: no font needs a glyph for these. */
const UNDRAWN = /^[\n\r\t\p{Default_Ignorable_Code_Point}]$/u;
/** Characters for private use: they have no common meaning, and PDF/A-2a forbids them. */
const PRIVATE = /^\p{Co}$/u;

/** Returns the same data with every text as the fonts can draw it. Names of members do not change. */
export const makePrintable = (data: unknown, fonts: readonly Covers[]): unknown =>
  changeTexts(data, (text) => text.toWellFormed().replaceAll(CLUSTER, (cluster) => drawn(cluster, fonts)));

/** Returns the same data with the characters of `texts` as code points, except ASCII letters, digits and signs. */
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
  // No font has glyphs for the character and all its marks, so the character is drawn without its marks.
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
