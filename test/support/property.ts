/**
 * Chance in tests. The gate asks the same cases each time, so that a red run is about the change and not about luck;
 * `npm run test:soak` (AMANAT_SOAK=<n>) asks n times as many, fresh ones, and prints the seed. AMANAT_SEED=<seed> asks
 * the same ones again, in both. A case that once failed stays: as an example of its property, or as a seed by name.
 */
import fc from 'fast-check';
import { expect } from 'vitest';

/** How many times the gate's cases are asked; 1 in the gate. */
export const SOAK = Math.max(1, Number(process.env['AMANAT_SOAK'] ?? 1));

const given = process.env['AMANAT_SEED'];
const fresh = Math.floor(Math.random() * 2 ** 31);

/** Whether one seed was asked for by name. */
export const isGiven = given !== undefined;

if (SOAK > 1) process.stdout.write(`AMANAT_SEED=${given ?? fresh}\n`);

/** The seed of this run: the one given, a fresh one in a soak, or the one that the gate always has. */
export function seedOfRun(inTheGate: number): number {
  if (given !== undefined) return Number(given);
  return SOAK > 1 ? fresh : inTheGate;
}

/** `fc.assert` under the seed of this run; a failure names the seed and the smallest case. */
export function assertProperty<T>(
  property: fc.IAsyncProperty<T>,
  parameters?: fc.Parameters<T>,
): Promise<void>;
export function assertProperty<T>(property: fc.IProperty<T>, parameters?: fc.Parameters<T>): void;
export function assertProperty<T>(
  property: fc.IRawProperty<T>,
  parameters: fc.Parameters<T> = {},
): Promise<void> | undefined {
  const numRuns = (parameters.numRuns ?? 100) * SOAK;
  const seed = parameters.seed ?? seedOfRun(747_156_820);
  const checked: fc.RunDetails<T> | Promise<fc.RunDetails<T>> = fc.check(property as never, {
    ...parameters,
    seed,
    numRuns,
  });
  if (checked instanceof Promise) return checked.then((details) => expectAllRun(details, numRuns));
  expectAllRun(checked, numRuns);
  return undefined;
}

/** The property held, and was really asked so many times. */
function expectAllRun<T>(details: fc.RunDetails<T>, numRuns: number): void {
  if (details.failed)
    throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance ?? undefined });
  expect(details.numRuns).toBe(numRuns);
}
