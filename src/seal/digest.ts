/** The one digest of this house: SHA-256, written as base64url without padding. */
import { createHash } from 'node:crypto';

/** SHA-256 (FIPS 180-4) of bytes, or of a text as UTF-8; 43 characters of base64url. */
export const sha256 = (data: Uint8Array | string): string =>
  createHash('sha256').update(data).digest('base64url');
