/** Loops over a list in a test: a loop over an empty list would prove nothing. */
import { expect } from 'vitest';

/** The members; there must be at least one. */
export function eachOf<T>(list: Iterable<T> | undefined): readonly T[] {
  const members = [...(list ?? [])];
  expect(members, 'there is something to go through').not.toHaveLength(0);
  return members;
}
