/**
 * Officers' PINs: what is kept of each, the codes by which they are set, and the browser sessions that they
 * opened.
 *
 * A browser repeats what failed, and finds a code or a PIN as the last call left it.
 */

import type { EndpointNote } from '../../domain/carriage/endpoint-note.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import type { LogEntryMaker } from './operator-log.ts';

/** The PIN of an officer (by id) of a focal point (DID). */
export interface PinRow {
  readonly id: string;
  readonly focalPoint: string;
  readonly officer: string;
  /** The names that the designation has had for its owner. */
  readonly knownAs?: readonly string[];
  /** Its hash, wrapped. */
  readonly wrapped: string;
  readonly setAt: Date;
  /** Wrong attempts since the last right one. */
  readonly tries: number;
  readonly lockedAt?: Date;
}

/** What an operator hands over in person, found by the digest of a token that is not stored. */
export interface StartCodeRow extends Pick<PinRow, 'focalPoint' | 'officer' | 'knownAs'> {
  readonly hash: string;
  /** Id of the PIN that it sets, and of the endpoint whose account is linked next. */
  readonly id: string;
  readonly lang: string;
  /** A new PIN is set although there is one. */
  readonly newPin: boolean;
  /** An account is linked next. */
  readonly links: boolean;
  readonly expiresAt: Date;
}

/** The state of a code for one browser. The browser that used it may see the result for a while. */
export type StartCodeFound =
  | { readonly kind: 'open' | 'done'; readonly code: StartCodeRow }
  | { readonly kind: 'used' | 'expired' | 'unknown' };

/** The use of a code by a browser (digest of its cookie). */
export interface StartCodeUse {
  readonly hash: string;
  readonly boundTo: string;
  readonly now: Date;
}

/** A note, and the id of the endpoint to which it is sent. */
export interface AddressedNote {
  readonly endpoint: string;
  readonly note: EndpointNote;
}

interface NewPin {
  readonly wrapped: string;
  /** Kept in the same transaction: notes that there is a new PIN. */
  readonly notes: readonly AddressedNote[];
}

/** A browser in which the officer gave the PIN. */
export interface PinSessionRow extends Pick<PinRow, 'focalPoint' | 'officer'> {
  readonly hash: string;
  /** Id of the PIN. */
  readonly pin: string;
  /** Id of the account through which the link came; the session ends with it. */
  readonly endpoint: string;
  readonly expiresAt: Date;
}

/** The result of comparing one input with a PIN, to be written while the PIN is locked. */
export interface PinAttempt {
  /** The PIN with which the input was compared. */
  readonly pin: PinRow;
  readonly isRight: boolean;
  readonly now: Date;
  /** What a right PIN opens or uses. */
  readonly opens?: PinSessionRow;
  readonly uses?: StartCodeUse;
  /** Kept in the same transaction if this attempt locks the PIN. */
  readonly notes: readonly AddressedNote[];
}

export type PinAttemptResult =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly left: number }
  | { readonly kind: 'locked'; readonly byThis: boolean }
  /** The PIN has changed since it was compared, or the code cannot be used. */
  | { readonly kind: 'changed' };

/** Makes the act of a change of a PIN, named as `subjectOfPin` names it. */
export type PinEntryMaker = (
  act: 'pin.invited' | 'pin.set' | 'pin.missed' | 'pin.proven' | 'pin.locked' | 'pin.replaced',
  subject: string,
) => LogEntryMaker;

export interface PinStore {
  /** The PIN of an officer; undefined if there is none or it is tampered. */
  findPin(focalPoint: string, officer: string): Promise<PinRow | undefined>;
  /**
   * Whether the operator's log names a PIN of this officer that is gone or tampered. Then nobody may set one
   * as if there were none.
   */
  isPinLost(focalPoint: string, officer: string): Promise<boolean>;
  /** The officers whose PIN in the operator's log is gone or tampered. */
  lostPins(): Promise<readonly Pick<PinRow, 'focalPoint' | 'officer'>[]>;
  /** All PINs, of the focal points homed here. */
  readPins(): Promise<readonly PinRow[]>;
  /**
   * Keeps the hash of a PIN as it is wrapped again.
   * @returns false if the PIN was replaced since `row` was read: nothing was changed
   */
  rewrapPin(row: PinRow, again: string): Promise<boolean>;
  /** Keeps a code and ends the officer's earlier unused codes. */
  keepStartCode(row: StartCodeRow, acts: PinEntryMaker, now: Date): Promise<void>;
  /** Looks at a code without using it. */
  startCode(use: StartCodeUse): Promise<StartCodeFound>;
  /**
   * Uses a code and sets the PIN, which replaces the one before. The sessions of that one end, and the
   * officer's other codes.
   * @returns the code as it was found; nothing was set unless it was open
   */
  setPin(use: StartCodeUse, pin: NewPin, acts: PinEntryMaker): Promise<StartCodeFound>;
  /**
   * Counts an attempt. Simultaneous attempts follow each other, so that no more are compared than are left.
   */
  tryPin(tried: PinAttempt, acts: PinEntryMaker): Promise<PinAttemptResult>;
  /**
   * The session of a cookie's digest and its account, while both are valid. Looking at it keeps it alive. If
   * its account is out of use, the session has ended.
   * @param rest how long it may be idle, in milliseconds
   */
  pinSession(
    hash: string,
    rest: number,
    now: Date,
  ): Promise<{ readonly session: PinSessionRow; readonly account: Endpoint } | undefined>;
  /** Ends a session, if there is one, and records that in the operator's log. */
  endPinSession(hash: string, act: LogEntryMaker): Promise<void>;
}
