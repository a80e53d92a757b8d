/**
 * The start page. An operator hands its link over in person. The officer sets a PIN there, or gives the
 * existing one, and is then led to the chat. The chat gets a code of its own, so that a reader of the chat
 * cannot open the page.
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

/** The path of the page; `web` serves it. */
export const START_PATH = '/start/';

/**
 * The start code for the chat. It is a digest of the page's token, so the token cannot be computed from it.
 * It is valid only after the page was used, so that the page's link alone links no account.
 */
export const chatCodeOf = (token: string): string => digestOf(`amanat chat code\n${token}`);

/** The officer for whom a start code is valid, and the next step of the page. */
export interface StartState {
  readonly lang: string;
  readonly officer: Officer;
  /** Name of the focal point. */
  readonly focalPointName: string;
  /**
   * `choose`: set a PIN. `give`: give the existing one. `locked`: the existing one is locked. `lost`: the row
   * of the existing one is gone or tampered. `done`: this browser has just used the page.
   */
  readonly step: 'choose' | 'give' | 'locked' | 'lost' | 'done';
  /** The code for the chat, after this browser has used the page. */
  readonly chatCode?: string;
  readonly links: boolean;
}

const useOf = (gateway: Storing, token: string, browser: string): StartCodeUse => ({
  hash: digestOf(token),
  boundTo: digestOf(browser),
  now: gateway.now(),
});

/**
 * Checks that a start code can be used.
 * @throws Refusal `link-unknown`, `link-used`, `link-expired`, `unknown-officer`
 */
async function requireUsable(
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

/**
 * Reads what the page shows. Changes nothing, since link previews load the page too.
 * @throws Refusal as `requireUsable`
 */
export async function readStartState(gateway: Showing, token: string, browser: string): Promise<StartState> {
  const found = await gateway.store.pins.startCode(useOf(gateway, token, browser));
  const { code, officer, focalPointName } = await requireUsable(gateway, found);
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

/**
 * The result of a choice. `differ`: the two inputs differ. `guessable`: the PIN is among those that attackers
 * try first.
 */
type PinChoice = 'set' | 'unreadable' | 'differ' | 'guessable';

/** Sets the PIN, if the officer has to choose one. @throws Refusal as `requireUsable` */
export async function choosePin(
  gateway: Reaching,
  token: string,
  browser: string,
  [typed, again]: readonly [string, string],
): Promise<PinChoice> {
  const { code, officer } = await requireStep(gateway, token, browser, 'choose');
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
  // If two requests come at once, one sets the PIN and the other is refused here.
  if (found.kind !== 'open') await requireUsable(gateway, found);
  return 'set';
}

/** Checks the existing PIN and uses the code. @throws Refusal as `requireUsable` */
export async function givePinToStart(
  gateway: Reaching,
  token: string,
  browser: string,
  typed: string,
): Promise<PinResult> {
  const { code, officer } = await requireStep(gateway, token, browser, 'give');
  const uses = useOf(gateway, token, browser);
  return checkPin(gateway, { focalPoint: code.focalPoint, officer, typed, uses });
}

/** @throws Refusal `link-used` if the page is at another step by now; else as `requireUsable` */
async function requireStep(gateway: Showing, token: string, browser: string, step: StartState['step']) {
  const [found, now] = await Promise.all([
    gateway.store.pins.startCode(useOf(gateway, token, browser)),
    readStartState(gateway, token, browser),
  ]);
  if (now.step !== step && !(step === 'give' && now.step === 'locked'))
    throw new Refusal('link-used', 'this start page was used before');
  return requireUsable(gateway, found);
}
