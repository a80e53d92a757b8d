/** The process that sets pages, one after the other, as `typesetting.ts` sends them. It ends with its parent. */
import { TypesetFault } from '../../domain/message/letter.ts';
import type { Sheet } from '../../paper/typeset.ts';
import { startWatchdog } from '../server/watchdog.ts';
import { createTypesetter } from './typst.ts';

/** What came of a page. A fault says nothing of what was to be set. */
export type TypesetAnswer =
  | { readonly pdf: Uint8Array }
  | { readonly diagnostics: readonly string[] }
  | { readonly code: string };

/** The parent ends a page that takes too long; where the parent is gone, this does. Seconds. */
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
