/**
 * Prepares texts so that they fit on the page. A text without spaces gets places where a line may end, and a letter
 * keeps only as many marks as can be drawn. A pure function.
 */

/** A character with its combining marks. */
const CLUSTER = /\P{M}?\p{M}*/gsu;

/** Places where a line may already end: spaces except no-break spaces, and scripts that are written without spaces. */
const MAY_END =
  /^[\t\n\r \u1680\u2000-\u2006\u2008-\u200b\u205f\u3000\p{Script=Khmer}\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Han}]/u;

/** Letters that need at most half the width of the widest letters. */
const NARROW = /^[a-ln-vx-z0-9.,:;_/'()!-]/;

/** The number of narrow letters that fit into the narrowest column of a letter. */
const COLUMN = 48;

/**
 * The most marks on one letter: more than any script uses. The time that PDF readers need grows with the square of
 * this number.
 */
const MARKS = 8;

/** Inserts a zero-width space wherever a line would become longer than a column. */
export function addLineBreaks(text: string): string {
  let width = 0;
  return text.replaceAll(CLUSTER, (cluster) => {
    if (cluster === '') return '';
    if (MAY_END.test(cluster)) width = 0;
    else width += NARROW.test(cluster) ? 1 : 2;
    const drawn = withoutPile(cluster);
    if (width <= COLUMN) return drawn;
    width = 0;
    return `\u200b${drawn}`;
  });
}

/** Replaces the marks that do not fit on a letter by their number. */
function withoutPile(cluster: string): string {
  const points = [...cluster];
  const kept = MARKS + (/^\p{M}/u.test(cluster) ? 0 : 1);
  return points.length <= kept ? cluster : `${points.slice(0, kept).join('')}[+${points.length - kept}]`;
}
