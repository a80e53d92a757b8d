/** Closes a server: open requests finish, and nothing else keeps it open. */
import type { Server } from 'node:http';

/** How often idle connections are closed, and after how long all are closed. */
interface ClosingPatience {
  readonly sweepMs: number;
  readonly cutMs: number;
}

const PATIENCE: ClosingPatience = { sweepMs: 50, cutMs: 10_000 };

/**
 * Accepts no more requests, lets open ones finish, and resolves when no connection is left. Otherwise a connection that was
 * answering would stay open for its keep-alive time, and one whose client does not read would stay open for ever.
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
