/**
 * Why a message does not come to somebody whom it names, sorted: what is a fault of the message, and what concerns that
 * recipient only. docs/wire.md, *Each recipient by itself*, shows the same table; a test holds the two together.
 *
 * - `message`: refused whole, at the sender's gateway or by a recipient's. Nothing that must not go is half sent.
 * - `named`: a recipient's gateway refuses this recipient alone, by evidence that names it, and takes the message for others.
 * - `waits`: the recipient has no way now. The others have the message; this one gets it by the first way that appears.
 * - `later`: a way is there and cannot be used now. It is tried again by the schedule.
 * - `ends`: it failed for this recipient: the next endpoint is tried; after the last, the sender is told, signed.
 */
export type NonDeliveryFate = 'message' | 'named' | 'waits' | 'later' | 'ends';

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
