/**
 * Rotation of the master key while the gateway serves. The new key and the old one lie in the home folder together
 * before the first secret is wrapped anew; a process that runs finds either there (`master-ring.ts`). The old one is
 * put aside by a step of its own, once nothing is wrapped under it, and removed by another.
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

/** How the file of a master key begins that is not used any more; its id follows. It is no name of a setting. */
const ASIDE = 'old-master-key-';

const NAMES = { now: 'AMANAT_MASTER_KEY', old: 'AMANAT_MASTER_KEY_OLD', next: 'AMANAT_MASTER_KEY_NEXT' };

/**
 * Puts a new master key beside the old one in the home folder, on disk before it returns. A rotation that was broken
 * off is taken up where it stood: there is never a third key.
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
 * Puts the old master key aside, where nothing reads it any more: backups from before open by it alone.
 * @returns the name of its file in `secrets/`
 */
export async function endMasterRotation(home: string): Promise<string> {
  const { id } = await importMasterKey(readFileSync(pathOf(home, NAMES.old), 'utf8').trim());
  const name = `${ASIDE}${id}`;
  renameSync(pathOf(home, NAMES.old), pathOf(home, name));
  syncFolder(home);
  return name;
}

/** Names of the files in `secrets/` in which old master keys lie aside. */
export const listKeysAside = (home: string): readonly string[] =>
  readdirSync(join(home, 'secrets'))
    .filter((name) => name.startsWith(ASIDE))
    .toSorted();

/** Removes the old master keys that lie aside. @returns the names of their files */
export function forgetKeysAside(home: string): readonly string[] {
  const names = listKeysAside(home);
  for (const name of names) rmSync(pathOf(home, name));
  syncFolder(home);
  return names;
}

export const isMasterRotating = (home: string): boolean => existsSync(pathOf(home, NAMES.old));

const pathOf = (home: string, name: string): string => join(home, 'secrets', name);

/** A file that must not be there yet, on disk before it counts: losing a master key loses everything under it. */
function writeOnce(path: string, text: string): void {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'EEXIST')
      throw new Refusal('already-exists', 'another rotation of the master key is under way');
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

/** What a pass over all secrets came to. */
export interface RewrapResult {
  readonly secrets: number;
  /** Put under the new key by this pass. */
  readonly rewrapped: number;
  /** Opened by no master key there is. */
  readonly unreadable: number;
}

/**
 * Wraps every secret under the master key that is not yet, `batch` at a time. Safe to break off, to repeat and to run
 * while others write: a secret that is replaced meanwhile is left as it was replaced, and met again by the next pass.
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
    for (const { row, isSound } of page) {
      // Somebody else's row: it is told of, and nothing is lost with it.
      if (!isSound) continue;
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

/** The hashes of officers' PINs, counted among the secrets. */
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
