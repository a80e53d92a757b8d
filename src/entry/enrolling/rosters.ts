/** Duty rosters: which of a focal point's officers is on duty when, as its operator sets it. */

import type { Designation } from '../../domain/party/designation.ts';
import { type Roster, rosterSchema } from '../../domain/terms/roster.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { EvidenceIssuer } from '../../flow/evidence/issue.ts';
import { makeOperatorAct } from '../../flow/operator/operator-act.ts';
import type { Gateway } from '../../gateway.ts';

/**
 * Keeps a roster in place of the one before. One without shifts ends it: then nobody in particular is on duty.
 * @throws Refusal `invalid-body`; `unknown-officer` where it names somebody whom the designation does not
 */
export async function keepRoster(
  gateway: Pick<Gateway, 'store' | 'now' | 'operator'> & EvidenceIssuer,
  focalPoint: Pick<Designation, 'focal_point' | 'officers'>,
  draft: unknown,
): Promise<Roster> {
  const roster = parseBySchema(rosterSchema, draft);
  const known = new Set(focalPoint.officers.map((one) => one.id));
  if (![...roster.weekly, ...roster.once].every((one) => known.has(one.officer)))
    throw new Refusal('unknown-officer', 'the roster names an officer who is not in the designation');
  const act = makeOperatorAct(gateway, { act: 'roster.set', subject: focalPoint.focal_point });
  await gateway.store.directory.keepRoster(focalPoint.focal_point, roster, act);
  return roster;
}
