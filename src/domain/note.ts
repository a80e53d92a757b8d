/** Notes: what is said at an endpoint of no message. Nothing of a case is in one, and no address. */
import type { Channel } from './channel.ts';
import type { WordValues } from './words.ts';

/** What a note says. `probe` is a test that nobody asked for: the endpoint is off, and is tried again. */
export type Says =
  | { readonly what: 'test' | 'probe' }
  /** The account it is said to is an officer's no more: another took its place, or it was unlinked. */
  | { readonly what: 'account-replaced' | 'account-unlinked' }
  /** The PIN of an officer (id): set anew, or locked after wrong ones; `-other` is said to others of the desk. */
  | { readonly what: 'pin-set' | 'pin-locked' | 'pin-locked-other'; readonly officer: string }
  /** Another endpoint of the desk went off: its id, why (a short code) and when (RFC 3339, UTC). */
  | {
      readonly what: 'endpoint-off';
      readonly endpoint: string;
      readonly channel: Exclude<Channel, 'none'>;
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

/** Notes that are said at an endpoint although it is off: a try of it, and that it is off. */
export const isSaidThoughOff = ({ what }: Says): boolean =>
  what === 'test' || what === 'probe' || what === 'account-replaced' || what === 'account-unlinked';

/** The sentence of a note, in the words of a language. */
export function noteLine(says: Says, say: (id: string, values?: WordValues) => string): string {
  switch (says.what) {
    case 'endpoint-off':
      return say('note-endpoint-off', {
        channel: say(`note-channel-${says.channel}`),
        at: new Date(says.at),
      });
    case 'account-replaced':
    case 'account-unlinked':
    case 'pin-set':
    case 'pin-locked':
    case 'pin-locked-other':
      return say(`note-${says.what}`);
    case 'test':
    case 'probe':
      return say('note-test');
  }
}
