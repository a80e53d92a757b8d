/** What was seen of logs, and what did not fit. The row is the job here too: `due_at` says when a log is looked at next. */
import type { Sql, TransactionSql } from 'postgres';
import type { CheckpointRow, LedgerStore, TilePlace, TileRow, Watch } from './ledger-contract.ts';
import { checkpointFrom, inOrder, tileRecords } from './ledger-rows.ts';
import { asJson } from './rows.ts';

type WitnessStore = Pick<
  LedgerStore,
  | 'claimWatch'
  | 'moveWatch'
  | 'lastWitnessed'
  | 'witnessedTiles'
  | 'keepWitnessing'
  | 'keepWitnessed'
  | 'keepAlarm'
  | 'alarmCount'
>;

/** Rows that one finder may fill about one log: what another gateway says decides how many there are. */
const ALARMS_BY_ONE = 1_000;

export const witnessing = (sql: Sql): WitnessStore => ({
  async claimWatch(origin, now, nextAt) {
    const [claimed] = await sql<Watch[]>`
      insert into ledger_watch (origin, due_at) values (${origin}, ${nextAt})
      on conflict (origin) do update set due_at = excluded.due_at where ledger_watch.due_at <= ${now}
      returning read::float8 as read, compared::float8 as compared`;
    return claimed && { read: claimed.read, compared: claimed.compared };
  },

  async moveWatch(origin, compared) {
    await sql`update ledger_watch set compared = ${compared} where origin = ${origin}`;
  },

  async lastWitnessed(origin) {
    const [found] = await sql<CheckpointRow[]>`
      select size::float8 as size, root, note from witnessed where origin = ${origin} order by size desc limit 1`;
    return checkpointFrom(found);
  },

  async witnessedTiles(origin, places) {
    const wanted = places.map(({ level, index }: TilePlace) => ({ level, index }));
    const rows = await sql<TileRow[]>`
      select t.level, t.index::float8 as index, t.hashes
      from json_to_recordset(${asJson(sql, wanted)}) as w(level integer, index bigint)
        join witnessed_tile t on t.origin = ${origin} and t.level = w.level and t.index = w.index`;
    return inOrder(places, rows);
  },

  keepWitnessing: ({ origin, readBefore, read, tiles }) =>
    sql.begin(async (tx) => {
      const mine = await tx`
        update ledger_watch set read = ${read} where origin = ${origin} and read = ${readBefore}`;
      if (mine.count === 1 && tiles.length > 0) await insertTiles(tx, origin, tiles);
      return mine.count === 1;
    }),

  async keepWitnessed(origin, { size, root, note }, at) {
    await sql`
      insert into witnessed (origin, size, root, note, at)
      values (${origin}, ${size}, ${root}, ${note}, ${at})
      on conflict (origin, size) do update set note = excluded.note where witnessed.root = excluded.root`;
  },

  async keepAlarm({ by, origin, code, place, root, note, at }) {
    const kept = await sql`
      insert into alarm (by, origin, code, place, root, note, at)
      select ${by}, ${origin}, ${code}, ${place}, ${root ?? new Uint8Array()}, ${note ?? null}, ${at}
      where (select count(*) from alarm where by = ${by} and origin = ${origin}) < ${ALARMS_BY_ONE}
      on conflict do nothing`;
    return kept.count === 1;
  },

  async alarmCount() {
    const [found] = await sql<{ count: number }[]>`select count(*)::integer as count from alarm`;
    return found?.count ?? 0;
  },
});

const insertTiles = (tx: TransactionSql, origin: string, tiles: readonly TileRow[]) => tx`
  insert into witnessed_tile (origin, level, index, hashes)
  select ${origin}, level, index, hashes from json_populate_recordset(null::witnessed_tile, ${tileRecords(tx, tiles)})
  on conflict (origin, level, index) do update set hashes = excluded.hashes`;
