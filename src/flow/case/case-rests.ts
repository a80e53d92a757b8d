/** What evidence in a case file says that it rests on, held against the statements in the file. */
import type { CaseMessage } from '../../domain/case-file.ts';
import { Refusal } from '../../domain/error.ts';
import { type Evidence, evidence as evidenceSchema, type RestsOn } from '../../domain/evidence.ts';
import { versionAt } from '../../domain/key-life.ts';
import { peek } from '../../seal/statement.ts';
import type { Grounds, Within } from './case-statements.ts';

/** The statements that a piece of evidence names. */
export interface RestsReport {
  readonly agreements: readonly {
    readonly to: string;
    readonly id: string;
    readonly version: number;
    readonly in_file: boolean;
  }[];
  readonly designations: readonly {
    readonly did: string;
    /** When it begins; null where it is not in the file. */
    readonly from: string | null;
    /** By the statements in the file, a newer one had begun when this was signed. */
    readonly replaced: boolean;
  }[];
}

/**
 * Whether evidence says that a gateway took the message of this file. Which gateway might say so is asked where the
 * evidence is verified.
 */
const isTaking = (message: CaseMessage, { event, digest, recipient }: Evidence): boolean =>
  (event === 'SubmissionAcceptance' || event === 'RelayAcceptance') &&
  digest === message.digest &&
  recipient === undefined;

/**
 * What the gateways that took the message named for it, the sender's home first. Read before it is verified, because it
 * says by what to verify: a file of which any evidence does not verify is refused as a whole.
 */
export function takenUnder(message: CaseMessage): readonly Evidence[] {
  const claims = message.evidence.flatMap(({ jws }) => {
    const one = evidenceSchema.safeParse(peek(jws).payload);
    return one.success && isTaking(message, one.data) ? [one.data] : [];
  });
  const isOfRelay = ({ event }: Evidence): number => Number(event === 'RelayAcceptance');
  return claims.toSorted((a, b) => isOfRelay(a) - isOfRelay(b));
}

/** All that they named, as one. */
export const together = (takers: readonly Evidence[]): RestsOn => ({
  agreements: takers.flatMap((one) => one.rests_on?.agreements ?? []),
  designations: takers.flatMap((one) => one.rests_on?.designations ?? []),
});

/**
 * Finds what evidence names. What the author of the file names is in it; another gateway may have known statements that
 * the author has not, and then it says so. The sender's home names all recipients that it took the message for; of those
 * who were none of the author's to serve nothing is said.
 * @throws Refusal `misaddressed`, `digest-mismatch`, `statement-refused`; Misfit for a statement that does not verify
 */
export async function restsIn(
  { file, grounds }: Within,
  message: CaseMessage,
  claims: Evidence,
): Promise<RestsReport | undefined> {
  const { by, at } = claims;
  const restsOn = by !== file.by && isTaking(message, claims) ? partOf(message, claims) : claims.rests_on;
  if (restsOn === undefined) return undefined;
  const isTo = (did: string): boolean => message.recipients.some((one) => one.to === did);
  const agreements: RestsReport['agreements'][number][] = [];
  for (const { to, id, version, digest } of restsOn.agreements) {
    if (!isTo(to)) throw new Refusal('misaddressed', 'it rests on an agreement with somebody else');
    const found = await grounds.agreement({ id, version }, new Date(message.accepted_at));
    if (found !== undefined && found.digest !== digest)
      throw new Refusal('digest-mismatch', 'it rests on another text of the agreement than is in the file');
    agreements.push({ to, id, version, in_file: found !== undefined });
  }
  const designations = restsOn.designations.map(({ focal_point: did, digest }) => {
    if (did !== message.sender && !isTo(did))
      throw new Refusal('misaddressed', 'it rests on the designation of somebody else');
    return { did, ...designationIn(grounds, did, digest, new Date(at)) };
  });
  const isWhole = agreements.every((one) => one.in_file) && designations.every((one) => one.from !== null);
  if (by === file.by && !isWhole)
    throw new Refusal('statement-refused', 'a statement that it rests on is not in the file');
  return { agreements, designations };
}

/** The part that is about parties to the message as this file has it. */
function partOf(message: CaseMessage, { rests_on: restsOn }: Evidence): RestsOn | undefined {
  const parties = [message.sender, ...message.recipients.map((one) => one.to)];
  return (
    restsOn && {
      agreements: restsOn.agreements.filter((one) => parties.includes(one.to)),
      designations: restsOn.designations.filter((one) => parties.includes(one.focal_point)),
    }
  );
}

function designationIn(grounds: Grounds, did: string, digest: string, when: Date) {
  const versions = grounds.designations.filter((one) => one.focal_point === did);
  const named = versions.find((one) => one.digest === digest);
  const isReplaced = named !== undefined && versionAt(versions, when)?.digest !== digest;
  return { from: named?.from ?? null, replaced: isReplaced };
}
