/**
 * Checks that a database belongs to the home folder. Both hold the same random id. Without this check, a command with a missing
 * or wrong `DATABASE_URL` would open an empty or foreign database and find nothing to do.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { Refusal } from '../../domain/words/error.ts';
import { nameDatabase, readDatabaseId } from '../../store/database-id.ts';
import type { HomeFolder } from './home.ts';

/** The file in the home folder. */
const FILE = 'database.json';

interface Remembered {
  readonly id: string;
  /** How the database was opened. */
  readonly by: 'DATABASE_URL' | 'embedded';
}

const byOf = (home: HomeFolder): Remembered['by'] =>
  home.values['DATABASE_URL'] === undefined ? 'embedded' : 'DATABASE_URL';

/** @throws Refusal `configuration` where the file exists but cannot be parsed */
function recall(home: HomeFolder): Remembered | undefined {
  const file = join(home.path, FILE);
  if (!existsSync(file)) return undefined;
  const found = parsed(readFileSync(file, 'utf8'));
  if (found !== undefined) return found;
  throw new Refusal('configuration', `${FILE} in the home folder cannot be read; restore it from a backup`);
}

function parsed(text: string): Remembered | undefined {
  try {
    const { id, by } = JSON.parse(text);
    const isOurs = typeof id === 'string' && id !== '' && (by === 'DATABASE_URL' || by === 'embedded');
    return isOurs ? { id, by } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Checks, before the embedded server starts, that the database of this home folder is not elsewhere.
 * @throws Refusal `configuration`
 */
export function checkDatabasePlace(home: HomeFolder): void {
  const known = recall(home);
  if (known?.by === 'DATABASE_URL' && byOf(home) === 'embedded' && !existsSync(join(home.path, 'data')))
    throw new Refusal(
      'configuration',
      'DATABASE_URL is not set, but this home folder uses the database that DATABASE_URL named before. Set it again',
    );
}

/**
 * Checks, before anything is written to a database, that it is the one of this home folder.
 * @throws Refusal `configuration`
 */
export async function checkDatabaseIdentity(home: HomeFolder, sql: Sql): Promise<void> {
  const known = recall(home);
  if (known === undefined) return;
  const found = await readDatabaseId(sql);
  if (found === known.id) return;
  const what =
    found === undefined ? 'is empty or never belonged to this gateway' : 'belongs to another gateway';
  const how =
    byOf(home) === 'embedded'
      ? 'DATABASE_URL is not set; set it to the old value'
      : 'set DATABASE_URL to the old value, or unset it if the gateway used the embedded database';
  throw new Refusal(
    'configuration',
    `the opened database ${what}: ${how}. A database restored from a backup keeps its id. Only if you want to start again with an empty database, delete ${FILE} in the home folder`,
  );
}

/** Writes the id to both, after the database is migrated. `newId` is for a database without an id. */
export async function rememberDatabase(home: HomeFolder, sql: Sql, newId: string): Promise<void> {
  const known = recall(home);
  const id = await nameDatabase(sql, newId);
  if (known?.id === id && known.by === byOf(home)) return;
  const text = `${JSON.stringify({ id, by: byOf(home) } satisfies Remembered)}\n`;
  try {
    writeFileSync(join(home.path, FILE), text);
  } catch (fault) {
    // A read-only home folder keeps its old file, or has none, and then there is nothing to compare.
    const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
    if (code !== 'EROFS' && code !== 'EACCES') throw fault;
  }
}
