/** Typst's diagnostics by kind. Their texts may quote what stands on the page, and go no further than this file. */

/** How the message begins or what it holds, and what it is called in the log. */
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

/** One entry of `shortDiagnostics`, as far as it is read here. */
interface TypstDiagnostic {
  readonly message: string;
}

/** Each kind once. */
export const kindsOfDiagnostics = (found: readonly TypstDiagnostic[]): readonly string[] => [
  ...new Set(found.map(({ message }) => kindOf(message))),
];

/** The messages in what the PDF export throws, which is the debug form of Rust. */
const messagesIn = (fault: unknown): readonly TypstDiagnostic[] =>
  [...(fault instanceof Error ? fault.message : '').matchAll(/\bmessage: "((?:[^"\\]|\\.)*)"/gs)].map(
    ([, message = '']) => ({ message }),
  );

/** The kinds of what the PDF export throws. */
export const kindsOfExportFault = (fault: unknown): readonly string[] => {
  const found = kindsOfDiagnostics(messagesIn(fault));
  return found.length === 0 ? ['other'] : found;
};

/** Texts that the PDF export found no glyph for, in Rust's debug spelling twice over. */
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
