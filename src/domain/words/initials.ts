/** Initials of officers: their colleagues can tell them apart, and others who see the page do not learn their names. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Cuts each word of a name to its first `length` graphemes; a point marks a cut word. */
const shortened = (words: readonly (readonly string[])[], length: number): string =>
  words
    .map((word) => (word.length <= length ? word.join('') : `${word.slice(0, length).join('')}.`))
    .join(' ');

const wordsOf = (name: string): readonly (readonly string[])[] =>
  name
    .normalize('NFC')
    .trim()
    .split(/\s+/)
    .map((word) => [...graphemes.segment(word)].map(({ segment }) => segment));

/**
 * The initials of each name, in the order given. Names with the same initials get more graphemes of each word until
 * they differ. Equal names get a number.
 */
export function initialsOf(names: readonly string[]): readonly string[] {
  const all = names.map(wordsOf);
  const labels = all.map((words) => shortened(words, 1));
  const longest = Math.max(0, ...all.flat().map((word) => word.length));
  for (let length = 2; length <= longest; length += 1) {
    const before = [...labels];
    for (const [n, words] of all.entries())
      if (before.filter((one) => one === before[n]).length > 1) labels[n] = shortened(words, length);
  }
  return labels.map((label, n) => {
    const isAlone = labels.indexOf(label) === labels.lastIndexOf(label);
    return isAlone ? label : `${label} (${labels.slice(0, n + 1).filter((one) => one === label).length})`;
  });
}
