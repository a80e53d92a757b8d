/** Going through a list in a test: a loop over nothing would prove nothing. */
import { expect } from 'vitest';

/** The members, of which there must be one at least. */
export function eachOf<T>(list: Iterable<T> | undefined): readonly T[] {
  const members = [...(list ?? [])];
  expect(members, 'there is something to go through').not.toHaveLength(0);
  return members;
}
