/**
 * Marks of network addresses: HMAC-SHA256 (RFC 2104) under a key of the day, derived from the master key (HKDF, RFC
 * 5869). A mark tells callers apart for one day. Addresses are not stored, and after that day no mark can be traced to
 * an address.
 */
import { createHmac, hkdfSync } from 'node:crypto';

/**
 * Makes the mark of an address at an instant: 22 characters of base64url. All processes of a gateway make the same
 * mark.
 */
export function createAddressMarker(masterKey: string): (address: string, at: Date) => string {
  let key: { readonly day: string; readonly bytes: Uint8Array } | undefined;
  return (address, at) => {
    const day = at.toISOString().slice(0, 10);
    if (key?.day !== day)
      key = { day, bytes: new Uint8Array(hkdfSync('sha256', masterKey, '', `amanat address ${day}`, 32)) };
    return createHmac('sha256', key.bytes).update(address).digest('base64url').slice(0, 22);
  };
}
