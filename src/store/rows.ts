/**
 * Converts rows to and from the JSON of PostgreSQL's `to_json` and `json_populate_recordset`. Records stand in
 * `*-records.ts`: a record's members are the columns of its table in migrations/; times are ISO 8601 with
 * milliseconds.
 */
import type { ParameterOrFragment, Sql, TransactionSql } from 'postgres';

/**
 * OID of `json`. One text parameter carries any number of rows, on every runtime and without fetching types.
 */
const JSON_OID = 114;

/** Rows, or anything else, as one parameter of type `json`. */
export const asJson = (sql: Pick<Sql, 'typed'>, rows: unknown): ParameterOrFragment<never> =>
  sql.typed(rows as never, JSON_OID) as ParameterOrFragment<never>;

/** Texts as a parameter of type `text[]`; null if there are none. */
export const asTexts = (sql: Sql | TransactionSql, texts: readonly string[] | undefined | null) =>
  texts ? sql`array(select json_array_elements_text(${asJson(sql, texts)}))` : sql`null::text[]`;

type Given<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Leaves out members that are null. */
export const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Given<T>;

/** The time of a column. */
export const date = (text: string): Date => new Date(text);
export const dateOrNull = (text: string | null): Date | null => (text === null ? null : new Date(text));
