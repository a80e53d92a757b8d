/** `Retry-After` (RFC 9110 §10.2.3): seconds, or a date in one of the three forms of §5.6.7. */

/** Seconds after which a caller may retry if this gateway cannot answer now. */
export const RETRY_AFTER_SECONDS = 5;

const MAX_SECONDS = 86_400;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;
const DATE_WITH_ZONE = /^[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT$/;

/** Seconds to wait from `now`, at most one day. Undefined if the header is absent, invalid or in the past. */
export function readRetryAfter(header: string | null, now: Date): number | undefined {
  const seconds = header === null ? Number.NaN : secondsOf(header.trim(), now);
  return seconds > 0 ? Math.min(Math.ceil(seconds), MAX_SECONDS) : undefined;
}

function secondsOf(text: string, now: Date): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  // JavaScript reads a time without a zone as local time; asctime is GMT by definition.
  const date = ASCTIME.test(text) ? `${text} GMT` : DATE_WITH_ZONE.test(text) ? text : '';
  return (Date.parse(date) - now.getTime()) / 1_000;
}
