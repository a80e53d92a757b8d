/**
 * The master keys of a running gateway: the current one, which wraps secrets, and others during a rotation. A process that runs
 * during a rotation finds secrets under a key that it did not start with. It then reads the keys again, so nobody must restart it.
 */
import { importMasterKey, type MasterKey } from '../seal/custody.ts';

/**
 * Makes the ring of master keys.
 * @param texts reads the texts of all current master keys; called when a secret names an unknown key
 * @param newest reads the text of the newest key; called when the operator's log records a rotation
 * @throws Refusal `configuration` where `current` is not a master key
 */
export async function makeMasterRing(
  current: string,
  texts: () => readonly (string | undefined)[],
  newest: () => string | undefined = () => undefined,
): Promise<MasterKey> {
  return {
    ...(await importMasterKey(current)),
    other: async (id) => {
      for (const text of texts()) {
        // An incomplete file or a mistyped value is skipped; another text may be the key.
        const key = text === undefined ? undefined : await importMasterKey(text).catch(() => undefined);
        if (key?.id === id) return key;
      }
      return undefined;
    },
    newest: async () => {
      const text = newest();
      return text === undefined ? undefined : importMasterKey(text).catch(() => undefined);
    },
  };
}
