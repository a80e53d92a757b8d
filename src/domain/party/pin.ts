/**
 * The officer's PIN: six digits that an officer chooses when linking, by which whoever follows a link that went through a
 * chat shows to be that officer. What is asked of a PIN, and how often it may be missed.
 */

/** Wrong PINs in a row after which it is locked. A right one begins anew. */
export const PIN_TRIES = 5;

/** How long a browser counts as the officer's: after its last page, and in all; milliseconds. */
export const PIN_SESSION_REST_MS = 30 * 60_000;
export const PIN_SESSION_MS = 12 * 3_600_000;

/** The same at one link of a duty phone, which is soon handed on. */
export const SHARED_SESSION_REST_MS = 5 * 60_000;

/** Khmer zero, U+17E0; the other nine follow it. */
const KHMER_ZERO = 0x17e0;

/** The PIN in what was typed, Khmer digits and spaces allowed; undefined where it is none. */
export function readPin(typed: string): string | undefined {
  if (typed.length > 32) return undefined;
  const digits = typed
    .replace(/[\s-]/g, '')
    .replace(/[\u17e0-\u17e9]/g, (one) => String(one.charCodeAt(0) - KHMER_ZERO));
  return /^\d{6}$/.test(digits) ? digits : undefined;
}

/** What people choose first, beside what `isGuessable` finds by its pattern. */
const POPULAR: readonly string[] = ['112233', '332211', '147258', '159753', '102030', '520131', '100200'];

/** Whether a PIN is one of those that are tried first: one digit, a run, something said two or three times. */
export function isGuessablePin(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((digit, n) => (Number(digit) - Number(pin[n]) + 10) % 10));
  const [step] = steps;
  const isRun = steps.size === 1 && (step === 0 || step === 1 || step === 9);
  return isRun || /^(\d{2})\1\1$|^(\d{3})\2$/.test(pin) || POPULAR.includes(pin);
}

/** How long a start page, and the code of the chat that it shows, can be used; milliseconds. */
export const START_CODE_MS = 3 * 86_400_000;

/** By what the operator's log knows whose a PIN or a start page is. */
export const pinOwnerOf = (one: { readonly focalPoint: string; readonly officer: string }): string =>
  `${one.focalPoint}/${one.officer}`;

/** What an entry of the operator's log takes for a subject, in characters. */
const SUBJECT = 256;

/** By what the operator's log knows a PIN, and the code by which one is set: whose it is, and its id; of a long DID its id alone. */
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
