/** Withdrawing: an authority ends the designation of a focal point before its time, and no older one brings it back. */
import { Refusal } from '../domain/error.ts';
import { ends, type Withdrawal } from '../domain/key-life.ts';
import { type Designation, inForce } from '../domain/party.ts';
import type { Gateway } from '../gateway.ts';
import { verifyWithdrawal } from '../seal/withdrawal.ts';
import { historyOf } from './directory.ts';

/** The parts of a gateway that know the past of a focal point. */
export type Records = Pick<Gateway, 'anchors' | 'store' | 'log' | 'now'>;

/**
 * Checks that a verified designation may follow those that are kept.
 * @throws Refusal `statement-refused` where it was withdrawn, is older than one that is kept, or is of another country
 *   than those before
 */
export async function checkFollows(records: Records, one: Designation): Promise<void> {
  const { versions, withdrawals } = await historyOf(records, one.focal_point);
  if (withdrawals.some((each) => ends(each, one)))
    throw new Refusal('statement-refused', 'the designation was withdrawn; a new one must begin after that');
  if (versions.some((each) => each.country !== one.country))
    throw new Refusal('statement-refused', 'the focal point is designated by another country’s authority');
  if (versions.some((each) => Date.parse(each.from) > Date.parse(one.from)))
    throw new Refusal('statement-refused', 'a newer designation of this focal point is kept already');
}

/**
 * Verifies a withdrawal and keeps it: from now on nothing goes to the focal point and nothing comes from it.
 * @throws Refusal `unknown-recipient` where it ends nothing that is known here; `statement-refused`,
 *   `signature-invalid`, `invalid-body`, and for its shape as `readStatement`
 */
export async function keepWithdrawal(records: Records, statement: unknown): Promise<Withdrawal> {
  const one = await verifyWithdrawal(statement, records.anchors, records.now());
  const { versions } = await historyOf(records, one.focal_point);
  if (!versions.some((each) => ends(one, each)))
    throw new Refusal('unknown-recipient', 'it ends no designation that is known here');
  await records.store.keepWithdrawal({
    did: one.focal_point,
    country: one.country,
    from: new Date(one.from),
    statement: JSON.stringify(statement),
  });
  records.log.warn('designation.withdrawn', { slug: one.slug, reason: one.reason });
  return one;
}

/**
 * What an authority signs to end every designation of a focal point that is known here, those that begin later too.
 * @throws Refusal `designation-ended` where nothing is left to withdraw
 */
export async function draftWithdrawal(
  records: Records,
  desk: Designation,
  reason: Withdrawal['reason'],
): Promise<Withdrawal> {
  const at = records.now();
  const { versions, withdrawals } = await historyOf(records, desk.focal_point);
  const left = versions.filter((each) => !withdrawals.some((one) => ends(one, each)));
  if (!left.some((each) => inForce(each, at) || Date.parse(each.from) > at.getTime()))
    throw new Refusal('designation-ended', `the designation of ${desk.slug} has ended already`);
  const through = Math.max(at.getTime(), ...left.map((each) => Date.parse(each.from)));
  return {
    kind: 'withdrawal',
    authority: desk.country,
    country: desk.country,
    focal_point: desk.focal_point,
    slug: desk.slug,
    reason,
    from: at.toISOString(),
    through: new Date(through).toISOString(),
  };
}
