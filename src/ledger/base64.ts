/** Canonical Base64: RFC 4648 §4, with padding, no other characters, unused bits zero (§3.5). */
import { Buffer } from 'node:buffer';

export const encodeBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');

/** Decodes canonical Base64; undefined for any other text. Check the length of the text before the call. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}
