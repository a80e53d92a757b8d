/**
 * Waking the dispatchers of all processes through LISTEN/NOTIFY. The word goes out right after the commit and not
 * inside it: PostgreSQL commits transactions that notify one after the other, which would undo the sharing of
 * flushes. What a crash in between swallows, the polling floor finds.
 */
import type { Sql } from 'postgres';

const CHANNEL = 'amanat_due';

export interface WakeSender {
  /** Sends the word soon; calls in the meantime become one. */
  readonly wake: () => void;
  /** Resolves when no word is on its way. */
  readonly quiet: () => Promise<void>;
}

export function createWakeSender(sql: Sql): WakeSender {
  let sending: Promise<void> | undefined;
  let again = false;
  const send = async (): Promise<void> => {
    do {
      again = false;
      // A lost word costs one polling interval and nothing else.
      await sql`select pg_notify(${CHANNEL}, '')`.catch(() => {});
    } while (again);
    sending = undefined;
  };
  return {
    wake: () => {
      again = true;
      sending ??= send();
    },
    quiet: async () => sending,
  };
}

/**
 * Calls `wake` for each word, and after each new subscription, because words may have been missed before it. The client
 * subscribes again by itself, also where the database is down now: until then the polling floor finds what is due.
 */
export async function listenForWake(sql: Sql, wake: () => void): Promise<() => Promise<void>> {
  const subscribed = await sql.listen(CHANNEL, wake, wake).catch(() => undefined);
  return async () => {
    // A connection that is gone listens no more.
    await subscribed?.unlisten().catch(() => {});
  };
}
