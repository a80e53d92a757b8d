/**
 * The gateway's own log. One process at a time appends to it, outside the transactions for which callers
 * wait.
 */
import type { Sql, TransactionSql } from 'postgres';
import { present } from '../domain/words/present.ts';
import type { LedgerStore } from './contracts/ledger.ts';
import type {
  CheckpointRow,
  EvidencePlace,
  LeafRow,
  LedgerBatch,
  TilePlace,
  TileRow,
  Unsequenced,
} from './contracts/ledger-rows.ts';
import { checkpointRowFrom, orderTiles, tileRecords } from './ledger-rows.ts';
import { asJson } from './rows.ts';

type OwnLog = Pick<
  LedgerStore,
  | 'extendLedger'
  | 'ledgerCheckpoint'
  | 'checkpointOver'
  | 'cosignCheckpoint'
  | 'ledgerTiles'
  | 'ledgerLeaves'
  | 'ledgerPlace'
>;

/** The id of the lock for appending, the same in every gateway: "ledger" in ASCII. */
const LOCK = 0x6c6564676572;

export const createOwnLedgerStore = (sql: Sql): OwnLog => ({
  extendLedger: (now, limit, extend) =>
    sql.begin(async (tx) => {
      const [lock] = await tx<{ held: boolean }[]>`select pg_try_advisory_xact_lock(${LOCK}) as held`;
      if (lock?.held !== true) return false;
      const last = await newest(tx);
      const horizon = await horizonOf(tx);
      const waiting = await unsequenced(tx, limit);
      const readTiles = (places: readonly TilePlace[]) => tilesAt(tx, places);
      const batch = await extend({ last, waiting, readTiles });
      if (batch !== undefined) await write(tx, last?.size ?? 0, batch, { now, horizon });
      return true;
    }),

  ledgerCheckpoint: () => newest(sql),

  async checkpointOver(index) {
    const [found] = await sql<CheckpointRow[]>`
      select size::float8 as size, root, note from ledger_checkpoint
      where size > ${index} order by cosigned desc, size desc limit 1`;
    return checkpointRowFrom(found);
  },

  cosignCheckpoint: (size, change) =>
    sql.begin(async (tx) => {
      const [held] = await tx<{ note: string }[]>`
        select note from ledger_checkpoint where size = ${size} for update`;
      if (held === undefined) return false;
      await tx`update ledger_checkpoint set note = ${change(held.note)}, cosigned = true where size = ${size}`;
      return true;
    }),

  ledgerTiles: (places) => tilesAt(sql, places),

  async ledgerLeaves(start, end) {
    const found = await sql<{ index: number; id: string | null; jws: string | null }[]>`
      select l.index::float8 as index, e.id, e.jws from ledger_leaf l left join evidence e on e.id = l.evidence
      where l.index >= ${start} and l.index < ${end} order by l.index`;
    return found.map(
      ({ index, id, jws }): LeafRow =>
        id === null || jws === null ? { index } : { index, evidence: { id, jws } },
    );
  },

  ledgerPlace: (evidence) => placeOf(sql, evidence),
});

async function placeOf(sql: Sql, evidence: string): Promise<EvidencePlace | undefined> {
  const [found] = await sql<
    { index: number | null; sender: string; recipient: string | null; message: string | null }[]
  >`
    select l.index::float8 as index, e.sender, e.recipient, e.message
    from evidence e left join ledger_leaf l on l.evidence = e.id where e.id = ${evidence}`;
  return (
    found &&
    ({
      sender: found.sender,
      ...present({
        index: found.index ?? undefined,
        recipient: found.recipient ?? undefined,
        message: found.message ?? undefined,
      }),
    } satisfies EvidencePlace)
  );
}

async function newest(sql: Sql | TransactionSql): Promise<CheckpointRow | undefined> {
  const [found] = await sql<CheckpointRow[]>`
    select size::float8 as size, root, note from ledger_checkpoint order by size desc limit 1`;
  return checkpointRowFrom(found);
}

/**
 * When the oldest transaction began that may still commit evidence. All transactions before it have ended and
 * are visible.
 */
async function horizonOf(tx: TransactionSql): Promise<Date> {
  const [found] = await tx<{ horizon: Date }[]>`
    select coalesce(min(xact_start), clock_timestamp()) as horizon
    from pg_stat_activity where datname = current_database() and xact_start is not null`;
  return found?.horizon ?? new Date(0);
}

/**
 * Evidence is numbered in one order and committed in another, so a lower number may appear after a higher
 * one. Up to the mark all numbers are in the log; evidence after it is looked up in the log.
 */
async function unsequenced(tx: TransactionSql, limit: number): Promise<readonly Unsequenced[]> {
  const found = await tx<Unsequenced[]>`
    select e.id, e.seq::float8 as seq, e.jws from evidence e
    where e.seq > coalesce((select mark from ledger_checkpoint order by size desc limit 1), 0)
      and not exists (select from ledger_leaf l where l.evidence = e.id)
    order by e.seq limit ${limit}`;
  return found.map((row) => ({ ...row }));
}

async function tilesAt(
  sql: Sql | TransactionSql,
  places: readonly TilePlace[],
): Promise<readonly Uint8Array[]> {
  const wanted = places.map(({ level, index }) => ({ level, index }));
  const rows = await sql<TileRow[]>`
    select t.level, t.index::float8 as index, t.hashes
    from json_to_recordset(${asJson(sql, wanted)}) as w(level integer, index bigint)
      join ledger_tile t on t.level = w.level and t.index = w.index`;
  return orderTiles(places, rows);
}

/**
 * The mark moves to the end of an earlier batch once every transaction that was under way then has ended:
 * this batch has seen what they committed. It does not move past this batch, which may have been cut at its
 * limit.
 */
async function write(
  tx: TransactionSql,
  start: number,
  batch: LedgerBatch,
  { now, horizon }: { readonly now: Date; readonly horizon: Date },
): Promise<void> {
  const leaves = batch.evidence.map((evidence, n) => ({ index: start + n, evidence }));
  const { size, root, note } = batch.checkpoint;
  await tx`
    insert into ledger_leaf (index, evidence)
    select index, evidence from json_populate_recordset(null::ledger_leaf, ${asJson(tx, leaves)})`;
  await tx`
    insert into ledger_tile (level, index, hashes)
    select level, index, hashes from json_populate_recordset(null::ledger_tile, ${tileRecords(tx, batch.tiles)})
    on conflict (level, index) do update set hashes = excluded.hashes`;
  await tx`
    insert into ledger_checkpoint (size, root, note, seq, at, mark)
    select ${size}, ${root}, ${note}, ${batch.seq}, ${now}, greatest(
      (select mark from ledger_checkpoint order by size desc limit 1),
      least(${batch.seq}, coalesce(
        (select seq from ledger_checkpoint where taken_at < ${horizon} order by size desc limit 1), 0)),
      0)`;
}
