/** Notes: what an endpoint is told that belongs to no message. A note contains nothing of a case and no address. */
import type { Channel, Shows } from '../party/channel.ts';
import type { PhraseValues } from '../words/phrases.ts';

/** The content of a note. `probe` is an automatic test of an endpoint that is off. */
export type NoteContent =
  | { readonly what: 'test' | 'probe' }
  /** The account no longer belongs to an officer: another account replaced it, or it was unlinked. */
  | { readonly what: 'account-replaced' | 'account-unlinked' }
  /**
   * The PIN of an officer (id) was set, or locked after wrong PINs; `-other` goes to the other officers of the
   * focal point.
   */
  | { readonly what: 'pin-set' | 'pin-locked' | 'pin-locked-other'; readonly officer: string }
  /** The account is in use from now on: its focal point confirmed it. */
  | { readonly what: 'account-confirmed' }
  /** A new endpoint, or a change of one, waits for the focal point's confirmation (`confirming.ts`). */
  | {
      readonly what: 'endpoint-waiting';
      readonly endpoint: string;
      readonly asked: string;
      readonly channel: Exclude<Channel, 'none'>;
      /** Id of the officer who is to use it. */
      readonly officer: string | null;
      readonly shows: Shows;
      readonly is: 'new' | 'changed';
      readonly until: string;
    }
  /**
   * An endpoint that shows content or belongs to an officer is in use from now on: it was the first, or somebody
   * confirmed it.
   */
  | {
      readonly what: 'endpoint-counts';
      readonly by: 'first' | 'confirmed';
      readonly endpoint: string;
      /** The request that was confirmed. */
      readonly asked?: string;
      readonly channel: Exclude<Channel, 'none'>;
      readonly officer: string | null;
      readonly shows: Shows;
    }
  /** Another key was made with which a system reads the status of the focal point's messages, or posts for it. */
  | { readonly what: 'key-made'; readonly key: 'access-key' | 'secret'; readonly at: string }
  /**
   * Another endpoint of the focal point was switched off: its id, the reason (a short code) and the time (RFC 3339,
   * UTC).
   */
  | {
      readonly what: 'endpoint-off';
      readonly endpoint: string;
      readonly channel: Exclude<Channel, 'none'>;
      readonly code: string;
      readonly at: string;
    };

export interface EndpointNote {
  readonly id: string;
  readonly says: NoteContent;
  readonly madeAt: Date;
  /** Absent if the note is sent until it arrives. */
  readonly expiresAt?: Date;
}

/** Notes that are sent although the endpoint is off: tests, and that the account has ended. */
export const isSentThoughOff = ({ what }: NoteContent): boolean =>
  what === 'test' || what === 'probe' || what === 'account-replaced' || what === 'account-unlinked';

/**
 * Notes that wait for an endpoint that is off for a while, because they say who reads and writes for the focal
 * point.
 */
export const SENT_LATER: readonly NoteContent['what'][] = ['endpoint-waiting', 'endpoint-counts', 'key-made'];

/** The sentence of a note in the reader's language. */
export function sentenceOfNote(
  says: NoteContent,
  translate: (id: string, values?: PhraseValues) => string,
): string {
  switch (says.what) {
    case 'endpoint-off':
      return translate('note-endpoint-off', {
        channel: translate(`note-channel-${says.channel}`),
        at: new Date(says.at),
      });
    case 'account-replaced':
    case 'account-unlinked':
    case 'pin-set':
    case 'pin-locked':
    case 'pin-locked-other':
    case 'account-confirmed':
      return translate(`note-${says.what}`);
    case 'endpoint-waiting':
      return translate(`note-endpoint-waiting-${says.is}`, { until: new Date(says.until) });
    case 'endpoint-counts':
      return translate(`note-endpoint-counts-${says.by}`, {
        channel: translate(`note-channel-${says.channel}`),
      });
    case 'key-made':
      return translate(`note-key-made-${says.key}`, { at: new Date(says.at) });
    case 'test':
    case 'probe':
      return translate('note-test');
  }
}
