/**
 * The reader at a focal point: the language of the person or account, and the time zone of the focal point.
 */
import { zoneOfFocalPoint } from '../../domain/terms/focal-point-zone.ts';
import type { Reader } from '../../domain/words/phrases.ts';
import type { Gateway } from '../../gateway.ts';
import { type Directory, findDesignation } from './directory.ts';

/** The time zone (IANA) of a focal point (DID); UTC if it is not in the directory. */
export function zoneAt({ now }: Pick<Gateway, 'now'>, directory: Directory, did: string): string {
  const designation = findDesignation(directory, did);
  return designation === undefined
    ? 'UTC'
    : zoneOfFocalPoint(
        directory.agreements,
        { did: designation.focal_point, country: designation.country },
        now(),
      );
}

/** A reader at a focal point (DID). */
export const readerAt = (
  gateway: Pick<Gateway, 'now'>,
  directory: Directory,
  did: string,
  lang: string,
): Reader => ({ lang, zone: zoneAt(gateway, directory, did) });
