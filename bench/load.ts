/** Bounded HTTP load: a fixed number of requests, a fixed number of them under way, over connections kept alive. */
import { Pool } from 'undici';

/** Requests under way at once. */
export const IN_FLIGHT = 32;

export interface SignedPost {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Load {
  /**
   * Sends all of them and reads every answer to its end.
   * @returns seconds
   * @throws Error where an answer is not 202: a refusal is quick, and would make a fine figure
   */
  send(posts: readonly SignedPost[]): Promise<number>;
  close(): Promise<void>;
}

/** Load on one origin. */
export function openLoad(origin: string): Load {
  const pool = new Pool(origin, { connections: IN_FLIGHT, pipelining: 1 });
  const one = async ({ path, headers, body }: SignedPost): Promise<void> => {
    const answer = await pool.request({ path, method: 'POST', headers: { ...headers }, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`answered ${answer.statusCode}: ${text.slice(0, 300)}`);
  };
  return {
    async send(posts) {
      const waiting = posts.values();
      const started = performance.now();
      const worker = async (): Promise<void> => {
        for (const post of waiting) await one(post);
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
      return (performance.now() - started) / 1_000;
    },
    close: () => pool.close(),
  };
}
