/** Prints the SHA-256 of three letters: run twice, with and without the fonts of the system. */
import { createHash } from 'node:crypto';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { createTypesetter } from '../../src/entry/typst/typst.ts';
import { createLetterWriter } from '../../src/paper/letter.ts';
import { makeLetter, makeManyScriptLetter, makeRareLetter } from './letters.ts';

const write = createLetterWriter(phrasesFromFiles(), createTypesetter());
for (const one of [makeLetter(), makeRareLetter(), makeManyScriptLetter()])
  process.stdout.write(
    `${createHash('sha256')
      .update(await write(one))
      .digest('hex')}\n`,
  );
