/** A typesetting process that does what the page says: it hangs, crashes, uses all memory, or sets the page. */
import { TypesetFault } from '../../src/domain/message/letter.ts';
import type { Sheet } from '../../src/paper/typeset.ts';

const taken: Buffer[] = [];
const ACTS: Readonly<Record<string, () => void>> = {
  hang: () => {
    for (;;);
  },
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  exit: () => process.exit(3),
  'native-memory': () => {
    for (;;) taken.push(Buffer.alloc(16 * 1_048_576, 1));
  },
  heap: () => {
    const all: object[] = [];
    for (;;) all.push({ n: all.length, text: `text ${all.length}` });
  },
  disconnect: () => process.disconnect?.(),
};

process.on('message', ({ data, template }: Sheet) => {
  const { act } = data as { act: string };
  ACTS[act]?.();
  if (act === 'fault') process.send?.({ diagnostics: new TypesetFault(template, ['invented']).diagnostics });
  else if (act === 'code') process.send?.({ code: 'ENOENT' });
  else if (process.connected) process.send?.({ pdf: new TextEncoder().encode(`${process.pid}`) });
});
