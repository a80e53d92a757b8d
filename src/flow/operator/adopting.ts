/**
 * Adopting grants from before they were signed, or that were found changed: an operator looks through the list and confirms
 * just that list. Nothing is adopted by itself.
 */
import type { Gateway } from '../../gateway.ts';
import { unwrap, unwrapUnowned, wrap } from '../../seal/custody.ts';
import { sha256 } from '../../seal/digest.ts';
import type { Unsound } from '../../store/adoption-contract.ts';
import { acting } from './acting.ts';

export interface Adoption {
  readonly grants: readonly Unsound[];
  /** Links, arrivals and deliveries that follow the grants they were made from. */
  readonly work: number;
  /** What the operator gives back to confirm this list and no other. */
  readonly code: string;
}

/** What there is to adopt. */
export async function toAdopt(gateway: Gateway): Promise<Adoption> {
  const [grants, work] = [await gateway.store.unsoundGrants(), await gateway.store.unsealedWork()];
  return { grants, work, code: sha256(JSON.stringify(grants)).slice(0, 12) };
}

/**
 * Adopts what was listed under this code.
 * @returns how many grants now count; undefined where the list is another by now, and nothing was adopted
 * @throws Refusal `operator-log-broken`
 */
export async function adopt(gateway: Gateway, code: string): Promise<number | undefined> {
  const list = await toAdopt(gateway);
  if (list.code !== code) return undefined;
  gateway.guard.begin();
  return gateway.store.adoptGrants(
    list.grants,
    (subject) => acting(gateway, { act: 'grants.adopted', subject }),
    async (row) => {
      const text = await unwrap(gateway.master, row, row.wrapped).catch(() =>
        unwrapUnowned(gateway.master, row, row.wrapped).catch(() => undefined),
      );
      return text === undefined ? undefined : wrap(gateway.master, row, text);
    },
  );
}

/**
 * Whether grants wait for an operator: of a home from before they were signed. One that holds none has nothing to wait for,
 * and begins.
 */
export async function waitsForAdoption(gateway: Gateway): Promise<boolean> {
  if (gateway.guard.state() !== 'not-adopted') return false;
  const { grants, work } = await toAdopt(gateway);
  if (grants.length + work > 0) return true;
  gateway.guard.begin();
  return false;
}
