/**
 * Checks a PIN. The store counts an attempt while it holds the PIN's row, so that parallel requests cannot
 * try more than five.
 */

import { GATEWAY_OPERATOR } from '../../domain/evidence/operator-act.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import type { Officer } from '../../domain/party/designation.ts';
import { isSameName } from '../../domain/party/endpoint-officer.ts';
import { PIN_SESSION_MS, PIN_TRIES, readPin } from '../../domain/party/pin.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing, Reaching, Showing } from '../../gateway-parts.ts';
import type { SecretName } from '../../seal/custody.ts';
import { isPinOf } from '../../seal/pin-hash.ts';
import type { PinEntryMaker, PinRow, PinSessionRow, StartCodeUse } from '../../store/contracts/pins.ts';
import { readDirectory } from '../directory/directory.ts';
import { makeOperatorAct } from '../operator/operator-act.ts';
import { makePinLockedNotes, type PinOwner } from './pin-notes.ts';
import { hashOfSession } from './session.ts';

/**
 * The result of an attempt. `none`: the officer has no PIN. `unreadable`: the input is not a PIN; the attempt
 * was not counted.
 */
export type PinResult =
  | { readonly kind: 'right' | 'locked' | 'none' | 'unreadable' }
  | { readonly kind: 'wrong'; readonly left: number };

/** The name under which a PIN's hash is wrapped. */
export const nameOfPin = ({ focalPoint, officer, id }: PinOwner & { readonly id: string }): SecretName => ({
  owner: `${focalPoint}/${officer}`,
  kind: 'officer-pin',
  id,
});

export const makePinActs =
  (gateway: Issuing): PinEntryMaker =>
  (act, subject) =>
    makeOperatorAct(gateway, { act, subject, who: GATEWAY_OPERATOR });

/**
 * Whether a PIN belongs to the person whom the designation names by this id now. A PIN of another person
 * counts as none.
 */
export const isPinOfOfficer = (pin: PinRow, focalPoint: string, { id, name }: Officer): boolean =>
  pin.focalPoint === focalPoint &&
  pin.officer === id &&
  (pin.knownAs?.some((one) => isSameName(one, name)) ?? false);

/** Finds the PIN of an officer as designated now. */
export async function findPin(
  gateway: Showing,
  focalPoint: string,
  officer: Officer,
): Promise<PinRow | undefined> {
  const row = await gateway.store.pins.findPin(focalPoint, officer.id);
  return row !== undefined && isPinOfOfficer(row, focalPoint, officer) ? row : undefined;
}

interface Giving {
  readonly focalPoint: string;
  readonly officer: Officer;
  readonly typed: string;
  /** Id of the account through which the PIN was asked for. */
  readonly account?: string;
  /** The session that a right PIN opens, or the start code that it uses. */
  readonly opens?: (pin: PinRow) => PinSessionRow;
  readonly uses?: StartCodeUse;
}

/**
 * Checks an input against the officer's PIN. If the PIN is wrapped under a new key at this moment, reads it
 * again.
 */
export async function checkPin(gateway: Reaching, giving: Giving): Promise<PinResult> {
  const { focalPoint, officer } = giving;
  const typed = readPin(giving.typed);
  if (typed === undefined) return { kind: 'unreadable' };
  for (let n = 0; n < PIN_TRIES; n += 1) {
    const pin = await findPin(gateway, focalPoint, officer);
    if (pin === undefined) return { kind: 'none' };
    if (pin.lockedAt !== undefined) return { kind: 'locked' };
    const whose = { focalPoint, officer: officer.id };
    const directory = await readDirectory(gateway, [focalPoint]);
    const tried = await gateway.store.pins.tryPin(
      {
        pin,
        isRight: await isPinOf(gateway.master, nameOfPin(pin), pin.wrapped, typed),
        now: gateway.now(),
        notes: makePinLockedNotes(gateway, directory, whose, giving.account),
        ...present({ opens: giving.opens?.(pin), uses: giving.uses }),
      },
      makePinActs(gateway),
    );
    if (tried.kind === 'changed') continue;
    if (tried.kind === 'locked' && tried.byThis)
      gateway.log.warn('pin.locked', { focal_point: focalPoint, officer: officer.id });
    return tried.kind === 'wrong' ? { kind: 'wrong', left: tried.left } : { kind: tried.kind };
  }
  return { kind: 'locked' };
}

/**
 * Checks the PIN at a link of an account.
 * @param link on a duty phone: digest of the link's token; the session is valid for this link only
 * @returns `session`: if the PIN is right, the token of the new session, for a cookie
 */
export async function openSession(
  gateway: Reaching,
  { account, officer }: { readonly account: Endpoint; readonly officer: Officer },
  typed: string,
  link?: string,
): Promise<{ readonly given: PinResult; readonly session?: string }> {
  const session = gateway.newToken();
  const given = await checkPin(gateway, {
    focalPoint: account.focalPoint,
    officer,
    typed,
    account: account.id,
    opens: (pin) => ({
      hash: hashOfSession(session, link),
      pin: pin.id,
      focalPoint: account.focalPoint,
      officer: officer.id,
      endpoint: account.id,
      expiresAt: new Date(gateway.now().getTime() + PIN_SESSION_MS),
    }),
  });
  return given.kind === 'right' ? { given, session } : { given };
}
