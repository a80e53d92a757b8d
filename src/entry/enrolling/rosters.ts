/** Keeps the duty rosters: which officer of a focal point is on duty when. */

import type { Designation } from '../../domain/party/designation.ts';
import { type Roster, rosterSchema } from '../../domain/terms/roster.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { EvidenceIssuer } from '../../flow/evidence/issue.ts';
import { makeOperatorAct } from '../../flow/operator/operator-act.ts';
import type { Gateway } from '../../gateway.ts';

/**
 * Keeps a roster, which replaces the old one. A roster without shifts deletes it: then no particular officer is on duty.
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
    throw new Refusal('unknown-officer', 'the roster names an officer whom the designation does not name');
  const act = makeOperatorAct(gateway, { act: 'roster.set', subject: focalPoint.focal_point });
  await gateway.store.directory.keepRoster(focalPoint.focal_point, roster, act);
  return roster;
}
