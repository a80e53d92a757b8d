/** What a document has its reader do, in the order of the page: files to save and lines to type. */

/** A file that the text before a block tells to save under this name. */
export interface FileToSave {
  readonly name: string;
  readonly text: string;
}

/** Reads every block of a document. A block for a shell gives its lines; a block saved as a file gives that file. */
export const readSteps = (document: string): readonly (string | FileToSave)[] =>
  [...document.matchAll(/([^\n]*(?:\n[^\n]+)*)\n+```(sh|js|json)\n([\s\S]+?)^```/gm)].flatMap(
    ([, before = '', kind, text = '']): readonly (string | FileToSave)[] =>
      kind === 'sh' ? linesOf(text) : filesOf(before, text),
  );

/** The lines of a block without their comments; a backslash joins lines. */
const linesOf = (block: string): readonly string[] =>
  block
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((text) => text.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

function filesOf(before: string, text: string): readonly FileToSave[] {
  const name = /as `([\w-]+\.(?:mjs|json))`/.exec(before)?.[1];
  return name === undefined ? [] : [{ name, text }];
}
