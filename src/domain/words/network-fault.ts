/** A network fault by a short word of ours; what the fault says itself may hold addresses and is never passed on. */

const WORDS: readonly (readonly [code: RegExp, word: string])[] = [
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

/** The word for an error thrown by `fetch`, which hides the reason in `cause`; `network` where there is none. */
export function codeOfNetworkFault(error: unknown): string {
  let next = error;
  for (let depth = 0; depth < 4 && next instanceof Error; depth += 1) {
    // undici's parser gives its error a code in some cases only.
    const code = String(('code' in next ? next.code : undefined) ?? next.name);
    const known = WORDS.find(([pattern]) => pattern.test(code));
    if (known !== undefined) return known[1];
    next = next.cause;
  }
  return 'network';
}
