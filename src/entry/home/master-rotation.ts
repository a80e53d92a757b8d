/**
 * Rotates the master key while the gateway runs. The home folder has both the new and the old key before the first secret is
 * rewrapped, so that a running process finds both there (`master-ring.ts`). Once no secret is wrapped under the old key, a
 * separate step moves it to another file, and one more step deletes it.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../../domain/words/error.ts';
import { nameOfPin } from '../../flow/account/pin-check.ts';
import {
  importMasterKey,
  type MasterKey,
  masterKeyIdOf,
  unwrapSecret,
  wrapSecret,
} from '../../seal/custody.ts';
import type { Store } from '../../store/store.ts';

/** The file name of an old master key begins with this, and its id follows. It is not the name of a setting. */
const ASIDE = 'old-master-key-';

const NAMES = { now: 'AMANAT_MASTER_KEY', old: 'AMANAT_MASTER_KEY_OLD', next: 'AMANAT_MASTER_KEY_NEXT' };

/**
 * Writes a new master key beside the old one in the home folder; it is on disk when this returns. An interrupted rotation is
 * continued, so there is never a third key.
 * @returns whether a new key was made
 * @throws Refusal `already-exists` where another rotation does the same at this moment
 */
export function beginMasterRotation(home: string, newKey: string): boolean {
  const at = { now: pathOf(home, NAMES.now), old: pathOf(home, NAMES.old), next: pathOf(home, NAMES.next) };
  const isUnderWay = existsSync(at.old);
  if (!isUnderWay) {
    if (!existsSync(at.next)) writeOnce(at.next, `${newKey}\n`);
    writeOnce(at.old, readFileSync(at.now, 'utf8'));
  }
  if (existsSync(at.next)) renameSync(at.next, at.now);
  syncFolder(home);
  return !isUnderWay;
}

/**
 * Moves the old master key to a file that no program reads. It is kept because older backups can be opened only with it.
 * @returns the name of its file in `secrets/`
 */
export async function endMasterRotation(home: string): Promise<string> {
  const { id } = await importMasterKey(readFileSync(pathOf(home, NAMES.old), 'utf8').trim());
  const name = `${ASIDE}${id}`;
  renameSync(pathOf(home, NAMES.old), pathOf(home, name));
  syncFolder(home);
  return name;
}

/** Lists the files in `secrets/` that keep old master keys. */
export const listKeysAside = (home: string): readonly string[] =>
  readdirSync(join(home, 'secrets'))
    .filter((name) => name.startsWith(ASIDE))
    .toSorted();

/** Deletes the kept old master keys. @returns the names of their files */
export function forgetKeysAside(home: string): readonly string[] {
  const names = listKeysAside(home);
  for (const name of names) rmSync(pathOf(home, name));
  syncFolder(home);
  return names;
}

export const isMasterRotating = (home: string): boolean => existsSync(pathOf(home, NAMES.old));

const pathOf = (home: string, name: string): string => join(home, 'secrets', name);

/** Writes a new file and waits until it is on disk: without the master key everything under it is lost. */
function writeOnce(path: string, text: string): void {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'EEXIST')
      throw new Refusal('already-exists', 'another rotation of the master key is in progress');
    throw fault;
  }
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(home: string): void {
  const folder = openSync(join(home, 'secrets'), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** The result of one pass over all secrets. */
export interface RewrapResult {
  readonly secrets: number;
  /** How many this pass wrapped under the new key. */
  readonly rewrapped: number;
  /** How many no master key opens. */
  readonly unreadable: number;
}

/**
 * Wraps all secrets under the current master key, `batch` at a time. It can be interrupted, repeated, and run while others
 * write: if somebody replaces a secret meanwhile, that value stays, and the next pass handles it.
 */
export async function rewrapSecrets(
  store: Pick<Store, 'secrets' | 'pins'>,
  master: MasterKey,
  batch = 100,
): Promise<RewrapResult> {
  const counted = { secrets: 0, rewrapped: 0, unreadable: 0 };
  let place: string | undefined = '0';
  while (place !== undefined) {
    const page: Awaited<ReturnType<Store['secrets']['secretPage']>> = await store.secrets.secretPage(
      place,
      batch,
    );
    for (const { row, isValid } of page) {
      // A tampered row: the guard reports it, and it gets no new wrapping.
      if (!isValid) continue;
      counted.secrets += 1;
      if (masterKeyIdOf(row.wrapped) === master.id) continue;
      const text = await unwrapSecret(master, row, row.wrapped).catch(() => undefined);
      if (text === undefined) counted.unreadable += 1;
      else if (await store.secrets.rewrapSecret(row, await wrapSecret(master, row, text)))
        counted.rewrapped += 1;
    }
    place = page.at(-1)?.place;
  }
  await rewrapPins(store, master, counted);
  return counted;
}

/** Rewraps the hashes of officers' PINs, which count as secrets. */
async function rewrapPins(
  store: Pick<Store, 'pins'>,
  master: MasterKey,
  counted: { secrets: number; rewrapped: number; unreadable: number },
): Promise<void> {
  for (const pin of await store.pins.readPins()) {
    counted.secrets += 1;
    if (masterKeyIdOf(pin.wrapped) === master.id) continue;
    const name = nameOfPin(pin);
    const hash = await unwrapSecret(master, name, pin.wrapped).catch(() => undefined);
    if (hash === undefined) counted.unreadable += 1;
    else if (await store.pins.rewrapPin(pin, await wrapSecret(master, name, hash))) counted.rewrapped += 1;
  }
}
