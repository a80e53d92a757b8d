/**
 * Why a message does not reach a recipient: faults of the message, and faults of one recipient. docs/wire.md, *Each
 * recipient by itself*, has the same table; a test compares the two.
 *
 * - `message`: the whole message is refused, by the sender's gateway or a recipient's. A message that must not be
 * sent is never sent in part.
 * - `named`: a recipient's gateway refuses only this recipient, with evidence that names it, and takes the message
 * for the others.
 * - `waits`: the recipient has no endpoint now. The others get the message; this one gets it as soon as an endpoint
 * appears.
 * - `later`: an endpoint exists but cannot be used now. The schedule tries again.
 * - `ends`: it failed for this recipient. The next endpoint is tried; after the last one the sender is told, with
 * evidence.
 */
type NonDeliveryFate = 'message' | 'named' | 'waits' | 'later' | 'ends';

export const CODES_BY_FATE: Readonly<Record<NonDeliveryFate, readonly string[]>> = {
  message: [
    ...['unknown-recipient', 'misaddressed', 'not-covered', 'designation-ended', 'permission-needed'],
    ...['attachment-refused', 'too-large', 'expired', 'clock-skew', 'recalled'],
  ],
  named: ['designation-ended', 'unknown-recipient'],
  waits: ['no-endpoint', 'endpoint-disabled', 'unknown-officer'],
  later: ['gateway-not-in-force', 'peer-older', 'channel-not-running', 'circuit-open', 'answer-not-proven'],
  ends: [
    ...['designation-ended', 'expired', 'content-gone', 'decryption-failed'],
    ...['certificate-revoked', 'certificate-unusable', 'revocation-unknown', 'revocation-stale'],
  ],
};
