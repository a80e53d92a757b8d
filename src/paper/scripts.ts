/** Finds the font families that a page needs for the scripts in its text. Pure functions. */

/** Families for every page, in the order in which they are searched for a character. */
const ALWAYS = ['Amanat Sans', 'Amanat Khmer', 'Amanat Thai', 'Amanat Lao', 'Amanat Burmese'] as const;
const SIMPLIFIED = 'Amanat Simplified Chinese';
const TRADITIONAL = 'Amanat Traditional Chinese';

/** All families. No font of the system has one of these names. */
export const FONT_FAMILIES = [...ALWAYS, 'Amanat Tamil', 'Amanat Arabic', SIMPLIFIED, TRADITIONAL] as const;
export type FontFamily = (typeof FONT_FAMILIES)[number];

/** Chinese characters, and the punctuation and wide forms that are used with them. */
const CHINESE = /[\p{Script_Extensions=Han}\p{Script_Extensions=Bopomofo}\u3000-\u303f\uff00-\uffef]/u;

/**
 * The families for a text, in the order in which they are searched for a character. Large families are included only
 * if the text needs them.
 */
export function fontFamiliesFor(text: string): readonly FontFamily[] {
  return [
    ...ALWAYS,
    ...(/\p{Script=Tamil}/u.test(text) ? (['Amanat Tamil'] as const) : []),
    ...(/\p{Script=Arabic}/u.test(text) ? (['Amanat Arabic'] as const) : []),
    ...(CHINESE.test(text) ? chineseFor(text) : []),
  ];
}

/**
 * Both families have most characters, but draw them in the style of their own readers. The first is the one to which
 * more of the text's characters belong.
 */
function chineseFor(text: string): readonly FontFamily[] {
  const { simplified, traditional } = charsets();
  const own = (of: ReadonlySet<string>, other: ReadonlySet<string>): number =>
    [...text].filter((one) => of.has(one) && !other.has(one)).length;
  return own(traditional, simplified) > own(simplified, traditional)
    ? [TRADITIONAL, SIMPLIFIED]
    : [SIMPLIFIED, TRADITIONAL];
}

interface Charsets {
  readonly simplified: ReadonlySet<string>;
  readonly traditional: ReadonlySet<string>;
}

let known: Charsets | undefined;

/**
 * The characters of GB 2312 (simplified) and the common ones of Big5 (traditional), from their positions in the code.
 */
function charsets(): Charsets {
  known ??= {
    simplified: decoded('gbk', [0xb0, 0xf7], [0xa1, 0xfe]),
    traditional: decoded('big5', [0xa4, 0xc6], [0x40, 0xfe]),
  };
  return known;
}

type Span = readonly [first: number, last: number];

function decoded(charset: string, leads: Span, trails: Span): ReadonlySet<string> {
  const bytes: number[] = [];
  for (let lead = leads[0]; lead <= leads[1]; lead++)
    for (let trail = trails[0]; trail <= trails[1]; trail++) bytes.push(lead, trail, 0x20);
  const text = new TextDecoder(charset).decode(new Uint8Array(bytes));
  return new Set([...text].filter((one) => /\p{Script=Han}/u.test(one)));
}
