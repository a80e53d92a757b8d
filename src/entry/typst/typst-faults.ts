/** Kinds of Typst's diagnostics. The diagnostics may quote the page's text, so only their kinds leave this file. */

/** Pairs: what the message begins with or contains, and the kind for the log. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^unknown font family/, 'font-missing'],
  [/could not be displayed/, 'glyph-missing'],
  [/^failed to parse JSON/, 'data-unreadable'],
  [/^PDF\/A/, 'not-pdf-a'],
  [/^panicked/, 'template-stopped'],
  [/^(?:file not found|failed to load)/, 'template-missing'],
  [
    /^(?:dictionary|array|string|expected|unexpected|cannot|unknown variable|missing argument)/,
    'template-broken',
  ],
  [/layout did not converge/, 'layout-unstable'],
];

const kindOf = (message: string): string => KINDS.find(([pattern]) => pattern.test(message))?.[1] ?? 'other';

/** One entry of `shortDiagnostics`, with the members that are used here. */
interface TypstDiagnostic {
  readonly message: string;
}

/** The kinds of the diagnostics, each once. */
export const kindsOfDiagnostics = (found: readonly TypstDiagnostic[]): readonly string[] => [
  ...new Set(found.map(({ message }) => kindOf(message))),
];

/** Reads the messages from an error of the PDF export, which has the debug format of Rust. */
const messagesIn = (fault: unknown): readonly TypstDiagnostic[] =>
  [...(fault instanceof Error ? fault.message : '').matchAll(/\bmessage: "((?:[^"\\]|\\.)*)"/gs)].map(
    ([, message = '']) => ({ message }),
  );

/** The kinds of an error of the PDF export. */
export const kindsOfExportFault = (fault: unknown): readonly string[] => {
  const found = kindsOfDiagnostics(messagesIn(fault));
  return found.length === 0 ? ['other'] : found;
};

/** Texts for which the PDF export found no glyph. They are escaped twice in the debug format of Rust. */
export const undisplayableTextsOf = (fault: unknown): readonly string[] =>
  messagesIn(fault).flatMap(({ message }) => {
    const [, text] = /the text `\\"(.*?)\\"` could not be displayed/s.exec(message) ?? [];
    return text === undefined ? [] : [unescaped(text)];
  });

const unescaped = (text: string): string =>
  text
    .replaceAll(/\\+u\{([0-9a-f]{1,6})\}/g, (_, hex: string) =>
      String.fromCodePoint(Number.parseInt(hex, 16)),
    )
    .replaceAll(/\\+(?=['"\\])/g, '');
