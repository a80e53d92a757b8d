/** In which zone a focal point reads: every time that its officers are shown is of that zone, on whatever channel. */
import { isInForceAt } from '../party/designation.ts';
import type { Agreement } from './agreement.ts';

/** The capitals' zones, where no agreement says more. A country that is not here is shown UTC, which is named. */
const CAPITALS: Readonly<Record<string, string>> = {
  BN: 'Asia/Brunei',
  ID: 'Asia/Jakarta',
  KH: 'Asia/Phnom_Penh',
  LA: 'Asia/Vientiane',
  MM: 'Asia/Yangon',
  MY: 'Asia/Kuala_Lumpur',
  PH: 'Asia/Manila',
  SG: 'Asia/Singapore',
  TH: 'Asia/Bangkok',
  TL: 'Asia/Dili',
  VN: 'Asia/Ho_Chi_Minh',
};

type Calendars = Pick<Agreement, 'id' | 'version' | 'from' | 'until' | 'calendars'>;

/** Agreements in force before others, then the later ones; by id where nothing else tells them apart. */
const inOrder = (agreements: readonly Calendars[], at: Date): readonly Calendars[] =>
  agreements.toSorted(
    (one, other) =>
      Number(isInForceAt(other, at)) - Number(isInForceAt(one, at)) ||
      Date.parse(other.from) - Date.parse(one.from) ||
      (one.id < other.id ? -1 : Number(one.id > other.id)) ||
      other.version - one.version,
  );

/**
 * The zone (IANA) of a focal point: what an agreement names for it, else for its country, else that of the country's capital. It
 * does not follow from the message: an office has one clock on its wall, whatever it reads.
 * @param agreements every version that is known; one that has ended still tells where the office is
 */
export function zoneOfDesk(
  agreements: readonly Calendars[],
  focalPoint: { readonly did: string; readonly country: string },
  at: Date,
): string {
  const calendars = inOrder(agreements, at).flatMap((one) => one.calendars?.[focalPoint.country] ?? []);
  const own = calendars.find((one) => one.desks?.[focalPoint.did] !== undefined)?.desks?.[focalPoint.did];
  return own ?? calendars[0]?.zone ?? CAPITALS[focalPoint.country] ?? 'UTC';
}
