/** Public names of access keys. The key cannot be derived from its name. */

/** The name that people use for a key: the first 48 bits of its stored hash (SHA-256, base64url), in hex. */
export const shownIdOfAccessKey = (hash: string): string =>
  Buffer.from(hash, 'base64url').toString('hex').slice(0, 12);
