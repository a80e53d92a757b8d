/**
 * Whether the master key is the one this database is kept under. A wrong one opens no custodial key: partners would be told
 * that their own keys are wrong. The database holds a value wrapped under each key in use.
 */
import { Refusal } from '../../domain/words/error.ts';
import {
  importMasterKey,
  type MasterKey,
  masterKeyIdOf,
  type SecretName,
  unwrapSecret,
  unwrapUnownedSecret,
  wrapSecret,
} from '../../seal/custody.ts';
import type { SecretStore } from '../../store/contracts/secrets.ts';

const OWNER = 'house';
const KIND = 'master-check';
const VALUE = 'amanat';

type Checked = Pick<SecretStore, 'masterChecks' | 'keepMasterCheck' | 'secretPage'>;

/**
 * Checks the master key at the start. `replaced` is the text of the key that it replaces, while a rotation is under way:
 * then the database may still be kept under that one.
 * @throws Refusal `configuration`
 */
export async function checkMasterKey(
  secrets: Checked,
  master: MasterKey,
  replaced: readonly (string | undefined)[],
): Promise<void> {
  const given = replaced.filter((one) => one !== undefined);
  const keys = [master, ...(await Promise.all(given.map((one) => importMasterKey(one))))];
  const checks = await secrets.masterChecks();
  const [newest] = checks;
  const isRight =
    newest === undefined
      ? await opensSecrets(secrets, keys)
      : await opens(keys, { owner: OWNER, kind: KIND, id: newest.id, wrapped: newest.wrapped });
  if (!isRight)
    throw new Refusal(
      'configuration',
      'AMANAT_MASTER_KEY is not the key that this database is kept under. Put back the right one, or the database that belongs to it; while a rotation is under way, AMANAT_MASTER_KEY_OLD must be there as well',
    );
  if (!checks.some((one) => one.id === master.id))
    await secrets.keepMasterCheck(
      master.id,
      await wrapSecret(master, { owner: OWNER, kind: KIND, id: master.id }, VALUE),
    );
}

/** A database of before there were such values: its first secret tells. One without secrets takes any key. */
async function opensSecrets(secrets: Checked, keys: readonly MasterKey[]): Promise<boolean> {
  const [first] = await secrets.secretPage('0', 1);
  return first === undefined || opens(keys, first.row);
}

/** Whether one of these very keys made the wrapped value. */
async function opens(
  keys: readonly MasterKey[],
  { wrapped, ...secret }: SecretName & { readonly wrapped: string },
): Promise<boolean> {
  const name = masterKeyIdOf(wrapped);
  const key = keys.find((one) => one.id === name);
  if (key === undefined) return false;
  const { id, key: opening, grants } = key;
  const alone = { id, key: opening, grants };
  // One from before owners were bound in was made by this key as well.
  return unwrapSecret(alone, secret, wrapped)
    .catch(() => unwrapUnownedSecret(alone, secret, wrapped))
    .then(
      () => true,
      () => false,
    );
}
