/** The zone of a focal point. All times that its officers see are in this zone, on every channel. */
import { isInForceAt } from '../party/designation.ts';
import type { Agreement } from './agreement.ts';

/**
 * The zones of the capitals, used without an agreement. For any other country times are shown in UTC, with its
 * name.
 */
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

type Calendars = Pick<Agreement, 'id' | 'version' | 'parties' | 'from' | 'until' | 'calendars'>;

/** Sorts agreements: in force first, then the later ones, then by id and version. */
const inOrder = (agreements: readonly Calendars[], at: Date): readonly Calendars[] =>
  agreements.toSorted(
    (one, other) =>
      Number(isInForceAt(other, at)) - Number(isInForceAt(one, at)) ||
      Date.parse(other.from) - Date.parse(one.from) ||
      (one.id < other.id ? -1 : Number(one.id > other.id)) ||
      other.version - one.version,
  );

/**
 * The zone (IANA) of a focal point: from an agreement for it, else for its country, else the zone of the capital.
 * It does not depend on the message: an office has one clock on the wall. Only agreements that the country is a party to are
 * used: two others cannot move its clocks.
 * @param agreements every known version; one that has ended still says where the office is
 */
export function zoneOfFocalPoint(
  agreements: readonly Calendars[],
  focalPoint: { readonly did: string; readonly country: string },
  at: Date,
): string {
  const signed = agreements.filter((one) => one.parties.includes(focalPoint.country));
  const calendars = inOrder(signed, at).flatMap((one) => one.calendars?.[focalPoint.country] ?? []);
  const own = calendars.find((one) => one.desks?.[focalPoint.did] !== undefined)?.desks?.[focalPoint.did];
  return own ?? calendars[0]?.zone ?? CAPITALS[focalPoint.country] ?? 'UTC';
}
