/** The process that sets pages, one after the other, as `typesetting.ts` sends them. It ends when its parent ends. */
import { TypesetFault } from '../../domain/message/letter.ts';
import type { Sheet } from '../../paper/typeset.ts';
import { startWatchdog } from '../server/watchdog.ts';
import { createTypesetter } from './typst.ts';

/** The result of a page. A fault contains nothing of the page's text. */
export type TypesetAnswer =
  | { readonly pdf: Uint8Array }
  | { readonly diagnostics: readonly string[] }
  | { readonly code: string };

/**
 * Time limit of a page in seconds. Normally the parent enforces its own limit; this one applies if the parent is gone.
 */
const LONGEST = 60;

const typeset = createTypesetter();

async function answerTo(sheet: Sheet): Promise<TypesetAnswer> {
  try {
    return { pdf: await typeset(sheet) };
  } catch (fault) {
    if (fault instanceof TypesetFault) return { diagnostics: fault.diagnostics };
    return { code: fault instanceof Error && 'code' in fault ? String(fault.code) : 'fault' };
  }
}

process.on('message', (sheet: Sheet) => void answerTo(sheet).then((answer) => process.send?.(answer)));
process.on('disconnect', () => process.exit());
startWatchdog({ seconds: LONGEST });
