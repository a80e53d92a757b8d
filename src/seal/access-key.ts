/** Access keys: bearer keys of focal points. Only a digest of one is stored. */
import { digestOf } from './digest.ts';

/** An access key as its owner sees it, once: `amk_` and 256 random bits. */
export const textOfAccessKey = (token: string): string => `amk_${token}`;

/** The stored form of an access key: its SHA-256. The key itself is never stored. */
export const hashOfAccessKey = (key: string): string => digestOf(key);
