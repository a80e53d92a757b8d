/**
 * Base64 at native speed for jose. jose uses the ECMAScript 2026 methods of `Uint8Array` if the runtime has them;
 * otherwise it builds texts one character at a time, which takes seconds for a large attachment. Node 24 does not have
 * these methods, but has `Buffer`. Import this module for its effect wherever jose signs, seals or opens.
 */
import { Buffer } from 'node:buffer';

interface Options {
  readonly alphabet?: 'base64' | 'base64url';
  readonly omitPadding?: boolean;
}

function toBase64(this: Uint8Array, { alphabet = 'base64', omitPadding = false }: Options = {}): string {
  const text = Buffer.from(this.buffer, this.byteOffset, this.byteLength).toString(alphabet);
  const isPadded = alphabet === 'base64';
  if (isPadded === !omitPadding) return text;
  return omitPadding ? text.replace(/=+$/, '') : text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** Accepts only canonical base64, with or without padding; jose never passes anything else. */
function fromBase64(text: string, { alphabet = 'base64' }: Options = {}): Uint8Array {
  const buffer = Buffer.from(text, alphabet);
  const again = buffer.toString(alphabet);
  if (again !== text && again.replace(/=+$/, '') !== text.replace(/=+$/, ''))
    throw new SyntaxError('not base64');
  const bytes = new Uint8Array(buffer.length);
  bytes.set(buffer);
  return bytes;
}

function provide(target: object, name: string, value: unknown): void {
  if (name in target) return;
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

provide(Uint8Array.prototype, 'toBase64', toBase64);
provide(Uint8Array, 'fromBase64', fromBase64);
