/** How what was unwrapped of a secret's row is remembered: by what name, and how long. */
import type { SecretRow } from '../../store/contracts/secrets.ts';

/** For how long anything secret lies unwrapped in memory, in milliseconds. */
const AT_MOST = 3_600_000;

/** Everything that unwrapping depends on. */
export const nameOfSecret = ({ owner, kind, id, wrapped }: SecretRow): string =>
  JSON.stringify([owner, kind, id, wrapped]);

/** An hour from now, or when the secret ends, where that is sooner. */
export const memoryEndOf = ({ until }: SecretRow, now: Date): Date =>
  new Date(Math.min(now.getTime() + AT_MOST, until?.getTime() ?? Number.POSITIVE_INFINITY));
