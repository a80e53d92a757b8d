/**
 * Typst, the typesetter, with the fonts of the region's scripts. Node only. It is loaded when the first page is asked
 * for, and kept: loading costs a third of a second, a page a few milliseconds.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { NodeCompiler, NodeError } from '@myriaddreamin/typst-ts-node-compiler';
import type { Sheet, Typeset } from '../paper/typeset.ts';

/** Where the templates lie; a template reads nothing outside. */
const FOLDER = new URL('../paper/', import.meta.url);

/** Each font package and those of its subsets that are needed, all under the SIL Open Font License. */
const FONTS: readonly (readonly [family: string, subsets: readonly string[]])[] = [
  ['noto-sans', ['latin', 'latin-ext', 'vietnamese']],
  ['noto-sans-khmer', ['khmer']],
  ['noto-sans-thai', ['thai']],
  ['noto-sans-lao', ['lao']],
  ['noto-sans-myanmar', ['myanmar']],
];
const WEIGHTS = [400, 700];

/** PDF/A-2a (ISO 19005-2, level A): for archives, tagged for screen readers. */
const STANDARD = 'a-2a';

/** How often characters that no font has are replaced before the page counts as one that cannot be set. */
const ROUNDS = 8;

async function load(): Promise<NodeCompiler> {
  const require = createRequire(import.meta.url);
  const files = FONTS.flatMap(([family, subsets]) =>
    subsets.flatMap((subset) =>
      WEIGHTS.map((weight) => `@fontsource/${family}/files/${family}-${subset}-${weight}-normal.woff2`),
    ),
  );
  const [{ NodeCompiler: Compiler }, ...fontBlobs] = await Promise.all([
    import('@myriaddreamin/typst-ts-node-compiler'),
    ...files.map((file) => readFile(require.resolve(file))),
  ]);
  return Compiler.create({ workspace: fileURLToPath(FOLDER), fontArgs: [{ fontBlobs }] });
}

/**
 * A typesetter. Nothing is loaded until it is first used. As `svg` it draws the pages of the same document, one under
 * the other, for those who want to look at them.
 */
export function typesetter(form: 'pdf' | 'svg' = 'pdf'): Typeset {
  let loaded: Promise<NodeCompiler> | undefined;
  return async (sheet) => {
    loaded ??= load().catch((fault: unknown) => {
      loaded = undefined;
      throw fault;
    });
    const compiler = await loaded;
    try {
      const { document, pdf } = set(compiler, sheet, asJson(sheet.data), ROUNDS);
      return form === 'pdf' ? pdf : new TextEncoder().encode(compiler.plainSvg(document));
    } finally {
      // What was set may be a case: none of it stays in the typesetter's memory.
      compiler.evictCache(0);
    }
  };
}

/** JSON for a reader that takes no half of a surrogate pair, which a text from outside may hold. */
const asJson = (data: unknown): string =>
  JSON.stringify(data, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value));

function set(compiler: NodeCompiler, sheet: Sheet, data: string, rounds: number) {
  const document = compiled(compiler, sheet, data);
  try {
    const creationTimestamp = Math.floor(sheet.at.getTime() / 1_000);
    const pdf = compiler.pdf(document, { pdfStandard: STANDARD, creationTimestamp });
    return { document, pdf: new Uint8Array(pdf) };
  } catch (fault) {
    const missing = rounds > 0 ? undisplayable(fault) : [];
    if (missing.length === 0) throw new Error('the page cannot be written as PDF');
    return set(compiler, sheet, missing.reduce(asCodePoints, data), rounds - 1);
  }
}

function compiled(compiler: NodeCompiler, { template, at }: Sheet, data: string) {
  const inputs = {
    data,
    year: String(at.getUTCFullYear()),
    month: String(at.getUTCMonth() + 1),
    day: String(at.getUTCDate()),
  };
  const result = compiler.compile({
    mainFilePath: fileURLToPath(new URL(`${template}.typ`, FOLDER)),
    inputs,
  });
  const faults = [...problems(result.takeDiagnostics()), ...problems(result.takeWarnings())];
  const document = result.result;
  // A warning is a font that is not there or a template that drifts: it must not pass unseen. Its text may hold data.
  if (document === null || faults.length > 0) throw new Error(`the template ${template} does not hold`);
  return document;
}

const problems = (found: NodeError | null): readonly unknown[] => found?.shortDiagnostics ?? [];

/** Texts that no font has a glyph for, as the PDF export names them: in the debug spelling of Rust. */
function undisplayable(fault: unknown): readonly string[] {
  const text = fault instanceof Error ? fault.message : '';
  const found = [...text.matchAll(/the text `\\"(.*?)\\"` could not be displayed/gs)].map(([, one = '']) =>
    one
      .replaceAll(/\\+u\{([0-9a-f]{1,6})\}/g, (_, hex: string) =>
        String.fromCodePoint(Number.parseInt(hex, 16)),
      )
      .replaceAll(/\\+(?=['"\\])/g, ''),
  );
  return [...new Set(found)].filter((one) => one !== '');
}

/** Nothing is lost silently: what cannot be shown is named by its code points, as in `[U+738B]`. */
const asCodePoints = (data: string, text: string): string =>
  data.replaceAll(
    text,
    [...text]
      .map((one) => `[U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`)
      .join(''),
  );
