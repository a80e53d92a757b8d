/**
 * Notes about a PIN that go to other endpoints than the one where the PIN was asked for: it was locked, or a
 * new one was set.
 */

import type { NoteContent } from '../../domain/carriage/endpoint-note.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { isOfficerInPlace } from '../../domain/party/endpoint-officer.ts';
import type { Naming } from '../../gateway-parts.ts';
import type { AddressedNote } from '../../store/contracts/pins.ts';
import { type Directory, findDesignation } from '../directory/directory.ts';

/** Days after which a note is no longer tried. */
const TELL_DAYS = 7;

/** The officer to whom a PIN belongs. */
export interface PinOwner {
  readonly focalPoint: string;
  readonly officer: string;
}

interface Places {
  readonly own: readonly Endpoint[];
  readonly others: readonly Endpoint[];
}

/** The endpoints of the officer and of the focal point's other officers, without the account `but`. */
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
 * Notes that a PIN was locked. They go to the officer's other endpoints. If there are none, they go to the
 * other officers of the focal point. If there are none either, one goes to the account itself.
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

/** Notes that a new PIN was set, to all endpoints of the officer. */
export const makePinSetNotes = (
  gateway: Naming,
  directory: Directory,
  whose: PinOwner,
): readonly AddressedNote[] =>
  placesOf(directory, whose, undefined, gateway.now()).own.map(noteFor(gateway, 'pin-set', whose.officer));
