/**
 * Checks that the master key is the one of this database. A wrong one opens no key in custody, and partners would be told that
 * their own keys are wrong. For this check the database has a value that is wrapped under each key in use.
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
 * Checks the master key at the start. During a rotation, `replaced` is the text of the old key, under which the database may
 * still be.
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
      'AMANAT_MASTER_KEY is not the master key of this database. Restore the right key, or the database that belongs to it; during a rotation, set AMANAT_MASTER_KEY_OLD too',
    );
  if (!checks.some((one) => one.id === master.id))
    await secrets.keepMasterCheck(
      master.id,
      await wrapSecret(master, { owner: OWNER, kind: KIND, id: master.id }, VALUE),
    );
}

/** For an older database without such values: tries its first secret. A database without secrets accepts any key. */
async function opensSecrets(secrets: Checked, keys: readonly MasterKey[]): Promise<boolean> {
  const [first] = await secrets.secretPage('0', 1);
  return first === undefined || opens(keys, first.row);
}

/** Whether one of these keys opens the wrapped value. */
async function opens(
  keys: readonly MasterKey[],
  { wrapped, ...secret }: SecretName & { readonly wrapped: string },
): Promise<boolean> {
  const name = masterKeyIdOf(wrapped);
  const key = keys.find((one) => one.id === name);
  if (key === undefined) return false;
  const { id, key: opening, grants } = key;
  const alone = { id, key: opening, grants };
  // An older value is not bound to its owner; if this key opens it, it is also this key's.
  return unwrapSecret(alone, secret, wrapped)
    .catch(() => unwrapUnownedSecret(alone, secret, wrapped))
    .then(
      () => true,
      () => false,
    );
}
