/** Notes: what is said at an endpoint of no message. Nothing of a case is in one, and no address. */
import type { Channel } from './channel.ts';

/** What a note says. `probe` is a test that nobody asked for: the endpoint is off, and is tried again. */
export type Says =
  | { readonly what: 'test' | 'probe' }
  /** Another endpoint of the desk went off: its id, why (a short code) and when (RFC 3339, UTC). */
  | {
      readonly what: 'endpoint-off';
      readonly endpoint: string;
      readonly channel: Channel;
      readonly code: string;
      readonly at: string;
    };

export interface Note {
  readonly id: string;
  readonly says: Says;
  readonly madeAt: Date;
  /** Absent where it is tried until it gets through. */
  readonly expiresAt?: Date;
}
