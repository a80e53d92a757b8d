/** Duty rosters: which of a focal point's officers is on duty when, as its operator sets it. */

import { checked } from '../../domain/message/protocol.ts';
import type { Designation } from '../../domain/party/party.ts';
import { type Roster, roster as rosterSchema } from '../../domain/terms/roster.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Issuer } from '../../flow/evidence/issue.ts';
import { acting } from '../../flow/operator/acting.ts';
import type { Gateway } from '../../gateway.ts';

/**
 * Keeps a roster in place of the one before. One without shifts ends it: then nobody in particular is on duty.
 * @throws Refusal `invalid-body`; `unknown-officer` where it names somebody whom the designation does not
 */
export async function keepRoster(
  gateway: Pick<Gateway, 'store' | 'now' | 'operator'> & Issuer,
  desk: Pick<Designation, 'focal_point' | 'officers'>,
  draft: unknown,
): Promise<Roster> {
  const roster = checked(rosterSchema, draft);
  const known = new Set(desk.officers.map((one) => one.id));
  if (![...roster.weekly, ...roster.once].every((one) => known.has(one.officer)))
    throw new Refusal('unknown-officer', 'the roster names an officer who is not in the designation');
  const act = acting(gateway, { act: 'roster.set', subject: desk.focal_point });
  await gateway.store.directory.keepRoster(desk.focal_point, roster, act);
  return roster;
}
