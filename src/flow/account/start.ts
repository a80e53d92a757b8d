/**
 * The start page: what an operator hands over in person opens it, an officer sets the PIN there, or gives the one there is,
 * and is led to the chat. The chat gets a code of its own, so that whoever reads there learns nothing that opens the page.
 */

import { isInForceAt, type Officer } from '../../domain/party/designation.ts';
import { officerOfEndpoint } from '../../domain/party/endpoint-officer.ts';
import { isGuessablePin, readPin } from '../../domain/party/pin.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Judging, Reaching, Showing, Storing } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import { wrapPinHash } from '../../seal/pin-hash.ts';
import type { StartCodeFound, StartCodeRow, StartCodeUse } from '../../store/contracts/pins.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { checkPin, findPin, makePinActs, nameOfPin, type PinResult } from './pin-check.ts';
import { makePinSetNotes } from './pin-notes.ts';

/** Where the page is; `web` serves it. */
export const START_PATH = '/start/';

/**
 * The start code of the chat: it follows from the token of the page, and the token does not follow from it. It counts once the
 * page was used, so that whoever has the page alone links nothing.
 */
export const chatCodeOf = (token: string): string => digestOf(`amanat chat code\n${token}`);

/** As whom a code stands open. */
export interface StartState {
  readonly lang: string;
  readonly officer: Officer;
  /** Name of the desk. */
  readonly focalPointName: string;
  /**
   * `choose` a PIN, `give` the one there is, which may be `locked`, or `lost`: not kept any more as it was set; `done` for the
   * browser that just used it.
   */
  readonly step: 'choose' | 'give' | 'locked' | 'lost' | 'done';
  /** The code for the chat, once this browser is through. */
  readonly chatCode?: string;
  readonly links: boolean;
}

const useOf = (gateway: Storing, token: string, browser: string): StartCodeUse => ({
  hash: digestOf(token),
  boundTo: digestOf(browser),
  now: gateway.now(),
});

/** @throws Refusal `link-unknown`, `link-used`, `link-expired`, `unknown-officer` */
async function usable(
  gateway: Judging,
  found: StartCodeFound,
): Promise<{ readonly code: StartCodeRow; readonly officer: Officer; readonly focalPointName: string }> {
  if (found.kind === 'used') throw new Refusal('link-used', 'this start page was used before');
  if (found.kind === 'expired') throw new Refusal('link-expired', 'the time of this start page has passed');
  if (!('code' in found)) throw new Refusal('link-unknown', 'there is no such start page');
  const { code } = found;
  const designation = findDesignation(await readDirectory(gateway, [code.focalPoint]), code.focalPoint);
  const officer =
    designation && isInForceAt(designation, gateway.now()) ? officerOfEndpoint(designation, code) : undefined;
  if (designation === undefined || officer === undefined)
    throw new Refusal('unknown-officer', 'the officer this start page was made for is not designated');
  return { code, officer, focalPointName: designation.name };
}

/** What the page shows. Looking changes nothing: previews look as well. @throws Refusal as `usable` */
export async function readStartState(gateway: Showing, token: string, browser: string): Promise<StartState> {
  const found = await gateway.store.pins.startCode(useOf(gateway, token, browser));
  const { code, officer, focalPointName } = await usable(gateway, found);
  const known = { lang: code.lang, officer, focalPointName, links: code.links };
  if (found.kind === 'done')
    return { ...known, step: 'done', ...present({ chatCode: code.links ? chatCodeOf(token) : undefined }) };
  if (code.newPin) return { ...known, step: 'choose' };
  const pin = await findPin(gateway, code.focalPoint, officer);
  if (pin === undefined) {
    const isLost = await gateway.store.pins.isPinLost(code.focalPoint, officer.id);
    return { ...known, step: isLost ? 'lost' : 'choose' };
  }
  return { ...known, step: pin.lockedAt === undefined ? 'give' : 'locked' };
}

/** What came of choosing: `differ` the two are not the same, `guessable` it is among those that are tried first. */
export type PinChoice = 'set' | 'unreadable' | 'differ' | 'guessable';

/** Sets the PIN, where one is to be chosen. @throws Refusal as `usable` */
export async function choosePin(
  gateway: Reaching,
  token: string,
  browser: string,
  [typed, again]: readonly [string, string],
): Promise<PinChoice> {
  const { code, officer } = await openFor(gateway, token, browser, 'choose');
  const pin = readPin(typed);
  if (pin === undefined) return 'unreadable';
  if (pin !== readPin(again)) return 'differ';
  if (isGuessablePin(pin)) return 'guessable';
  const name = nameOfPin({ focalPoint: code.focalPoint, officer: officer.id, id: code.id });
  const directory = await readDirectory(gateway, [code.focalPoint]);
  const found = await gateway.store.pins.setPin(
    useOf(gateway, token, browser),
    {
      wrapped: await wrapPinHash(gateway.master, name, pin, gateway.newToken()),
      notes: makePinSetNotes(gateway, directory, { focalPoint: code.focalPoint, officer: officer.id }),
    },
    makePinActs(gateway),
  );
  // Of two at once one sets it.
  if (found.kind !== 'open') await usable(gateway, found);
  return 'set';
}

/** Gives the PIN that there is, which uses the code. @throws Refusal as `usable` */
export async function givePinToStart(
  gateway: Reaching,
  token: string,
  browser: string,
  typed: string,
): Promise<PinResult> {
  const { code, officer } = await openFor(gateway, token, browser, 'give');
  const uses = useOf(gateway, token, browser);
  return checkPin(gateway, { focalPoint: code.focalPoint, officer, typed, uses });
}

/** @throws Refusal `link-used` where the page asks for something else by now */
async function openFor(gateway: Showing, token: string, browser: string, step: StartState['step']) {
  const [found, now] = await Promise.all([
    gateway.store.pins.startCode(useOf(gateway, token, browser)),
    readStartState(gateway, token, browser),
  ]);
  if (now.step !== step && !(step === 'give' && now.step === 'locked'))
    throw new Refusal('link-used', 'this start page was used before');
  return usable(gateway, found);
}
