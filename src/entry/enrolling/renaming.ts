/**
 * Officers whose name changes while their id stays. It may be the same person, who married or was spelled wrong, or another
 * one who was given a used id: nobody can tell from the names, so the operator is asked, and nothing is guessed.
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

/** What the operator says of renamed officers, by id. */
export interface RenamedPersons {
  readonly same: readonly string[];
  readonly other: readonly string[];
}

export const NO_RENAMED_PERSONS: RenamedPersons = { same: [], other: [] };

/**
 * The officers of a designation whose id had another name when it was last designated, among what is kept here. None for a
 * desk homed at another gateway: its officers have no accounts here.
 */
export async function findRenames(
  registry: Registry,
  claims: Designation,
): Promise<readonly RenamedOfficer[]> {
  if (claims.gateway !== registry.did) return [];
  const { versions } = await readHistory(registry, claims.focal_point);
  // Not the same designation again: an import that broke off is repeated with what was said before.
  const before = versions.filter((one) => one.from !== claims.from).toReversed();
  return claims.officers.flatMap(({ id }) => {
    const last = before.find((one) => one.officers.some((officer) => officer.id === id));
    return last === undefined ? [] : findRenamedOfficers(last, claims).filter((one) => one.id === id);
  });
}

/**
 * Says which renamed officers nothing was said of.
 * @throws Refusal `officer-renamed`, `invalid-body` where both was said of one
 */
export function checkRenamesExplained(
  renamed: readonly RenamedOfficer[],
  { same, other }: RenamedPersons,
): void {
  if (same.some((id) => other.includes(id)))
    throw new Refusal('invalid-body', 'one officer cannot be the same person and another one');
  const open = renamed.filter(({ id }) => !same.includes(id) && !other.includes(id)).map(({ id }) => id);
  if (open.length > 0)
    throw new Refusal(
      'officer-renamed',
      `the name of ${open.join(', ')} is not the one before: say for each whether it is the same person`,
    );
}

/**
 * Notes how renamed officers were called, before their designation is kept: from then on what was linked to another person
 * counts no more. Broken off between the two, nobody has more than before.
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
 * Asks the desk whether what was linked to the same person, as the operator says, counts under the new name: it could be another
 * person's account. What waited for it goes.
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
