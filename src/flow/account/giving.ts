/** Giving the PIN: what was typed is compared, and counted while the PIN is held, so that no more than five are tried. */

import { BY_GATEWAY } from '../../domain/evidence/operator-act.ts';
import { isSameName } from '../../domain/party/belonging.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import type { Officer } from '../../domain/party/party.ts';
import { PIN_TRIES, readPin, SESSION_MS } from '../../domain/party/pin.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing, Reaching, Showing } from '../../gateway-parts.ts';
import type { SecretName } from '../../seal/custody.ts';
import { isPinOf } from '../../seal/pin-hash.ts';
import type { PinActs, PinRow, PinSessionRow, StartUse } from '../../store/contracts/pins.ts';
import { directoryOf } from '../directory/directory.ts';
import { acting } from '../operator/acting.ts';
import { sessionHash } from './session.ts';
import { lockedNotes, type Whose } from './told.ts';

/** What came of a try. `none`: the officer has no PIN. `unreadable`: it is no PIN, and was not counted. */
export type Given =
  | { readonly kind: 'right' | 'locked' | 'none' | 'unreadable' }
  | { readonly kind: 'wrong'; readonly left: number };

/** What a PIN's hash is wrapped as. */
export const pinName = ({ focalPoint, officer, id }: Whose & { readonly id: string }): SecretName => ({
  owner: `${focalPoint}/${officer}`,
  kind: 'officer-pin',
  id,
});

export const pinActs =
  (gateway: Issuing): PinActs =>
  (act, subject) =>
    acting(gateway, { act, subject, who: BY_GATEWAY });

/** Whether a PIN is of the person whom the designation names by this id now; another person's counts as none. */
export const isPinFor = (pin: PinRow, focalPoint: string, { id, name }: Officer): boolean =>
  pin.focalPoint === focalPoint &&
  pin.officer === id &&
  (pin.knownAs?.some((one) => isSameName(one, name)) ?? false);

/** The PIN of an officer as designated now. */
export async function pinOf(
  gateway: Showing,
  focalPoint: string,
  officer: Officer,
): Promise<PinRow | undefined> {
  const row = await gateway.store.pins.findPin(focalPoint, officer.id);
  return row !== undefined && isPinFor(row, focalPoint, officer) ? row : undefined;
}

interface Giving {
  readonly focalPoint: string;
  readonly officer: Officer;
  readonly typed: string;
  /** Id of the account through which the PIN was asked for. */
  readonly account?: string;
  /** What a right PIN opens or uses. */
  readonly opens?: (pin: PinRow) => PinSessionRow;
  readonly uses?: StartUse;
}

/** Tries what was typed. One that is being wrapped anew at this moment is read again. */
export async function tryPin(gateway: Reaching, giving: Giving): Promise<Given> {
  const { focalPoint, officer } = giving;
  const typed = readPin(giving.typed);
  if (typed === undefined) return { kind: 'unreadable' };
  for (let n = 0; n < PIN_TRIES; n += 1) {
    const pin = await pinOf(gateway, focalPoint, officer);
    if (pin === undefined) return { kind: 'none' };
    if (pin.lockedAt !== undefined) return { kind: 'locked' };
    const whose = { focalPoint, officer: officer.id };
    const directory = await directoryOf(gateway, [focalPoint]);
    const tried = await gateway.store.pins.tryPin(
      {
        pin,
        isRight: await isPinOf(gateway.master, pinName(pin), pin.wrapped, typed),
        now: gateway.now(),
        told: lockedNotes(gateway, directory, whose, giving.account),
        ...present({ opens: giving.opens?.(pin), uses: giving.uses }),
      },
      pinActs(gateway),
    );
    if (tried.kind === 'changed') continue;
    if (tried.kind === 'locked' && tried.byThis)
      gateway.log.warn('pin.locked', { focal_point: focalPoint, officer: officer.id });
    return tried.kind === 'wrong' ? { kind: 'wrong', left: tried.left } : { kind: tried.kind };
  }
  return { kind: 'locked' };
}

/**
 * Gives the PIN at a link of an account.
 * @param link of a duty phone: digest of the link's token, for which alone the session is
 * @returns the token of the session that a right one opens, for a cookie
 */
export async function openByPin(
  gateway: Reaching,
  account: Endpoint,
  officer: Officer,
  typed: string,
  link?: string,
): Promise<{ readonly given: Given; readonly session?: string }> {
  const session = gateway.newToken();
  const given = await tryPin(gateway, {
    focalPoint: account.focalPoint,
    officer,
    typed,
    account: account.id,
    opens: (pin) => ({
      hash: sessionHash(session, link),
      pin: pin.id,
      focalPoint: account.focalPoint,
      officer: officer.id,
      endpoint: account.id,
      expiresAt: new Date(gateway.now().getTime() + SESSION_MS),
    }),
  });
  return given.kind === 'right' ? { given, session } : { given };
}
