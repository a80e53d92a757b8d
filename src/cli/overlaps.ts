/** What an agreement that was just kept does not say by itself: which others speak of the same, and that it has not begun. */
import type { Agreement, AgreementName } from '../domain/terms/agreement.ts';
import { compareByPrecedence, findOverlaps } from '../domain/terms/agreement-versions.ts';
import { readDirectory } from '../flow/directory/directory.ts';
import type { Judging } from '../gateway-parts.ts';
import { printRemark } from './output.ts';

/** An agreement that covers some of the same, and whether the new one counts before it there. */
export interface Overlap extends AgreementName {
  readonly counts: 'new' | 'other';
}

/** The agreements kept here that cover some of what this one covers, and which of the two counts where both do. */
export async function listOverlaps(gateway: Judging, one: Agreement): Promise<readonly Overlap[]> {
  const { agreements, designations } = await readDirectory(gateway);
  const countryOf = (did: string) =>
    designations.find((focalPoint) => focalPoint.focal_point === did)?.country;
  return findOverlaps(one, agreements, countryOf, gateway.now()).map((other) => ({
    id: other.id,
    version: other.version,
    counts: compareByPrecedence(one, other) < 0 ? 'new' : 'other',
  }));
}

/** Says each of them to the operator, beside the answer. */
export function printOverlaps(overlaps: readonly Overlap[]): void {
  for (const { id, version, counts } of overlaps)
    printRemark(
      `It covers some of what ${id}, version ${version}, covers. Where both do, ${
        counts === 'new' ? 'the new one' : id
      } counts: of two agreements the one that begins later does.`,
    );
}

/** Says so where it has not begun: what is posted before then is refused as `not-covered`, and nobody would look here. */
export function printBeginning({ from }: Agreement, now: Date): void {
  if (new Date(from) > now) printRemark(`It begins at ${from}: nothing goes under it before then.`);
}
