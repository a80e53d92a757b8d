/**
 * Short codes for network faults. The text of a fault may contain addresses, so it is never logged or sent; the
 * code is.
 */

const SHORT_CODES: readonly (readonly [pattern: RegExp, short: string])[] = [
  [/^ERR_ADDRESS_REFUSED$/, 'address-refused'],
  [/^ECONNREFUSED$/, 'connect-refused'],
  [/^(?:ENOTFOUND|EAI_\w+)$/, 'name-unknown'],
  [/^(?:EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'unreachable'],
  [/^(?:ETIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT)$/, 'timeout'],
  [/^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO$)/, 'tls'],
  [/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'connection-lost'],
  [
    /^(?:ERR_ANSWER_MALFORMED$|HTTPParserError$|HPE_|UND_ERR_(?:HEADERS_OVERFLOW|RES|RESPONSE))/,
    'answer-malformed',
  ],
];

/** The short code of an error thrown by `fetch`, which hides the reason in `cause`. `network` if no code is known. */
export function codeOfNetworkFault(error: unknown): string {
  let next = error;
  for (let depth = 0; depth < 4 && next instanceof Error; depth += 1) {
    // undici's parser sets a code in some cases only; then the name is used.
    const code = String(('code' in next ? next.code : undefined) ?? next.name);
    const known = SHORT_CODES.find(([pattern]) => pattern.test(code));
    if (known !== undefined) return known[1];
    next = next.cause;
  }
  return 'network';
}
