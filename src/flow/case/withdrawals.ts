/**
 * Withdrawals in a case file. A withdrawal may take effect before messages that were taken in good faith,
 * because it was delayed or by intent. So it counts for a message only if the author had taken it by then, by
 * the author's own signed evidence.
 */

import { type Evidence, evidenceSchema } from '../../domain/evidence/evidence.ts';
import type { Designation } from '../../domain/party/designation.ts';
import { isEndedBy } from '../../domain/party/in-force.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import { entryOfEvidence } from '../../ledger/entry.ts';
import { peekStatement, verifyStatement } from '../../seal/statement.ts';
import { type LedgerReport, verifyLedgerPlace } from './evidence.ts';
import { runAtPlace } from './reading.ts';
import { type CaseContext, findVouchedKey } from './statements.ts';

/** When the author took a withdrawal, and the place of its evidence in the author's ledger. */
interface TakenWithdrawal {
  readonly at: Date;
  readonly ledger: LedgerReport | null;
}

/** When the author took each withdrawal in the file, by the withdrawal's digest. @throws CaseMisfit */
export async function verifyTakenWithdrawals(
  within: Omit<CaseContext, 'withdrawn'>,
): Promise<ReadonlyMap<string, TakenWithdrawal>> {
  const taken = new Map<string, TakenWithdrawal>();
  for (const [n, piece] of within.file.withdrawals_taken.entries())
    await runAtPlace(`withdrawals_taken[${n}]`, async () => {
      const { of, ...word } = await verifyTakenWithdrawal(within, piece);
      if (taken.has(of))
        throw new Refusal(
          'misaddressed',
          'the file already has evidence that the author took this withdrawal',
        );
      taken.set(of, word);
    });
  return taken;
}

async function verifyTakenWithdrawal(
  { file, grounds, author }: Omit<CaseContext, 'withdrawn'>,
  { jws, proof }: CaseContext['file']['withdrawals_taken'][number],
): Promise<TakenWithdrawal & { readonly of: string }> {
  const unproven = peekStatement(jws);
  const claims = parseBySchema(evidenceSchema, unproven.payload);
  const { key } = findVouchedKey(grounds.gateways, file.by, unproven.kids[0] ?? '', new Date(claims.at));
  const { digest } = await verifyStatement(jws, 'evidence', async (kid) =>
    kid === key.kid ? key : undefined,
  );
  const isOfOne = grounds.withdrawals.some(
    (one) => one.digest === claims.digest && one.focal_point === claims.sender,
  );
  if (claims.event !== 'DesignationWithdrawn' || claims.by !== file.by || !isOfOne)
    throw new Refusal('misaddressed', 'this is not the author’s evidence of a withdrawal in the file');
  const entry = entryOfEvidence(claims.id, digest);
  const ledger =
    proof === undefined ? null : await verifyLedgerPlace({ file, grounds, author }, entry, proof);
  return { of: claims.digest ?? '', at: new Date(claims.at), ledger };
}

/**
 * The same file without the withdrawals that its author took after this message. If the author does not say
 * when it took one, that one counts.
 * @param takers the claims of the gateways that took the message
 */
export function omitLaterWithdrawals(within: CaseContext, takers: readonly Evidence[]): CaseContext {
  const took = takers.filter((one) => one.by === within.file.by).map((one) => Date.parse(one.at));
  const isKnown = ({ digest }: { readonly digest: string }): boolean => {
    const known = within.withdrawn.get(digest)?.at.getTime();
    return known === undefined || took.length === 0 || known <= Math.max(...took);
  };
  const { grounds } = within;
  return { ...within, grounds: { ...grounds, withdrawals: grounds.withdrawals.filter(isKnown) } };
}

/**
 * The start of a withdrawal that ended this designation for a message taken at this time; undefined if there
 * is none.
 */
export const findWithdrawalDate = (
  { grounds }: CaseContext,
  designation: Designation,
  when: Date,
): string | undefined =>
  grounds.withdrawals.find((one) => isEndedBy(one, designation) && Date.parse(one.from) <= when.getTime())
    ?.from;
