/** Prints the SHA-256 of three letters: run twice, with and without the fonts of the system. */
import { createHash } from 'node:crypto';
import { typesetter } from '../../src/entry/typst/typst.ts';
import { wordsFromFiles } from '../../src/entry/words-from-files.ts';
import { letterWriter } from '../../src/paper/letter.ts';
import { letter, manyScripts, rareScripts } from './letters.ts';

const write = letterWriter(wordsFromFiles(), typesetter());
for (const one of [letter(), rareScripts(), manyScripts()])
  process.stdout.write(
    `${createHash('sha256')
      .update(await write(one))
      .digest('hex')}\n`,
  );
