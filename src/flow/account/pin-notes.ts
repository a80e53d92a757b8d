/** Telling of a PIN at other endpoints than the one that it was asked at: that it was locked, and that a new one was set. */

import type { NoteContent } from '../../domain/carriage/endpoint-note.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { isOfficerInPlace } from '../../domain/party/endpoint-officer.ts';
import type { Naming } from '../../gateway-parts.ts';
import type { AddressedNote } from '../../store/contracts/pins.ts';
import { type Directory, findDesignation } from '../directory/directory.ts';

/** Days in which it is tried to tell of it. */
const TELL_DAYS = 7;

/** Whose PIN it is. */
export interface PinOwner {
  readonly focalPoint: string;
  readonly officer: string;
}

interface Places {
  readonly own: readonly Endpoint[];
  readonly others: readonly Endpoint[];
}

/** Where the officer, and others of the desk, are reached beside the account `but`. */
function placesOf(
  directory: Directory,
  { focalPoint, officer }: PinOwner,
  but: string | undefined,
  at: Date,
): Places {
  const designation = findDesignation(directory, focalPoint);
  const reached = directory.endpoints.filter(
    (one) =>
      one.focalPoint === focalPoint &&
      one.enabled &&
      one.id !== but &&
      designation !== undefined &&
      isOfficerInPlace(designation, one, at),
  );
  const isOwn = (one: Endpoint): boolean => one.officer === officer;
  return { own: reached.filter(isOwn), others: reached.filter((one) => !isOwn(one)) };
}

const noteFor =
  (gateway: Naming, what: 'pin-set' | 'pin-locked' | 'pin-locked-other', officer: string) =>
  ({ id: endpoint }: Pick<Endpoint, 'id'>): AddressedNote => {
    const madeAt = gateway.now();
    const expiresAt = new Date(madeAt.getTime() + TELL_DAYS * 86_400_000);
    const says: NoteContent = { what, officer };
    return { endpoint, note: { id: gateway.newId(), says, madeAt, expiresAt } };
  };

/**
 * That a PIN was locked: to the officer elsewhere; where there is no elsewhere to the others of the desk; and where there are
 * none to the account itself.
 */
export function makePinLockedNotes(
  gateway: Naming,
  directory: Directory,
  whose: PinOwner,
  account?: string,
): readonly AddressedNote[] {
  const { own, others: focalPoint } = placesOf(directory, whose, account, gateway.now());
  if (own.length > 0) return own.map(noteFor(gateway, 'pin-locked', whose.officer));
  if (focalPoint.length > 0) return focalPoint.map(noteFor(gateway, 'pin-locked-other', whose.officer));
  return account === undefined ? [] : [noteFor(gateway, 'pin-locked', whose.officer)({ id: account })];
}

/** That a new PIN was set, to the officer wherever they are reached. */
export const makePinSetNotes = (
  gateway: Naming,
  directory: Directory,
  whose: PinOwner,
): readonly AddressedNote[] =>
  placesOf(directory, whose, undefined, gateway.now()).own.map(noteFor(gateway, 'pin-set', whose.officer));
