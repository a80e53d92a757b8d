/**
 * Withdrawing: an authority ends the designation of a focal point early, and no older designation takes its
 * place.
 */

import { GATEWAY_OPERATOR } from '../../domain/evidence/operator-act.ts';
import { type Designation, isInForceAt } from '../../domain/party/designation.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { isEndedBy, type Withdrawal } from '../../domain/party/in-force.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Gateway } from '../../gateway.ts';
import type { Issuing } from '../../gateway-parts.ts';
import { checkAuthoritiesAtBeginning } from '../../seal/authority.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload } from '../../seal/statement.ts';
import { verifyWithdrawal } from '../../seal/withdrawal.ts';
import { readHistory } from '../directory/directory.ts';
import { issueEvidence } from '../evidence/issue.ts';
import { withSignedRejections } from '../evidence/reject.ts';
import { makeOperatorAct } from '../operator/operator-act.ts';
import { scheduleWithdrawals } from './withdrawals-sent.ts';

/** The parts of a gateway that know a focal point's history. */
type DesignationRecords = Pick<Gateway, 'anchors' | 'store' | 'log' | 'now' | 'guard'>;

/**
 * Checks that a verified designation may follow those that are kept.
 * @throws Refusal `statement-refused` if it was withdrawn, is older than a kept one, or is of another country
 */
export async function checkDesignationFollows(records: DesignationRecords, one: Designation): Promise<void> {
  const { versions, withdrawals } = await readHistory(records, one.focal_point);
  if (withdrawals.some((each) => isEndedBy(each, one)))
    throw new Refusal('statement-refused', 'the designation was withdrawn; a new one must begin after that');
  if (versions.some((each) => each.country !== one.country))
    throw new Refusal('statement-refused', 'the focal point is designated by another country’s authority');
  if (versions.some((each) => Date.parse(each.from) > Date.parse(one.from)))
    throw new Refusal('statement-refused', 'a newer designation of this focal point is kept already');
}

/** A kept withdrawal. */
interface WithdrawalResult {
  readonly withdrawal: Withdrawal;
  /** False if it was kept before. */
  readonly isNew: boolean;
  /** The gateway's signed evidence that it took the withdrawal for the first time, JWS as text. */
  readonly evidence: string;
}

/**
 * Verifies a withdrawal and keeps it with evidence. From now on nothing is sent to or taken from the focal
 * point, and every other gateway is told. It is also kept if no designation of the focal point is known yet:
 * it will end one that comes later.
 * @param toldBy DID of the gateway that brought it
 * @throws Refusal `statement-refused`, `signature-invalid`, `invalid-body`, and for its shape as
 *   `verifyStatement`
 */
export async function keepWithdrawal(
  gateway: Issuing,
  statement: unknown,
  toldBy?: string,
): Promise<WithdrawalResult> {
  const at = gateway.now();
  const one = await verifyWithdrawal(statement, gateway.anchors, at);
  checkAuthoritiesAtBeginning(statement, gateway.anchors, one.from);
  const { versions } = await readHistory(gateway, one.focal_point);
  if (versions.length > 0 && !versions.some(({ country }) => country === one.country))
    throw new Refusal('statement-refused', 'the focal point is designated by another country’s authority');
  const digest = digestOfPayload(statement as Jws);
  // It rests on the withdrawal alone, which its digest names.
  const rests_on = undefined;
  const step = { event: 'DesignationWithdrawn', reason: one.reason, digest, at, rests_on } as const;
  const kept = await gateway.store.directory.keepWithdrawal(
    {
      did: one.focal_point,
      country: one.country,
      from: new Date(one.from),
      digest,
      statement: JSON.stringify(statement),
      evidence: await issueEvidence(gateway, { ...step, sender: one.focal_point }),
      ...present({ toldBy }),
    },
    makeOperatorAct(gateway, {
      act: 'withdrawal.imported',
      subject: one.focal_point,
      digest,
      ...present({ who: toldBy === undefined ? undefined : GATEWAY_OPERATOR }),
    }),
  );
  if (kept.isNew) gateway.log.warn('designation.withdrawn', { slug: one.slug, reason: one.reason });
  await scheduleWithdrawals(gateway);
  return { withdrawal: one, ...kept };
}

/**
 * Takes a withdrawal that another gateway passes on. Its authority's signature proves it, not the gateway
 * that brings it.
 * @throws Refusal as {@link keepWithdrawal}, with a signed relay rejection attached
 */
export const takeWithdrawal = (
  gateway: Issuing,
  from: GatewayDesignation,
  statement: unknown,
): Promise<WithdrawalResult> =>
  withSignedRejections(gateway, { event: 'RelayRejection', sender: from.gateway }, () =>
    keepWithdrawal(gateway, statement, from.gateway),
  );

/**
 * The claims for an authority to sign that end every designation of a focal point known here, including those
 * that begin later.
 * @throws Refusal `designation-ended` if nothing is left to withdraw
 */
export async function draftWithdrawal(
  records: DesignationRecords,
  focalPoint: Designation,
  reason: Withdrawal['reason'],
): Promise<Withdrawal> {
  const at = records.now();
  const { versions, withdrawals } = await readHistory(records, focalPoint.focal_point);
  const left = versions.filter((each) => !withdrawals.some((one) => isEndedBy(one, each)));
  if (!left.some((each) => isInForceAt(each, at) || Date.parse(each.from) > at.getTime()))
    throw new Refusal('designation-ended', `the designation of ${focalPoint.slug} has ended already`);
  const through = Math.max(at.getTime(), ...left.map((each) => Date.parse(each.from)));
  return {
    kind: 'withdrawal',
    authority: focalPoint.country,
    country: focalPoint.country,
    focal_point: focalPoint.focal_point,
    slug: focalPoint.slug,
    reason,
    from: at.toISOString(),
    through: new Date(through).toISOString(),
  };
}
