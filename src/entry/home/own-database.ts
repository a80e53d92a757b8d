/**
 * A home folder's own database. Both hold one random id: a command that was started without `DATABASE_URL`, or with
 * another one, does not open an empty or a foreign database and find nothing to do in it.
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
  /** How it was opened. */
  readonly by: 'DATABASE_URL' | 'embedded';
}

const byOf = (home: HomeFolder): Remembered['by'] =>
  home.values['DATABASE_URL'] === undefined ? 'embedded' : 'DATABASE_URL';

/** @throws Refusal `configuration` where the file is there and is not what was written */
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
 * Before an embedded server is started: that this home folder does not keep its database elsewhere.
 * @throws Refusal `configuration`
 */
export function checkDatabasePlace(home: HomeFolder): void {
  const known = recall(home);
  if (known?.by === 'DATABASE_URL' && byOf(home) === 'embedded' && !existsSync(join(home.path, 'data')))
    throw new Refusal(
      'configuration',
      'DATABASE_URL is not set, and the database of this home folder is the one that DATABASE_URL named before',
    );
}

/**
 * Before anything is written to a database: that it is the one this home folder knows.
 * @throws Refusal `configuration`
 */
export async function checkDatabaseIdentity(home: HomeFolder, sql: Sql): Promise<void> {
  const known = recall(home);
  if (known === undefined) return;
  const found = await readDatabaseId(sql);
  if (found === known.id) return;
  const what = found === undefined ? 'is empty, or was never this gateway’s' : 'belongs to another gateway';
  const how =
    byOf(home) === 'embedded'
      ? 'DATABASE_URL is not set; set it as it was'
      : 'set DATABASE_URL as it was, or unset it where the database is the embedded one';
  throw new Refusal(
    'configuration',
    `the database that was opened ${what}: ${how}. A database restored from a backup keeps its id. Only to begin anew with an empty one, remove ${FILE} from the home folder`,
  );
}

/** After the database is migrated: that both know each other from now on. `newId` is used where it has no id yet. */
export async function rememberDatabase(home: HomeFolder, sql: Sql, newId: string): Promise<void> {
  const known = recall(home);
  const id = await nameDatabase(sql, newId);
  if (known?.id === id && known.by === byOf(home)) return;
  const text = `${JSON.stringify({ id, by: byOf(home) } satisfies Remembered)}\n`;
  try {
    writeFileSync(join(home.path, FILE), text);
  } catch (fault) {
    // A home folder that is mounted read-only holds what was written when it was made, or nothing to compare with.
    const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
    if (code !== 'EROFS' && code !== 'EACCES') throw fault;
  }
}
