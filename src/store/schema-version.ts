/**
 * Versions of the schema, and which programs work with which, so that processes of an old and of a new
 * program run beside each other during an upgrade. Migrations only expand; each names the oldest program that
 * it still serves.
 */
import type { Sql } from 'postgres';
import { Refusal } from '../domain/words/error.ts';

/** What a database records about its schema. */
interface DatabaseSchema {
  readonly version: number;
  /** For each migration, the oldest program that works with the schema after it. */
  readonly migrations: readonly { readonly id: number; readonly serves: number }[];
}

/** PostgreSQL, appendix A: undefined_table. */
const NO_TABLE = '42P01';

/**
 * The schema of a database, in a single query; undefined if it has none. A migration without a mark serves
 * only its own program and newer ones.
 */
export async function readSchema(sql: Sql): Promise<DatabaseSchema | undefined> {
  try {
    // The column is younger than the table.
    const migrations = await sql<{ id: number; serves: number }[]>`
      select id, coalesce((to_jsonb(migration)->>'serves')::integer, id) as serves from migration order by id`;
    const version = migrations.at(-1)?.id;
    return version === undefined ? undefined : { version, migrations };
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === NO_TABLE) return undefined;
    throw fault;
  }
}

/** Whether every migration that a program does not know still serves it. @param program its schema version */
export const isServedBySchema = ({ migrations }: DatabaseSchema, program: number): boolean =>
  migrations.every((one) => one.id <= program || one.serves <= program);

/** Program and database do not fit. Has both versions of the schema. */
export class SchemaMismatch extends Refusal {
  /** The version of the database; 0 if nothing was migrated yet. */
  readonly database: number;
  readonly program: number;

  constructor(database: number, program: number) {
    const how =
      database > program
        ? "newer than this program's"
        : 'older than what this program works with, which is of';
    super('schema-mismatch', `the database is at schema version ${database}, ${how} ${program}`);
    this.database = database;
    this.program = program;
  }
}
