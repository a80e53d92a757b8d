/** The only source of random ids, tokens and jitter; both runtimes have it. Everything below gets it as a parameter. */
import { uuidv7obj } from 'uuidv7';

export interface ChanceSource {
  readonly newId: () => string;
  readonly newThread: () => string;
  readonly newToken: () => string;
  readonly random: () => number;
}

const randomBytes = (length: number): Buffer => Buffer.from(crypto.getRandomValues(new Uint8Array(length)));

export const chance: ChanceSource = {
  newId: () => uuidv7obj().toHex(),
  newThread: () => randomBytes(16).toString('hex'),
  newToken: () => randomBytes(32).toString('base64url'),
  random: Math.random,
};
