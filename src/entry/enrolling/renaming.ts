/**
 * Officers whose name changes while their id stays. It may be the same person, after a marriage or a spelling error, or
 * another person who got a used id. The names do not show which, so the operator is asked.
 */

import type { Designation } from '../../domain/party/designation.ts';
import { findRenamedOfficers, type RenamedOfficer } from '../../domain/party/endpoint-officer.ts';
import { Refusal } from '../../domain/words/error.ts';
import { CODES_WITHOUT_ENDPOINT } from '../../flow/carry/failover.ts';
import { readHistory } from '../../flow/directory/directory.ts';
import { makeOperatorAct } from '../../flow/operator/operator-act.ts';
import type { Gateway } from '../../gateway.ts';

type Registry = Pick<
  Gateway,
  'did' | 'anchors' | 'store' | 'guard' | 'now' | 'log' | 'key' | 'newId' | 'operator'
>;

/** The operator's answers about renamed officers, by id. */
export interface RenamedPersons {
  readonly same: readonly string[];
  readonly other: readonly string[];
}

export const NO_RENAMED_PERSONS: RenamedPersons = { same: [], other: [] };

/**
 * Finds the officers of a designation whose id had another name in the last kept designation. None for a focal point of
 * another gateway, because its officers have no accounts here.
 */
export async function findRenames(
  registry: Registry,
  claims: Designation,
): Promise<readonly RenamedOfficer[]> {
  if (claims.gateway !== registry.did) return [];
  const { versions } = await readHistory(registry, claims.focal_point);
  // Ignores this same designation: an import that was interrupted is repeated with the same answers.
  const before = versions.filter((one) => one.from !== claims.from).toReversed();
  return claims.officers.flatMap(({ id }) => {
    const last = before.find((one) => one.officers.some((officer) => officer.id === id));
    return last === undefined ? [] : findRenamedOfficers(last, claims).filter((one) => one.id === id);
  });
}

/**
 * Checks that there is an answer for each renamed officer.
 * @throws Refusal `officer-renamed`; `invalid-body` where both answers were given for one officer
 */
export function checkRenamesExplained(
  renamed: readonly RenamedOfficer[],
  { same, other }: RenamedPersons,
): void {
  if (same.some((id) => other.includes(id)))
    throw new Refusal('invalid-body', 'one officer cannot be both the same person and another one');
  const open = renamed.filter(({ id }) => !same.includes(id) && !other.includes(id)).map(({ id }) => id);
  if (open.length > 0)
    throw new Refusal(
      'officer-renamed',
      `the name of ${open.join(', ')} has changed: say for each whether it is the same person`,
    );
}

/**
 * Records the old names of renamed officers before their designation is kept. From then on, accounts and endpoints of another
 * person are no longer used. After a crash between the two steps nobody has more rights than before.
 */
export async function noteRenames(
  registry: Registry,
  { focal_point: focalPoint }: Designation,
  renamed: readonly RenamedOfficer[],
): Promise<void> {
  for (const { id, before } of renamed)
    await registry.store.endpoints.noteOfficerName(
      { focalPoint, id },
      { before },
      renaming(registry),
      asking(registry),
    );
}

/**
 * Asks the focal point to confirm the accounts and endpoints of a renamed officer who the operator says is the same person:
 * they could be another person's. A confirmation that already waited for one of them is dropped.
 */
export async function askAboutRenames(
  registry: Registry,
  { focal_point: focalPoint }: Designation,
  renamed: readonly RenamedOfficer[],
  { same }: RenamedPersons,
): Promise<void> {
  for (const { id, before, after } of renamed)
    if (same.includes(id))
      await registry.store.endpoints.noteOfficerName(
        { focalPoint, id },
        { before, after },
        renaming(registry),
        asking(registry),
      );
  await registry.store.deliveries.makeWaitingDue(focalPoint, CODES_WITHOUT_ENDPOINT, registry.now());
}

const asking = ({ operator: who, now }: Registry) => ({ who, now: now() });

const renaming = (registry: Registry) => ({
  endpoint: (subject: string) => makeOperatorAct(registry, { act: 'endpoint.set', subject }),
  pin: (subject: string) => makeOperatorAct(registry, { act: 'pin.renamed', subject }),
});
