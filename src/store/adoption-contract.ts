/** Adopting: rows that carry no good MAC, looked through by an operator and then sealed, each under an entry of its own. */
import type { Act } from './operator-log-contract.ts';
import type { SecretRow } from './records.ts';
import type { Asking } from './waiting.ts';

/** The grants that an operator looks at one by one; what the program makes from them is counted only. */
export type ShownKind = 'endpoint' | 'link-code' | 'access-key' | 'secret' | 'roster';

/** A row that grants nothing as it stands, and why. */
export interface Unsound {
  readonly kind: ShownKind;
  /** What it is known by in the operator's log. */
  readonly subject: string;
  /** `unsigned`: from before grants were signed; `changed`: its MAC is not over what it says; `ended`: its entry has ended. */
  readonly why: 'unsigned' | 'changed' | 'ended';
  /** DID of whose it is; of a secret of an endpoint, the endpoint's id. */
  readonly owner: string;
  /** What it would grant, for the operator who knows whether it is right. */
  readonly grants: Readonly<Record<string, string>>;
}

export interface HowAdopted {
  act(subject: string): Act;
  /** Wraps a secret anew, and only computes; one for which it gives nothing stays as it is. */
  rewrap(row: SecretRow): Promise<string | undefined>;
  /**
   * Of grants that were not all from before they were signed: an endpoint that opens something then waits for its desk, as if it
   * were new.
   */
  readonly asking?: Asking | undefined;
  /** The log says of nothing that was signed here before: links, arrivals and deliveries are sealed, too. */
  readonly isFirst: boolean;
}

export interface AdoptionStore {
  /** Rows that do not hold, those of one kind together. */
  unsoundGrants(): Promise<readonly Unsound[]>;
  /**
   * How many messages and recipients carry no MAC: they follow the grants they were made from. `isFirst`: with links, arrivals
   * and deliveries, which follow in the first adoption only.
   */
  unsealedWork(isFirst: boolean): Promise<number>;
  /**
   * Seals every row that was listed, each under the entry of its own act, and then what follows from them, all or nothing.
   * @param listed what the operator has looked at; a row that is not in it, or says otherwise now, is left
   * @returns how many were sealed
   */
  adoptGrants(listed: readonly Unsound[], how: HowAdopted): Promise<number>;
  /**
   * Puts the MACs of all rows that hold under the master key that seals now, `batch` at a time; safe to break off and to
   * repeat.
   * @returns rows sealed anew, and those that hold under no key there is
   */
  resealGrants(batch: number): Promise<{ readonly resealed: number; readonly unsound: number }>;
}
