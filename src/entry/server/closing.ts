/** Closing a server: what is under way ends, and nothing else holds it open. */
import type { Server } from 'node:http';

/** How often idle connections are ended, and after how long all are. */
export interface ClosingPatience {
  readonly sweepMs: number;
  readonly cutMs: number;
}

const PATIENCE: ClosingPatience = { sweepMs: 50, cutMs: 10_000 };

/**
 * Takes no more requests and lets those under way end; resolves when no connection is left. One that was answering when
 * the server closed would otherwise stay open for its keep-alive time, and one whose client never reads on for ever.
 */
export async function closeServer(
  server: Server,
  { sweepMs, cutMs }: ClosingPatience = PATIENCE,
): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
  const cut = setTimeout(() => server.closeAllConnections(), cutMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(sweep);
  clearTimeout(cut);
}
