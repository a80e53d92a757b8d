/** Access keys by a name that may be shown: nothing of the key follows from it. */

/** By which people name a key: the first 48 bits of what is stored (SHA-256, base64url), in hex. */
export const shownIdOfAccessKey = (hash: string): string =>
  Buffer.from(hash, 'base64url').toString('hex').slice(0, 12);
