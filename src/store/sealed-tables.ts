/** The tables whose rows have a MAC. All kinds are read page by page, and get new MACs, in the same way. */
import type { PendingQuery, Row, Sql, TransactionSql } from 'postgres';
import type { GrantRowOf } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { GRANT_KINDS, type GrantKind } from './guard.ts';
import { asJson } from './rows.ts';

/** A row as it is kept. */
export interface KeptGrantRow<Kind extends GrantKind = GrantKind> {
  /** The key by which it is found: text, ascending. */
  readonly key: string;
  readonly row: GrantRowOf<Kind>;
  readonly mac: string | null;
  /** For a row made from another grant: that grant's current entry. */
  readonly source: string | null;
}

interface Table {
  readonly name: string;
  readonly key: string;
  /** The row as `grant-records.ts` covers it. */
  readonly row: string;
  readonly source: string;
  readonly from: string;
  readonly hasEntry: boolean;
  /** The order in which work locks its rows, if that is not the key's order. */
  readonly order?: string;
}

const plain = { row: 'to_json(t)', source: 'null', from: '', hasEntry: true };

/** Names and expressions of this file, never anything from outside. */
const TABLES: Readonly<Record<GrantKind, Table>> = {
  endpoint: { ...plain, name: 'endpoint', key: 't.id' },
  'link-code': { ...plain, name: 'link_code', key: 't.hash' },
  'access-key': { ...plain, name: 'access_key', key: 't.hash' },
  secret: {
    ...plain,
    name: 'secret',
    key: "lpad(t.seq::text, 20, '0')",
    source: "(select e.entry from endpoint e where e.id = t.owner and t.kind = 'webhook-outbound')",
  },
  roster: { ...plain, name: 'roster', key: 't.focal_point' },
  pin: { ...plain, name: 'pin', key: 't.id' },
  'start-code': { ...plain, name: 'start_code', key: 't.hash' },
  'pin-session': { ...plain, name: 'pin_session', key: 't.hash' },
  link: {
    ...plain,
    name: 'link',
    key: 't.hash',
    // In the order in which programs compare, whatever the database's own collation is.
    order: 't.hash collate "C"',
    source: `coalesce(
      (select e.entry from delivery d join endpoint e on e.id = d.endpoint where d.id = t.delivery),
      (select e.entry from endpoint e where e.id = t.endpoint))`,
  },
  arrival: { ...plain, name: 'arrival', key: "t.channel || ' ' || t.id", hasEntry: false },
  delivery: {
    name: 'delivery',
    key: 't.id',
    row: "json_build_object('delivery', t, 'message', m, 'recipient', r)",
    source: 'null',
    from: `join message m on m.id = t.message
      left join recipient r on r.message = t.message and r.party = t.party`,
    hasEntry: false,
  },
  message: { ...plain, name: 'message', key: 't.id', hasEntry: false },
  recipient: {
    ...plain,
    name: 'recipient',
    key: "t.message || ' ' || t.party",
    order: 't.message, t.party',
    hasEntry: false,
  },
};

/** Rows of a kind by their key, from the one after `after` (empty: from the first). */
async function readSealedPage<Kind extends GrantKind>(
  sql: Sql | TransactionSql,
  kind: Kind,
  after: string,
  limit: number,
): Promise<readonly KeptGrantRow<Kind>[]> {
  const { name, key, row, source, from } = TABLES[kind];
  const text = (fragment: string): PendingQuery<Row[]> => sql.unsafe(fragment) as PendingQuery<Row[]>;
  const found = await sql<KeptGrantRow<Kind>[]>`
    select ${text(key)} as key, ${text(row)} as row, t.mac, ${text(source)} as source
    from ${text(name)} t ${text(from)}
    where ${text(key)} > ${after} ${text(kind === 'arrival' ? 'and t.due_at is not null' : '')}
    order by 1 limit ${limit}`;
  return found.map((one) => ({ ...one }));
}

/** Every row of a kind, a page at a time. */
export async function* readSealedRows<Kind extends GrantKind>(
  sql: Sql | TransactionSql,
  kind: Kind,
  limit: number,
): AsyncGenerator<readonly KeptGrantRow<Kind>[]> {
  let page = await readSealedPage(sql, kind, '', limit);
  while (page.length > 0) {
    yield page;
    page = page.length < limit ? [] : await readSealedPage(sql, kind, page.at(-1)?.key ?? '', limit);
  }
}

/** A row and what its MAC is to cover. */
interface RowToSeal<Kind extends GrantKind = GrantKind> {
  readonly kept: KeptGrantRow<Kind>;
  /** The row from now on; at most its entry differs from the kept row. */
  readonly row: GrantRowOf<Kind>;
}

/**
 * Writes the MACs of rows. It locks them in the order in which other work does, so that neither waits for the
 * other. A row that was written since it was read is skipped.
 * @returns how many were written
 */
export async function writeMacs<Kind extends GrantKind>(
  sql: Sql | TransactionSql,
  grants: Grants,
  kind: Kind,
  list: readonly RowToSeal<Kind>[],
): Promise<number> {
  const { name, key, hasEntry, order = key } = TABLES[kind];
  const records = list.map(({ kept, row }) => ({
    key: kept.key,
    before: kept.mac,
    mac: grants.seal(kind, row),
    entry: (row as { entry?: string | null }).entry ?? null,
  }));
  const text = (fragment: string): PendingQuery<Row[]> => sql.unsafe(fragment) as PendingQuery<Row[]>;
  const written = await sql`
    with held as materialized (
      select n.* from ${text(name)} t
        join json_to_recordset(${asJson(sql, records)}) as n(key text, before text, mac text, entry text)
          on ${text(key)} = n.key and t.mac is not distinct from n.before
      order by ${text(order)} for no key update of t
    )
    update ${text(name)} t set mac = n.mac ${text(hasEntry ? ', entry = n.entry' : '')}
    from held n where ${text(key)} = n.key and t.mac is not distinct from n.before`;
  return written.count;
}

/** In this order, a row made from another grant comes after it. */
export const SEAL_ORDER: readonly GrantKind[] = GRANT_KINDS.toSorted(
  (a, b) => Number(isMadeByProgram(a)) - Number(isMadeByProgram(b)),
);

/** Kinds whose rows the program makes by itself, from what an operator granted. */
export function isMadeByProgram(kind: GrantKind): boolean {
  return ['link', 'arrival', 'delivery', 'message', 'recipient'].includes(kind);
}
