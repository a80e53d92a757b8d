/**
 * Marks of network addresses: HMAC-SHA256 (RFC 2104) under a key of the day, derived from the master key (HKDF, RFC
 * 5869). A mark tells callers apart for one day. No address is stored, and after the day no mark can be traced to
 * one.
 */
import { createHmac, hkdfSync } from 'node:crypto';

/** Makes the mark of an address at an instant: 22 characters of base64url. The same in all processes of a gateway. */
export function createAddressMarker(masterKey: string): (address: string, at: Date) => string {
  let key: { readonly day: string; readonly bytes: Uint8Array } | undefined;
  return (address, at) => {
    const day = at.toISOString().slice(0, 10);
    if (key?.day !== day)
      key = { day, bytes: new Uint8Array(hkdfSync('sha256', masterKey, '', `amanat address ${day}`, 32)) };
    return createHmac('sha256', key.bytes).update(address).digest('base64url').slice(0, 22);
  };
}
