/**
 * The PIN: six digits that an officer chooses when linking. Whoever follows a link from a chat proves with it to be
 * that officer. This file has the rules for PINs and the limits for wrong ones.
 */

/** Wrong PINs in a row that lock it. A right PIN resets the count. */
export const PIN_TRIES = 5;

/** Milliseconds until a browser has to ask for the PIN again: after its last page, and in total. */
export const PIN_SESSION_REST_MS = 30 * 60_000;
export const PIN_SESSION_MS = 12 * 3_600_000;

/** Milliseconds after the last page for a link of a duty phone, which is soon passed to the next officer. */
export const SHARED_SESSION_REST_MS = 5 * 60_000;

/** The Khmer digit zero, U+17E0; the other nine digits follow it. */
const KHMER_ZERO = 0x17e0;

/** Reads a PIN as it was typed; Khmer digits, spaces and hyphens are allowed. Undefined if it is not a PIN. */
export function readPin(typed: string): string | undefined {
  if (typed.length > 32) return undefined;
  const digits = typed
    .replace(/[\s-]/g, '')
    .replace(/[\u17e0-\u17e9]/g, (one) => String(one.charCodeAt(0) - KHMER_ZERO));
  return /^\d{6}$/.test(digits) ? digits : undefined;
}

/** PINs that people often choose and that have none of the patterns of {@link isGuessablePin}. */
const POPULAR: readonly string[] = ['112233', '332211', '147258', '159753', '102030', '520131', '100200'];

/** Whether a PIN is easy to guess: one digit repeated, a run, or a group repeated two or three times. */
export function isGuessablePin(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((digit, n) => (Number(digit) - Number(pin[n]) + 10) % 10));
  const [step] = steps;
  const isRun = steps.size === 1 && (step === 0 || step === 1 || step === 9);
  return isRun || /^(\d{2})\1\1$|^(\d{3})\2$/.test(pin) || POPULAR.includes(pin);
}

/** Milliseconds in which a start page and its chat code can be used. */
export const START_CODE_MS = 3 * 86_400_000;

/** The owner of a PIN or a start page, as the operator's log names it. */
export const pinOwnerOf = (one: { readonly focalPoint: string; readonly officer: string }): string =>
  `${one.focalPoint}/${one.officer}`;

/** The most characters of a subject in the operator's log. */
const SUBJECT = 256;

/**
 * The name of a PIN, or of the code to set one, in the operator's log: its owner and its id; only its id if the DID
 * is too long.
 */
export function subjectOfPin({
  focalPoint,
  officer,
  id,
}: {
  readonly focalPoint: string;
  readonly officer: string;
  readonly id: string;
}): string {
  const subject = `${pinOwnerOf({ focalPoint, officer })}/${id}`;
  return subject.length > SUBJECT ? id : subject;
}
