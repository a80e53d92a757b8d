/**
 * Suppression: counts so small that a person could be identified are hidden. Further counts are hidden until nobody
 * can compute the small ones from the totals (primary and complementary suppression; Hundepool et al., *Statistical
 * Disclosure Control*, chapter 4). This file works within one table; `figure-linking.ts` links tables that count
 * the same messages.
 */

/** A count in a table with ordered features. A shorter path is the total of the longer ones below it. */
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
 * All cells of a table with their totals, from one path per counted thing; no path is the beginning of another.
 * `hidden` marks the cells to leave out at a threshold: of the parts of a total either none, or at least two that
 * together reach the threshold.
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

/** A cell, and whether it is hidden. */
export type ShownCell = FigureCell & { readonly hidden: boolean };

/**
 * The same for tables whose totals may be hidden: no further cell is hidden to protect a total; instead every total
 * above a hidden cell is hidden, down to the second feature. `forced` names cells by side and type that are always
 * hidden.
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
  // Cells that are hidden together reach the threshold, so that no small one can be computed from a shown total.
  // A total that is hidden itself must not be the sum of shown parts.
  let sum = 0;
  for (const child of rising) {
    const isNeeded = (sum > 0 || isHidden) && sum < threshold;
    if (child.count >= threshold && !isNeeded) break;
    hidden.add(keyOf(child.path));
    sum += child.count;
  }
  for (const child of node.children) hide(child, threshold, hidden);
}
