/** Which font families a page needs for the scripts in its text. Pure. */

/** On every page, in the order in which they are asked for a character. */
const ALWAYS = ['Amanat Sans', 'Amanat Khmer', 'Amanat Thai', 'Amanat Lao', 'Amanat Burmese'] as const;
const SIMPLIFIED = 'Amanat Simplified Chinese';
const TRADITIONAL = 'Amanat Traditional Chinese';

/** All there are. The names are our own: no font of the system has one of them. */
export const FONT_FAMILIES = [...ALWAYS, 'Amanat Tamil', 'Amanat Arabic', SIMPLIFIED, TRADITIONAL] as const;
export type FontFamily = (typeof FONT_FAMILIES)[number];

/** Chinese characters, and the marks and wide forms that are written with them. */
const CHINESE = /[\p{Script_Extensions=Han}\p{Script_Extensions=Bopomofo}\u3000-\u303f\uff00-\uffef]/u;

/**
 * The families for a text, in the order in which a character is looked for in them. Large ones are named only where
 * the text needs them.
 */
export function fontFamiliesFor(text: string): readonly FontFamily[] {
  return [
    ...ALWAYS,
    ...(/\p{Script=Tamil}/u.test(text) ? (['Amanat Tamil'] as const) : []),
    ...(/\p{Script=Arabic}/u.test(text) ? (['Amanat Arabic'] as const) : []),
    ...(CHINESE.test(text) ? chineseFor(text) : []),
  ];
}

/** Both know most characters, and draw them as their readers know them: first the one whose own characters prevail. */
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

/** The characters of GB 2312 (simplified) and the common ones of Big5 (traditional), by their place in the code. */
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
