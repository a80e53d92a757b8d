/** Officers as their colleagues tell them apart, without giving their names to whoever else sees the page. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first `length` characters, as people count them, of each word of a name; a point stands for what is left out. */
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
 * The initials of each name, in the order given; of names that begin alike as many characters of each word as it takes to tell
 * them apart, and of the same name a number.
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
