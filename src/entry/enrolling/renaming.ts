/**
 * Officers whose name changes while their id stays. It may be the same person, who married or was spelled wrong, or another
 * one who was given a used id: nobody can tell from the names, so the operator is asked, and nothing is guessed.
 */
import { type Renamed, renamedIn } from '../../domain/party/belonging.ts';
import type { Designation } from '../../domain/party/party.ts';
import { Refusal } from '../../domain/words/error.ts';
import { WAITS_FOR_A_WAY } from '../../flow/carry/failover.ts';
import { historyOf } from '../../flow/directory/directory.ts';
import { acting } from '../../flow/operator/acting.ts';
import type { Gateway } from '../../gateway.ts';

type Registry = Pick<
  Gateway,
  'did' | 'anchors' | 'store' | 'guard' | 'now' | 'log' | 'key' | 'newId' | 'operator'
>;

/** What the operator says of renamed officers, by id. */
export interface Persons {
  readonly same: readonly string[];
  readonly other: readonly string[];
}

export const NOTHING_SAID: Persons = { same: [], other: [] };

/**
 * The officers of a designation whose id had another name when it was last designated, among what is kept here. None for a
 * desk homed at another gateway: its officers have no accounts here.
 */
export async function renamesBy(registry: Registry, claims: Designation): Promise<readonly Renamed[]> {
  if (claims.gateway !== registry.did) return [];
  const { versions } = await historyOf(registry, claims.focal_point);
  // Not the same designation again: an import that broke off is repeated with what was said before.
  const before = versions.filter((one) => one.from !== claims.from).toReversed();
  return claims.officers.flatMap(({ id }) => {
    const last = before.find((one) => one.officers.some((officer) => officer.id === id));
    return last === undefined ? [] : renamedIn(last, claims).filter((one) => one.id === id);
  });
}

/**
 * Says which renamed officers nothing was said of.
 * @throws Refusal `officer-renamed`, `invalid-body` where both was said of one
 */
export function checkSaid(renamed: readonly Renamed[], { same, other }: Persons): void {
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
export async function noteBefore(
  registry: Registry,
  { focal_point: focalPoint }: Designation,
  renamed: readonly Renamed[],
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
export async function noteAfter(
  registry: Registry,
  { focal_point: focalPoint }: Designation,
  renamed: readonly Renamed[],
  { same }: Persons,
): Promise<void> {
  for (const { id, before, after } of renamed)
    if (same.includes(id))
      await registry.store.endpoints.noteOfficerName(
        { focalPoint, id },
        { before, after },
        renaming(registry),
        asking(registry),
      );
  await registry.store.deliveries.hurryWaiting(focalPoint, WAITS_FOR_A_WAY, registry.now());
}

const asking = ({ operator: who, now }: Registry) => ({ who, now: now() });

const renaming = (registry: Registry) => ({
  endpoint: (subject: string) => acting(registry, { act: 'endpoint.set', subject }),
  pin: (subject: string) => acting(registry, { act: 'pin.renamed', subject }),
});
