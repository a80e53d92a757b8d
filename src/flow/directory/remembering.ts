/** How an unwrapped secret is kept in memory: under which name, and how long. */
import type { SecretRow } from '../../store/contracts/secrets.ts';

/** Longest time that a secret stays unwrapped in memory, in milliseconds. */
const AT_MOST = 3_600_000;

/** The name covers everything that unwrapping depends on. */
export const nameOfSecret = ({ owner, kind, id, wrapped }: SecretRow): string =>
  JSON.stringify([owner, kind, id, wrapped]);

/** An hour from now, or the secret's end if that is sooner. */
export const memoryEndOf = ({ until }: SecretRow, now: Date): Date =>
  new Date(Math.min(now.getTime() + AT_MOST, until?.getTime() ?? Number.POSITIVE_INFINITY));
