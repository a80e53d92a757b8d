/**
 * The store on PostgreSQL 15 or newer, through porsager's `postgres`. It runs wherever that does, Workers
 * included: nothing below this file uses the file system. Content comes here sealed and leaves sealed; this
 * store has no key.
 *
 * `synchronous_commit` stays on, the server's default: what was answered as kept is on disk.
 */
import type { Sql } from 'postgres';
import { createAccessKeyStore } from './access-keys.ts';
import { createAdoptionStore } from './adopting.ts';
import { arrivals } from './arrivals.ts';
import { aside } from './aside.ts';
import { createDeliveryChangeStore } from './changing.ts';
import { createClaimStore } from './claiming.ts';
import { createComplaintStore } from './complaints.ts';
import { createConfirmationStore } from './confirming.ts';
import type { DatabaseStore } from './contracts/database.ts';
import { createDirectoryStore } from './directory.ts';
import { due } from './due.ts';
import { createEndpointGrantStore } from './endpoint-grants.ts';
import { createEndpointStore } from './endpoints.ts';
import { createEscalationStore, reminding } from './escalations.ts';
import { figures } from './figures.ts';
import { createGrants } from './grants.ts';
import { type Guard, refuseWithoutGuard } from './guard.ts';
import { createMessageStore } from './keeping.ts';
import { createOwnLedgerStore } from './ledger.ts';
import { createLetterStore } from './letters.ts';
import { createLinkCodeStore } from './link-codes.ts';
import { createLinkStore } from './links.ts';
import { createDueStore } from './making-due.ts';
import { createUseSharing, createWakeSender, listenForWake } from './notifying.ts';
import { createOperatorLogStore } from './operator-log.ts';
import { peerReads } from './peer-reads.ts';
import { createPinStore } from './pins.ts';
import { createPurgeStore } from './purging.ts';
import { createReadingStore } from './reading.ts';
import { rosters } from './rosters.ts';
import { isServedBySchema, readSchema, SchemaMismatch } from './schema-version.ts';
import { sealed } from './sealed.ts';
import { secrets } from './secrets.ts';
import { createStatementStore } from './statements.ts';
import type { Store } from './store.ts';
import { threadMessages } from './thread-messages.ts';
import { createThreadStore } from './threads.ts';
import { createUpkeepStore } from './upkeep.ts';
import { createWantedStore } from './wanted.ts';
import { createWithdrawalStore } from './withdrawals.ts';
import { createWitnessStore } from './witnessing.ts';

/** The migration for which this program was written. */
export const SCHEMA_VERSION = 31;

/**
 * The oldest schema with which this program works: the last migration whose tables and columns it uses. Lower
 * than {@link SCHEMA_VERSION} only if the migrations in between add nothing that this program needs.
 */
export const OLDEST_SCHEMA = SCHEMA_VERSION;

/** Seconds that work under way may take when the store closes: a database that is down answers nothing. */
const CLOSING_SECONDS = 5;

export interface StoreOptions {
  /** False if no connection can be kept open for LISTEN (Workers, poolers): work is then found by polling. */
  readonly listen: boolean;
}

/** A store over this client, which is closed with the store. It does not connect before it is used. */
export function createStore(sql: Sql, options: StoreOptions): Store {
  const { wake, quiet } = createWakeSender(sql);
  let guarded: Guard | undefined;
  const door = createGrants(sql, () => guarded ?? refuseWithoutGuard());
  return {
    directory: {
      ...createDirectoryStore(sql, door),
      ...createStatementStore(sql, door),
      ...createWithdrawalStore(sql, door, wake),
      ...rosters(sql, door),
      ...peerReads(sql),
      ...createWantedStore(sql),
    },
    endpoints: {
      ...createEndpointGrantStore(sql, door),
      ...createEndpointStore(sql, door, wake),
      ...createConfirmationStore(sql, door, wake),
    },
    secrets: {
      ...secrets(sql, door),
      ...createUpkeepStore(sql, door),
      ...createAccessKeyStore(sql, door),
      ...createAdoptionStore(sql, door),
    },
    messages: {
      ...createMessageStore(sql, door, wake),
      ...createReadingStore(sql, door),
      ...createComplaintStore(sql),
      ...aside(sql),
    },
    deliveries: {
      ...createDeliveryChangeStore(sql, door, wake),
      ...createClaimStore(sql, door),
      ...createDueStore(sql, wake),
      ...reminding(sql),
    },
    arrivals: arrivals(sql, door, wake),
    links: { ...createLinkStore(sql, door), ...createLinkCodeStore(sql, door) },
    pins: createPinStore(sql, door, wake),
    threads: { ...threadMessages(sql, door), ...createThreadStore(sql, door), ...createEscalationStore(sql) },
    content: { ...sealed(sql), ...createPurgeStore(sql, door, wake) },
    ledger: {
      ...createOwnLedgerStore(sql),
      ...createWitnessStore(sql, door),
      ...createOperatorLogStore(sql, door),
    },
    letters: { ...createLetterStore(sql), ...figures(sql) },
    database: {
      useGuard: (guard) => {
        guarded = guard;
      },
      ...due(sql),
      ...createUseSharing(sql, options.listen),
      ...running(sql, options, quiet),
    },
  };
}

const running = (
  sql: Sql,
  options: StoreOptions,
  quiet: () => Promise<void>,
): Pick<DatabaseStore, 'listen' | 'checkReady' | 'close'> => ({
  listen: async (called) => (options.listen ? listenForWake(sql, called) : async () => {}),

  async checkReady() {
    const found = await readSchema(sql);
    const version = found?.version ?? 0;
    if (found === undefined || version < OLDEST_SCHEMA || !isServedBySchema(found, SCHEMA_VERSION))
      throw new SchemaMismatch(version, SCHEMA_VERSION);
  },

  async close() {
    await quiet();
    await sql.end({ timeout: CLOSING_SECONDS });
  },
});
