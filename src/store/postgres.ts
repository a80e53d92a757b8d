/**
 * The store on PostgreSQL 15 or newer, through porsager's `postgres`. It runs wherever that does, Workers included:
 * nothing below this file touches the file system. Content comes here sealed and leaves sealed; this store has no key.
 *
 * `synchronous_commit` stays as the server has it, on: what was answered as kept is on disk.
 */
import type { Sql } from 'postgres';
import { accessKeys } from './access-keys.ts';
import { adopting } from './adopting.ts';
import { arrivals } from './arrivals.ts';
import { aside } from './aside.ts';
import { changing } from './changing.ts';
import { chasing } from './chasing.ts';
import { claiming } from './claiming.ts';
import { complaints } from './complaints.ts';
import type { DatabaseStore } from './contracts/database.ts';
import { directory } from './directory.ts';
import { due } from './due.ts';
import { endpoints } from './endpoints.ts';
import { figures } from './figures.ts';
import { granting } from './granting.ts';
import { grants } from './grants.ts';
import { type Guard, noGuard } from './guard.ts';
import { hurrying } from './hurrying.ts';
import { judging } from './judging.ts';
import { keeping } from './keeping.ts';
import { ledger } from './ledger.ts';
import { letters } from './letters.ts';
import { links } from './links.ts';
import { operatorLog } from './operator-log.ts';
import { peerReads } from './peer-reads.ts';
import { pins } from './pins.ts';
import { purging } from './purging.ts';
import { reading } from './reading.ts';
import { reminding } from './reminding.ts';
import { rosters } from './rosters.ts';
import { SchemaMismatch, schemaOf, serves } from './schema-version.ts';
import { sealed } from './sealed.ts';
import { secrets } from './secrets.ts';
import { sharing } from './sharing.ts';
import { statements } from './statements.ts';
import type { Store } from './store.ts';
import { threadMessages } from './thread-messages.ts';
import { threads } from './threads.ts';
import { upkeep } from './upkeep.ts';
import { listening, waking } from './waking.ts';
import { wanted } from './wanted.ts';
import { warnings } from './warnings.ts';
import { withdrawals } from './withdrawals.ts';
import { witnessing } from './witnessing.ts';

/** The migration this code was written for. */
export const SCHEMA_VERSION = 31;

/**
 * The oldest schema this code works with: the last migration whose tables and columns it uses. Lower than
 * {@link SCHEMA_VERSION} only where the migrations in between add nothing that this code needs.
 */
export const OLDEST_SCHEMA = SCHEMA_VERSION;

/** How long work that is under way may take when the store closes: a database that is down answers nothing. */
const CLOSING_SECONDS = 5;

export interface StoreOptions {
  /** False where no connection can be kept open for LISTEN (Workers, poolers): work is then found by polling. */
  readonly listen: boolean;
}

/** A store over this client, which it closes with itself. Does not connect until it is asked for something. */
export function createStore(sql: Sql, options: StoreOptions): Store {
  const { wake, quiet } = waking(sql);
  let guarded: Guard | undefined;
  const door = grants(sql, () => guarded ?? noGuard());
  return {
    directory: {
      ...directory(sql, door),
      ...statements(sql, door),
      ...withdrawals(sql, door, wake),
      ...rosters(sql, door),
      ...peerReads(sql),
      ...wanted(sql),
      ...warnings(sql),
    },
    endpoints: { ...granting(sql, door), ...endpoints(sql, door, wake), ...judging(sql, door, wake) },
    secrets: {
      ...secrets(sql, door),
      ...upkeep(sql, door),
      ...accessKeys(sql, door),
      ...adopting(sql, door),
    },
    messages: { ...keeping(sql, door, wake), ...reading(sql, door), ...complaints(sql), ...aside(sql) },
    deliveries: {
      ...changing(sql, door, wake),
      ...claiming(sql, door),
      ...hurrying(sql, wake),
      ...reminding(sql),
    },
    arrivals: arrivals(sql, door, wake),
    links: links(sql, door),
    pins: pins(sql, door, wake),
    threads: { ...threadMessages(sql, door), ...threads(sql, door), ...chasing(sql) },
    content: { ...sealed(sql), ...purging(sql, door, wake) },
    ledger: { ...ledger(sql), ...witnessing(sql, door), ...operatorLog(sql, door) },
    letters: { ...letters(sql), ...figures(sql) },
    database: {
      guard: (guard) => {
        guarded = guard;
      },
      ...due(sql),
      ...sharing(sql, options.listen),
      ...running(sql, options, quiet),
    },
  };
}

const running = (
  sql: Sql,
  options: StoreOptions,
  quiet: () => Promise<void>,
): Pick<DatabaseStore, 'listen' | 'ready' | 'close'> => ({
  listen: async (called) => (options.listen ? listening(sql, called) : async () => {}),

  async ready() {
    const found = await schemaOf(sql);
    const version = found?.version ?? 0;
    if (found === undefined || version < OLDEST_SCHEMA || !serves(found, SCHEMA_VERSION))
      throw new SchemaMismatch(version, SCHEMA_VERSION);
  },

  async close() {
    await quiet();
    await sql.end({ timeout: CLOSING_SECONDS });
  },
});
