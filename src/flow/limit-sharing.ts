/** Limits of several processes on one database: each tells the others what it let through, and hears what they did. */
import { type CallUse, type ToldUse, toldUseSchema } from '../domain/words/limit.ts';
import type { Reaching } from '../gateway-parts.ts';

/** A process that lets nothing through still says now and then that it is there, in milliseconds. */
const STILL_HERE = 30_000;

/** Characters of one word to the others: PostgreSQL takes 8,000 bytes, and all that is told is ASCII. */
const WORD = 7_500;

export interface LimitSharing {
  /** Tells what was let through since the last time. What is lost on the way costs some accuracy. */
  tell(): Promise<void>;
  stop(): Promise<void>;
}

/** Begins to hear what other processes tell. */
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
      for (const text of words(process, used)) await store.database.tellUse(text);
    },
  };
}

/** The use in as many words as it takes; one at least, which says that the process is there. */
function words(process: string, used: readonly CallUse[]): readonly string[] {
  const parts: CallUse[][] = [[]];
  let length = 0;
  for (const one of used) {
    const more = JSON.stringify(one).length + 1;
    if (length + more > WORD) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(one);
    length += more;
  }
  return parts.map((part) => JSON.stringify({ process, used: part } satisfies ToldUse));
}

/** A word of another process; whoever can write to the database may say anything. */
function read(text: string): ToldUse | undefined {
  try {
    return toldUseSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
