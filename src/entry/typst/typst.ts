/**
 * Typst, the typesetter, with the fonts of this program. Only for Node. It is loaded for the first page and then kept.
 * Loading takes 50 ms, and as much again for a text with Chinese; a page takes a few milliseconds.
 */
import { fileURLToPath } from 'node:url';
import type { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import { TypesetFault } from '../../domain/message/letter.ts';
import { makePrintable, replaceCharacters } from '../../paper/printable.ts';
import { FONT_FAMILIES, type FontFamily, fontFamiliesFor } from '../../paper/scripts.ts';
import type { Sheet, Typesetter } from '../../paper/typeset.ts';
import { type GlyphTest, readGlyphs } from './font-cover.ts';
import { readFonts } from './fonts.ts';
import { kindsOfDiagnostics, kindsOfExportFault, undisplayableTextsOf } from './typst-faults.ts';

/** The folder of the templates. A template reads nothing outside it. */
const FOLDER = new URL('../../paper/', import.meta.url);

/** PDF/A-2a (ISO 19005-2, level A): for archives, with tags for screen readers. */
const STANDARD = 'a-2a';

/** How often characters that the export refuses are replaced before the page is given up. */
const ROUNDS = 4;

/** A compiler with some of the families loaded. */
interface Loaded {
  readonly compiler: NodeCompiler;
  readonly covers: ReadonlyMap<FontFamily, GlyphTest>;
}

async function load(families: readonly FontFamily[]): Promise<Loaded> {
  const [{ NodeCompiler: Compiler }, fonts] = await Promise.all([
    import('@myriaddreamin/typst-ts-node-compiler'),
    readFonts(families),
  ]);
  const compiler = Compiler.create({
    workspace: fileURLToPath(FOLDER),
    fontArgs: [{ fontBlobs: fonts.map(({ bytes }) => bytes) }],
  });
  return { compiler, covers: new Map(fonts.map(({ family, bytes }) => [family, readGlyphs(bytes)])) };
}

/**
 * Makes a loader of compilers. It returns a compiler that has at least the given families; other loaded families do
 * not change the page.
 */
function loader(): (families: readonly FontFamily[]) => Promise<Loaded> {
  let latest: { readonly families: readonly FontFamily[]; readonly loaded: Promise<Loaded> } | undefined;
  return (families) => {
    const has = latest?.families ?? [];
    if (latest !== undefined && families.every((one) => has.includes(one))) return latest.loaded;
    const all = FONT_FAMILIES.filter((one) => families.includes(one) || has.includes(one));
    const mine = { families: all, loaded: load(all) };
    latest = mine;
    mine.loaded.catch(() => {
      if (latest === mine) latest = undefined;
    });
    return mine.loaded;
  };
}

/**
 * Makes a typesetter. Nothing is loaded until its first use. With `svg` it draws the pages of the same document as one
 * image, one below the other, so that a person can look at them.
 */
export function createTypesetter(form: 'pdf' | 'svg' = 'pdf'): Typesetter {
  const loadedWith = loader();
  return async (sheet) => {
    const families = fontFamiliesFor(JSON.stringify(sheet.data));
    const { compiler, covers } = await loadedWith(families);
    const fonts = families.flatMap((one) => covers.get(one) ?? []);
    try {
      const data = makePrintable(sheet.data, fonts);
      const { document, pdf } = set(compiler, { ...sheet, data, families }, ROUNDS);
      return form === 'pdf' ? pdf : new TextEncoder().encode(compiler.plainSvg(document));
    } finally {
      // The page may contain a case: none of it may stay in the typesetter's memory.
      compiler.evictCache(0);
    }
  };
}

/** A sheet, and the families in which it is set. */
interface InFonts extends Sheet {
  readonly families: readonly FontFamily[];
}

function set(compiler: NodeCompiler, sheet: InFonts, rounds: number) {
  const document = compiled(compiler, sheet);
  try {
    const creationTimestamp = Math.floor(sheet.at.getTime() / 1_000);
    const pdf = compiler.pdf(document, { pdfStandard: STANDARD, creationTimestamp });
    return { document, pdf: new Uint8Array(pdf) };
  } catch (fault) {
    const missing = undisplayableTextsOf(fault);
    if (rounds === 0 || missing.length === 0)
      throw new TypesetFault(sheet.template, kindsOfExportFault(fault));
    return set(compiler, { ...sheet, data: replaceCharacters(sheet.data, missing) }, rounds - 1);
  }
}

function compiled(compiler: NodeCompiler, { template, data, at, families }: InFonts) {
  const inputs = {
    data: JSON.stringify(data),
    fonts: JSON.stringify(families),
    year: String(at.getUTCFullYear()),
    month: String(at.getUTCMonth() + 1),
    day: String(at.getUTCDate()),
  };
  const result = compiler.compile({
    mainFilePath: fileURLToPath(new URL(`${template}.typ`, FOLDER)),
    inputs,
  });
  const faults = [result.takeDiagnostics(), result.takeWarnings()].flatMap(
    (one) => one?.shortDiagnostics ?? [],
  );
  const document = result.result;
  // A warning means that a font is missing or that a template is outdated, so it is treated as a fault.
  if (document === null || faults.length > 0) throw new TypesetFault(template, kindsOfDiagnostics(faults));
  return document;
}
