/** Whether pages can be set here: tried with a test page, at start and by `amanat doctor`. */
import { TypesetFault } from '../../domain/words/typesetting.ts';
import type { Watching } from '../../gateway-parts.ts';
import { FAMILIES, type Family } from '../../paper/scripts.ts';
import { SAMPLES, testPage } from '../../paper/test-page.ts';
import type { Typeset } from '../../paper/typeset.ts';
import { coverOf } from './font-cover.ts';
import { fontsOf } from './fonts.ts';

/** What was found wrong, as kinds fit for a log; none where all is well. */
export async function lettersFaults(
  typeset: Typeset,
  page: { readonly at: Date; readonly all: boolean },
): Promise<readonly string[]> {
  try {
    const pdf = await typeset(testPage(page.at, page.all));
    return Buffer.from(pdf.subarray(0, 5)).toString('latin1') === '%PDF-' ? [] : ['no-pdf'];
  } catch (fault) {
    if (fault instanceof TypesetFault) return fault.diagnostics;
    return [fault instanceof Error && 'code' in fault ? String(fault.code) : 'fault'];
  }
}

/** The families whose files are missing here, or lack letters of their own script. */
export async function brokenFamilies(): Promise<readonly Family[]> {
  const found = await Promise.all(FAMILIES.map(async (one) => ((await isWhole(one)) ? [] : [one])));
  return found.flat();
}

async function isWhole(family: Family): Promise<boolean> {
  try {
    const letters = SAMPLES[family].replaceAll(/\s/g, '');
    return (await fontsOf([family])).every(({ bytes }) => {
      const covers = coverOf(bytes);
      return [...letters].every((one) => covers(one.codePointAt(0) ?? 0));
    });
  } catch {
    return false;
  }
}

/** At start: notes on the board of parts, and in the log, what does not work. */
export async function noteLetters(gateway: Watching, typeset: Typeset): Promise<void> {
  const [faults, families] = await Promise.all([
    lettersFaults(typeset, { at: gateway.now(), all: false }),
    brokenFamilies(),
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
