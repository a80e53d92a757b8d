/**
 * The fonts of all pages: Noto Sans from npm (SIL Open Font License), under family names of this program. The
 * typesetter always reads the fonts of the system too, but none of them has these names. So the same page gives the
 * same bytes on every machine.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FontFamily } from '../../paper/scripts.ts';
import { renameFont } from './font-name.ts';

/** The place of each family in the packages `@expo-google-fonts/*`, which contain all of it as static TrueType files. */
const SOURCES: Readonly<Record<FontFamily, readonly [folder: string, file: string]>> = {
  'Amanat Sans': ['noto-sans', 'NotoSans'],
  'Amanat Khmer': ['noto-sans-khmer', 'NotoSansKhmer'],
  'Amanat Thai': ['noto-sans-thai', 'NotoSansThai'],
  'Amanat Lao': ['noto-sans-lao', 'NotoSansLao'],
  'Amanat Burmese': ['noto-sans-myanmar', 'NotoSansMyanmar'],
  'Amanat Tamil': ['noto-sans-tamil', 'NotoSansTamil'],
  'Amanat Arabic': ['noto-sans-arabic', 'NotoSansArabic'],
  'Amanat Simplified Chinese': ['noto-sans-sc', 'NotoSansSC'],
  'Amanat Traditional Chinese': ['noto-sans-tc', 'NotoSansTC'],
};
const WEIGHTS: readonly string[] = ['400Regular', '700Bold'];

/** A font file under the family name of this program. */
interface NamedFont {
  readonly family: FontFamily;
  readonly bytes: Buffer;
}

/** Reads the files of the families, each in every weight. @throws Error if a package is not installed */
export async function readFonts(families: readonly FontFamily[]): Promise<readonly NamedFont[]> {
  const require = createRequire(import.meta.url);
  const files = families.flatMap((family) => {
    const [folder, file] = SOURCES[family];
    return WEIGHTS.map((weight) => ({
      family,
      path: require.resolve(`@expo-google-fonts/${folder}/${weight}/${file}_${weight}.ttf`),
    }));
  });
  return Promise.all(
    files.map(async ({ family, path }) => ({ family, bytes: renameFont(await readFile(path), family) })),
  );
}
