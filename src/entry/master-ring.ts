/**
 * The master keys of a running gateway: the one it wraps under, and the others it still finds while one replaces
 * another. A process that runs through a rotation meets secrets wrapped under a key it did not start with: it looks
 * again at where the keys are kept, so nobody has to stop it.
 */
import { importMasterKey, type MasterKey } from '../seal/custody.ts';

/**
 * Makes the master key with its others.
 * @param texts the texts of all master keys there are now, asked for when a secret names an unknown one
 * @param newest the text of the one that counts now, asked for when the operator's log says that one replaced another
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
        // A file half written or a value mistyped opens nothing; the one that fits may be the next.
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
