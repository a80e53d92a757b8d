import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../support/property.ts';
import '../../src/seal/native-base64.ts';

interface Base64 {
  toBase64(options?: { alphabet?: string; omitPadding?: boolean }): string;
}
const fromBase64 = (Uint8Array as unknown as { fromBase64(text: string, options?: object): Uint8Array })
  .fromBase64;
const encoded = (bytes: Uint8Array, options?: object): string =>
  (bytes as unknown as Base64).toBase64(options);

it('gives what the standard says, with and without padding, in both alphabets', () => {
  assertProperty(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      const buffer = Buffer.from(bytes);
      expect(encoded(bytes)).toBe(buffer.toString('base64'));
      expect(encoded(bytes, { omitPadding: true })).toBe(buffer.toString('base64').replaceAll('=', ''));
      const url = { alphabet: 'base64url' };
      expect(encoded(bytes, { ...url, omitPadding: true })).toBe(buffer.toString('base64url'));
      const padded = encoded(bytes, url);
      expect(padded.length % 4).toBe(0);
      expect(padded.replaceAll('=', '')).toBe(buffer.toString('base64url'));
      expect(fromBase64(encoded(bytes))).toEqual(bytes);
      expect(fromBase64(buffer.toString('base64url'), url)).toEqual(bytes);
    }),
  );
});

it.each(['A', 'AB=', 'A*==', '-_-_'])('refuses %s', (text) => {
  expect(() => fromBase64(text)).toThrow(SyntaxError);
});
