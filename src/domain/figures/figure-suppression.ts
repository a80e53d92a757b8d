/**
 * Suppression: counts so small that a person could be picked out are left out, and with them as many others as it
 * takes that they cannot be computed from the totals beside them (primary and complementary suppression; Hundepool et
 * al., *Statistical Disclosure Control*, chapter 4). Within one table; `figure-linking.ts` holds those against each other
 * that count the same messages.
 */

/** A count in a table whose features are ordered: a path that is shorter than others is their total. */
export interface FigureCell {
  readonly path: readonly string[];
  readonly count: number;
}

interface Node extends FigureCell {
  readonly children: readonly Node[];
}

/** A separator that no feature contains. */
const keyOf = (path: readonly string[]): string => JSON.stringify(path);

function nodeOf(path: readonly string[], entries: readonly (readonly string[])[]): Node {
  const below = entries.filter((one) => one.length > path.length);
  const names = [...new Set(below.map((one) => one[path.length] ?? ''))].sort();
  const children = names.map((name) =>
    nodeOf(
      [...path, name],
      below.filter((one) => one[path.length] === name),
    ),
  );
  return { path, count: entries.length, children };
}

/**
 * All cells of a table, totals among them, from one path for each thing counted; no path goes on from another.
 * `hidden` tells which are to be left out at a threshold: of the parts of a total none, or at least two that come to
 * no less than the threshold together.
 */
export function cellsOfTable(
  entries: readonly (readonly string[])[],
  threshold: number,
): readonly ShownCell[] {
  const root = nodeOf([], entries);
  const hidden = new Set(root.count < threshold ? [keyOf(root.path)] : []);
  hide(root, threshold, hidden);
  return flat(root).map(({ path, count }) => ({ path, count, hidden: hidden.has(keyOf(path)) }));
}

/** A cell, and whether it is left out. */
export type ShownCell = FigureCell & { readonly hidden: boolean };

/**
 * The same where totals can be spared: nothing is hidden for a total's sake, but every total that is above anything
 * hidden, down to the second feature. `forced` names by side and type what is to be hidden in any case.
 */
export function partsOfTable(
  entries: readonly (readonly string[])[],
  threshold: number,
  forced: (side: string, type: string) => boolean,
): readonly ShownCell[] {
  const root = nodeOf([], entries);
  const hidden = new Set(root.count < threshold ? [keyOf(root.path)] : []);
  for (const side of root.children) {
    for (const type of side.children) {
      if (type.count >= threshold && !forced(side.path[0] ?? '', type.path[1] ?? '')) continue;
      for (const above of [type, side, root]) hidden.add(keyOf(above.path));
    }
    for (const type of side.children) hide(type, threshold, hidden);
  }
  return flat(root).map(({ path, count }) => ({ path, count, hidden: hidden.has(keyOf(path)) }));
}

const flat = (node: Node): readonly Node[] => [node, ...node.children.flatMap(flat)];

function hide(node: Node, threshold: number, hidden: Set<string>): void {
  const isHidden = hidden.has(keyOf(node.path));
  const rising = node.children.toSorted(
    (one, other) => one.count - other.count || (keyOf(one.path) < keyOf(other.path) ? -1 : 1),
  );
  // What is hidden together comes to the threshold, so that no small part stands alone behind a published total; and
  // a total hidden for another's sake must not be the sum of its parts.
  let sum = 0;
  for (const child of rising) {
    const isNeeded = (sum > 0 || isHidden) && sum < threshold;
    if (child.count >= threshold && !isNeeded) break;
    hidden.add(keyOf(child.path));
    sum += child.count;
  }
  for (const child of node.children) hide(child, threshold, hidden);
}
