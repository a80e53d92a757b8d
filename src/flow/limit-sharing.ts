/** Limits shared by several processes on one database: each tells the others what it let through. */
import { type CallUse, type ToldUse, toldUseSchema } from '../domain/words/limit.ts';
import type { Reaching } from '../gateway-parts.ts';

/** A process that lets nothing through still reports now and then that it runs, in milliseconds. */
const STILL_HERE = 30_000;

/** Most characters of one notification. PostgreSQL takes 8,000 bytes, and all of it is ASCII. */
const NOTIFICATION_CHARACTERS = 7_500;

export interface LimitSharing {
  /**
   * Tells the others what was let through since the last time. A lost notification only makes the limits less
   * exact.
   */
  tell(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts listening to other processes. */
export async function startLimitSharing(gateway: Reaching): Promise<LimitSharing> {
  const { store, limits, now } = gateway;
  const process = gateway.newId();
  let told = Number.NEGATIVE_INFINITY;
  const stop = await store.database.hearUse((text) => {
    const word = read(text);
    if (word !== undefined && word.process !== process) limits.heard(word.process, word.used);
  });
  return {
    stop,
    tell: async () => {
      const used = limits.use();
      if (used.length === 0 && Math.abs(now().getTime() - told) < STILL_HERE) return;
      told = now().getTime();
      for (const text of splitUse(process, used)) await store.database.tellUse(text);
    },
  };
}

/** The use in as many notifications as it takes. At least one, which says that the process runs. */
function splitUse(process: string, used: readonly CallUse[]): readonly string[] {
  const parts: CallUse[][] = [[]];
  let length = 0;
  for (const one of used) {
    const more = JSON.stringify(one).length + 1;
    if (length + more > NOTIFICATION_CHARACTERS) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(one);
    length += more;
  }
  return parts.map((part) => JSON.stringify({ process, used: part } satisfies ToldUse));
}

/**
 * A notification of another process. Anybody with write access to the database may send one, so it is
 * validated.
 */
function read(text: string): ToldUse | undefined {
  try {
    return toldUseSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
