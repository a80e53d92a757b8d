/** Validation at the edge: a value is parsed by its schema, or refused with what is wrong and where. */
import type { z } from 'zod';
import { Refusal } from './error.ts';
import { findFaults, sentenceOfFaults } from './schema-faults.ts';

/**
 * Parses `value` by `schema`.
 * @param at the member in which the value stands; leave it out if the value is the whole body
 * @throws Refusal `invalid-body`, with the places of the first faults and never values, which may be personal
 */
export function parseBySchema<T extends z.ZodType>(schema: T, value: unknown, at = ''): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal('invalid-body', sentenceOfFaults(findFaults(schema, value, at)));
}
