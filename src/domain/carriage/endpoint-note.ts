/** Notes: what is said at an endpoint of no message. Nothing of a case is in one, and no address. */
import type { Channel, Shows } from '../party/channel.ts';
import type { PhraseValues } from '../words/phrases.ts';

/** What a note says. `probe` is a test that nobody asked for: the endpoint is off, and is tried again. */
export type NoteContent =
  | { readonly what: 'test' | 'probe' }
  /** The account it is said to is an officer's no more: another took its place, or it was unlinked. */
  | { readonly what: 'account-replaced' | 'account-unlinked' }
  /** The PIN of an officer (id): set anew, or locked after wrong ones; `-other` is said to others of the desk. */
  | { readonly what: 'pin-set' | 'pin-locked' | 'pin-locked-other'; readonly officer: string }
  /** The account it is said to counts from now on: its desk confirmed it. */
  | { readonly what: 'account-confirmed' }
  /** Somebody was added to those who receive for the desk, or an endpoint is to change; it waits for the desk (`confirming.ts`). */
  | {
      readonly what: 'endpoint-waiting';
      readonly endpoint: string;
      readonly asked: string;
      readonly channel: Exclude<Channel, 'none'>;
      /** Id of the officer whose it is to be. */
      readonly officer: string | null;
      readonly shows: Shows;
      readonly is: 'new' | 'changed';
      readonly until: string;
    }
  /** One that shows content, or reads for the desk, counts from now on: it was the first, or somebody of the desk confirmed it. */
  | {
      readonly what: 'endpoint-counts';
      readonly by: 'first' | 'confirmed';
      readonly endpoint: string;
      /** What was asked and confirmed. */
      readonly asked?: string;
      readonly channel: Exclude<Channel, 'none'>;
      readonly officer: string | null;
      readonly shows: Shows;
    }
  /** A further key was made by which a system reads what became of the desk's messages, or posts for it. */
  | { readonly what: 'key-made'; readonly key: 'access-key' | 'secret'; readonly at: string }
  /** Another endpoint of the desk went off: its id, why (a short code) and when (RFC 3339, UTC). */
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
  /** Absent where it is tried until it gets through. */
  readonly expiresAt?: Date;
}

/** Notes that are said at an endpoint although it is off: a try of it, and that it is off. */
export const isSentThoughOff = ({ what }: NoteContent): boolean =>
  what === 'test' || what === 'probe' || what === 'account-replaced' || what === 'account-unlinked';

/** Notes that wait for an endpoint that is switched off for a while: by whom the desk is read and written for. */
export const SENT_LATER: readonly NoteContent['what'][] = ['endpoint-waiting', 'endpoint-counts', 'key-made'];

/** The sentence of a note, in the words of a language. */
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
