/**
 * What processes on one database tell each other while they run, through LISTEN/NOTIFY: that work is due, and
 * what their limits let through. None of it is kept: a lost notification is not sent again.
 *
 * That work is due is sent right after the commit and not inside it: PostgreSQL commits notifying transactions
 * one after the other, which would undo the sharing of flushes. If a crash loses it, polling finds the work.
 */
import type { Sql } from 'postgres';
import type { DatabaseStore } from './contracts/database.ts';

const WORK_IS_DUE = 'amanat_due';

interface WakeSender {
  /** Sends a notification soon; calls in the meantime share it. */
  readonly wake: () => void;
  /** Resolves when no notification is on its way. */
  readonly quiet: () => Promise<void>;
}

export function createWakeSender(sql: Sql): WakeSender {
  let sending: Promise<void> | undefined;
  let again = false;
  const send = async (): Promise<void> => {
    do {
      again = false;
      // A lost notification costs one polling interval and nothing else.
      await sql`select pg_notify(${WORK_IS_DUE}, '')`.catch(() => {});
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
 * Calls `wake` for each notification, and after each new subscription, because notifications may have been
 * missed before it. The client subscribes again by itself, even if the database is down now: until then
 * polling finds due work.
 */
export async function listenForWake(sql: Sql, wake: () => void): Promise<() => Promise<void>> {
  const subscribed = await sql.listen(WORK_IS_DUE, wake, wake).catch(() => undefined);
  return async () => {
    // A lost connection no longer listens.
    await subscribed?.unlisten().catch(() => {});
  };
}

const LIMITS_WERE_USED = 'amanat_use';

/** Shares what each process let through its limits. With `listen` false, nothing is told and nothing heard. */
export const createUseSharing = (sql: Sql, listen: boolean): Pick<DatabaseStore, 'tellUse' | 'hearUse'> => ({
  async tellUse(text) {
    if (listen) await sql`select pg_notify(${LIMITS_WERE_USED}, ${text})`;
  },

  async hearUse(heard) {
    if (!listen) return async () => {};
    const { unlisten } = await sql.listen(LIMITS_WERE_USED, heard);
    return unlisten;
  },
});
