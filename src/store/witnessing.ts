/**
 * What was seen of logs, and the alarms. The row is the job here too: `due_at` says when a log is looked at
 * next.
 */
import type { Sql, TransactionSql } from 'postgres';
import { present } from '../domain/words/present.ts';
import type { LedgerStore } from './contracts/ledger.ts';
import type { CheckpointRow, KeptAlarm, LedgerWatch, TilePlace, TileRow } from './contracts/ledger-rows.ts';
import type { Grants } from './grants.ts';
import { checkpointRowFrom, orderTiles, tileRecords } from './ledger-rows.ts';
import { runRecorded } from './operator-log.ts';
import { asJson } from './rows.ts';

type WitnessStore = Pick<
  LedgerStore,
  | 'claimWatch'
  | 'moveWatch'
  | 'markWatched'
  | 'lastWitnessed'
  | 'witnessedTiles'
  | 'keepWitnessing'
  | 'keepWitnessed'
  | 'keepAlarm'
  | 'alarmCount'
  | 'alarms'
  | 'markAlarm'
  | 'ledgerOverview'
>;

/** Checkpoints in which the newest cosignature of each witness is searched. */
const NOTES = 50;

/** Most rows that one finder may fill about one log: another gateway decides how many there are. */
const ALARMS_BY_ONE = 1_000;

export const createWitnessStore = (sql: Sql, grants: Grants): WitnessStore => ({
  ...watching(sql),
  ...alarming(sql),
  ...operatorPart(sql, grants),

  async lastWitnessed(origin) {
    const [found] = await sql<CheckpointRow[]>`
      select size::float8 as size, root, note from witnessed where origin = ${origin} order by size desc limit 1`;
    return checkpointRowFrom(found);
  },

  async witnessedTiles(origin, places) {
    const wanted = places.map(({ level, index }: TilePlace) => ({ level, index }));
    const rows = await sql<TileRow[]>`
      select t.level, t.index::float8 as index, t.hashes
      from json_to_recordset(${asJson(sql, wanted)}) as w(level integer, index bigint)
        join witnessed_tile t on t.origin = ${origin} and t.level = w.level and t.index = w.index`;
    return orderTiles(places, rows);
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
});

/** When each log is looked at, and how far it was compared. */
const watching = (sql: Sql): Pick<WitnessStore, 'claimWatch' | 'moveWatch' | 'markWatched'> => ({
  async claimWatch(origin, now, nextAt) {
    const [claimed] = await sql<LedgerWatch[]>`
      insert into ledger_watch (origin, due_at, since) values (${origin}, ${nextAt}, ${now})
      on conflict (origin) do update set due_at = excluded.due_at where ledger_watch.due_at <= ${now}
      returning read::float8 as read, compared::float8 as compared`;
    return claimed && { read: claimed.read, compared: claimed.compared };
  },

  async moveWatch(origin, compared) {
    await sql`update ledger_watch set compared = ${compared} where origin = ${origin}`;
  },

  async markWatched(origin, at) {
    await sql`update ledger_watch set seen_at = ${at} where origin = ${origin}`;
  },
});

/** What did not fit, as it is found. */
const alarming = (sql: Sql): Pick<WitnessStore, 'keepAlarm' | 'alarmCount'> => ({
  async keepAlarm({ by, origin, code, place, root, note, at }) {
    const kept = await sql`
      insert into alarm (by, origin, code, place, root, note, at)
      select ${by}, ${origin}, ${code}, ${place}, ${root ?? new Uint8Array()}, ${note ?? null}, ${at}
      where (select count(*) from alarm where by = ${by} and origin = ${origin}) < ${ALARMS_BY_ONE}
      on conflict do nothing`;
    return kept.count === 1;
  },

  async alarmCount() {
    const [found] = await sql<{ count: number }[]>`
      select count(*)::integer as count from alarm a where not exists (select from alarm_seen s where s.alarm = a.id)`;
    return found?.count ?? 0;
  },
});

interface AlarmRecord extends Omit<KeptAlarm, 'seen'> {
  readonly seenBy: string | null;
  readonly seenNote: string | null;
  readonly seenAt: Date | null;
}

/** What an operator reads and records about ledgers. */
const operatorPart = (
  sql: Sql,
  grants: Grants,
): Pick<WitnessStore, 'alarms' | 'markAlarm' | 'ledgerOverview'> => ({
  async alarms(limit) {
    const found = await sql<AlarmRecord[]>`
      select a.id::float8 as id, a.by, a.origin, a.code, a.place::float8 as place, a.at,
        s.by as "seenBy", s.note as "seenNote", s.at as "seenAt"
      from alarm a left join alarm_seen s on s.alarm = a.id order by a.id desc limit ${limit}`;
    return found.map(({ seenBy, seenNote, seenAt, ...alarm }) =>
      seenBy === null || seenNote === null || seenAt === null
        ? alarm
        : { ...alarm, seen: { by: seenBy, note: seenNote, at: seenAt } },
    );
  },

  markAlarm: (id, { by, note, at }, act) =>
    runRecorded(sql, grants, act, async (tx, entry) => {
      const marked = await tx`
        insert into alarm_seen (alarm, by, note, at)
        select id, ${by}, ${note}, ${at} from alarm where id = ${id}
        on conflict (alarm) do nothing`;
      if (marked.count === 1) await entry();
      return marked.count === 1;
    }),

  async ledgerOverview() {
    const [[last], cosigned, [waiting], watched] = await Promise.all([
      sql<{ size: number; at: Date }[]>`
        select size::float8 as size, at from ledger_checkpoint order by size desc limit 1`,
      sql<{ size: number; note: string }[]>`
        select size::float8 as size, note from ledger_checkpoint where cosigned order by size desc limit ${NOTES}`,
      sql<{ at: Date | null }[]>`
        select min(at) as at from ledger_checkpoint
        where size > coalesce((select max(size) from ledger_checkpoint where cosigned), 0)`,
      sql<{ origin: string; since: Date; seenAt: Date | null; size: number }[]>`
        select origin, since, seen_at as "seenAt", coalesce((select max(size) from witnessed t
          where t.origin = w.origin), 0)::float8 as size
        from ledger_watch w order by origin`,
    ]);
    return {
      ...present({ last: last ? { ...last } : undefined }),
      cosigned: cosigned.map((row) => ({ ...row })),
      ...present({ uncosignedSince: waiting?.at ? waiting.at : undefined }),
      watched: watched.map(({ seenAt, ...row }) => ({
        ...row,
        ...present({ seenAt: seenAt || undefined }),
      })),
    };
  },
});

const insertTiles = (tx: TransactionSql, origin: string, tiles: readonly TileRow[]) => tx`
  insert into witnessed_tile (origin, level, index, hashes)
  select ${origin}, level, index, hashes from json_populate_recordset(null::witnessed_tile, ${tileRecords(tx, tiles)})
  on conflict (origin, level, index) do update set hashes = excluded.hashes`;
