/** HTTP load with bounds: a fixed number of requests, a fixed number of them at once, over persistent connections. */
import { Pool } from 'undici';

/** The number of concurrent requests. */
export const IN_FLIGHT = 32;

export interface SignedPost {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Load {
  /**
   * Sends all posts and reads every answer completely.
   * @returns seconds
   * @throws Error if an answer is not 202: refusals are fast, and would make the figures too good
   */
  send(posts: readonly SignedPost[]): Promise<number>;
  close(): Promise<void>;
}

/** Opens load on one origin. */
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
