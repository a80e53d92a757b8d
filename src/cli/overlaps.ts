/** Remarks on an agreement that was just kept: which other agreements cover the same, and that it is not in force yet. */
import type { Agreement, AgreementName } from '../domain/terms/agreement.ts';
import { compareByPrecedence, findOverlaps } from '../domain/terms/agreement-versions.ts';
import { readDirectory } from '../flow/directory/directory.ts';
import type { Judging } from '../gateway-parts.ts';
import { printRemark } from './output.ts';

/** An agreement that covers some of the same, and which of the two applies there. */
interface Overlap extends AgreementName {
  readonly counts: 'new' | 'other';
}

/** Lists the kept agreements that cover some of what this one covers, and which of the two applies where both cover it. */
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

/** Prints a remark for each overlap. */
export function printOverlaps(overlaps: readonly Overlap[]): void {
  for (const { id, version, counts } of overlaps)
    printRemark(
      `It covers some of what ${id}, version ${version}, covers. Where both do, ${
        counts === 'new' ? 'the new one' : id
      } applies: of two agreements, the one that begins later.`,
    );
}

/** Prints a remark if the agreement has not begun: until then posts are refused as `not-covered`, and the cause is hard to find. */
export function printBeginning({ from }: Agreement, now: Date): void {
  if (new Date(from) > now) printRemark(`It begins at ${from}: no message can be sent under it before then.`);
}
