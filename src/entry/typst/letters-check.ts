/** Checks whether pages can be set here, with a test page: at start and in `amanat doctor`. */
import { TypesetFault } from '../../domain/message/letter.ts';
import type { Watching } from '../../gateway-parts.ts';
import { FONT_FAMILIES, type FontFamily } from '../../paper/scripts.ts';
import { makeTestPage, SCRIPT_SAMPLES } from '../../paper/test-page.ts';
import type { Typesetter } from '../../paper/typeset.ts';
import { readGlyphs } from './font-cover.ts';
import { readFonts } from './fonts.ts';

/** The faults that were found, as kinds that may be logged; empty if all is well. */
export async function findLetterFaults(
  typeset: Typesetter,
  page: { readonly at: Date; readonly all: boolean },
): Promise<readonly string[]> {
  try {
    const pdf = await typeset(makeTestPage(page.at, page.all));
    return Buffer.from(pdf.subarray(0, 5)).toString('latin1') === '%PDF-' ? [] : ['no-pdf'];
  } catch (fault) {
    if (fault instanceof TypesetFault) return fault.diagnostics;
    return [fault instanceof Error && 'code' in fault ? String(fault.code) : 'fault'];
  }
}

/** The families whose files are missing here, or that lack letters of their own script. */
export async function findBrokenFamilies(): Promise<readonly FontFamily[]> {
  const found = await Promise.all(FONT_FAMILIES.map(async (one) => ((await isWhole(one)) ? [] : [one])));
  return found.flat();
}

async function isWhole(family: FontFamily): Promise<boolean> {
  try {
    const letters = SCRIPT_SAMPLES[family].replaceAll(/\s/g, '');
    return (await readFonts([family])).every(({ bytes }) => {
      const covers = readGlyphs(bytes);
      return [...letters].every((one) => covers(one.codePointAt(0) ?? 0));
    });
  } catch {
    return false;
  }
}

/** At start: reports what does not work, on the board of parts and in the log. */
export async function noteLetterFaults(gateway: Watching, typeset: Typesetter): Promise<void> {
  const [faults, families] = await Promise.all([
    findLetterFaults(typeset, { at: gateway.now(), all: false }),
    findBrokenFamilies(),
  ]);
  if (faults.length > 0) {
    gateway.log.error('letters.not-working', { diagnostics: faults.join(', ') });
    gateway.parts.fails('letters');
  }
  if (families.length > 0) {
    gateway.log.error('fonts.missing', { families: families.join(', ') });
    gateway.parts.fails('fonts');
  }
}
