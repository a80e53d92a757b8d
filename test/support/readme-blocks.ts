/** What a document has its reader do, in the order of the page: files to save and lines to type. */

/** A file that the text before a block tells to save under this name. */
export interface FileToSave {
  readonly name: string;
  readonly text: string;
}

/** A step is a line to type or a file to save. */
export type Step = string | FileToSave;

/** Reads every block of a document, in order. @throws if a reader is not told what to do with one */
export function readSteps(document: string): readonly Step[] {
  const blocks = [...document.matchAll(/([^\n]*(?:\n[^\n]+)*)\n+```(\w*)\n([\s\S]+?)^```$/gm)];
  const fences = document.match(/^ *```/gm) ?? [];
  if (fences.length !== 2 * blocks.length) throw new Error('a block is not read: it must follow a paragraph');
  return blocks.flatMap(([, before = '', kind, text = '']): readonly Step[] =>
    kind === 'sh' ? linesOf(text) : [fileOf(before, text)],
  );
}

/** The lines of a block without their comments; a backslash joins lines. */
const linesOf = (block: string): readonly string[] =>
  block
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((text) => text.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

function fileOf(before: string, text: string): FileToSave {
  const name = /as `([\w-]+\.\w+)`/.exec(before)?.[1];
  if (name === undefined) throw new Error(`no line for a shell, and no name to save it as: ${text}`);
  return { name, text };
}
