/**
 * The guard: what proves the rows that grant something. The database is not trusted with who may see and act: such a row
 * carries a MAC over all that it grants, and names the entry of the operator's log that made it. The store asks here
 * whenever it writes or reads one; who holds the keys, and what the log says, is known outside.
 */

import type { LogHead, StatementKind } from '../domain/evidence/operator-act.ts';
import type { OpenedAccess } from '../domain/party/confirmation.ts';
import type { ConfirmationAct, KeptLogEntry, LastOperatorAct, LogView } from './contracts/operator-log.ts';

/** The rows that carry a MAC. */
export const GRANT_KINDS = [
  'endpoint',
  'link',
  'link-code',
  'access-key',
  'secret',
  'roster',
  'pin',
  'start-code',
  'pin-session',
  'arrival',
  'delivery',
  'message',
  'recipient',
] as const;
export type GrantKind = (typeof GRANT_KINDS)[number];

/** What a row grants, by name. */
export type Granted = Readonly<Record<string, unknown>>;

/** `not-adopted`: a home from before grants were signed, whose operator has not confirmed what is there. */
export type GrantsState = 'ready' | 'not-adopted' | 'log-broken';

/** The digests of the statements that the operator's log names, by kind and party, in the order of the entries. */
export type NamedStatements = ReadonlyMap<StatementKind, ReadonlyMap<string, readonly string[]>>;

/** An officer (by id) of a focal point (DID). */
interface Whose {
  readonly focalPoint: string;
  readonly officer: string;
}

/** What the operator's log says of officers' PINs; of a DID that is too long for its entries nothing of whose they are. */
export interface NamedPins {
  /** Id of the PIN that was set last. */
  pin(of: Whose): string | undefined;
  /** Id of the start page that was made last, or by which a PIN was set since: every other one has ended. */
  page(of: Whose): string | undefined;
  /** Whether a start page of this id was ever made. */
  isPage(id: string): boolean;
  /** Of each officer the PIN that was set last. */
  all(): readonly (Whose & { readonly id: string })[];
}

export interface Guard {
  state(): GrantsState;
  /** From now on the grants of this home are signed: an operator has confirmed what was there before. */
  begin(): void;
  /** The MAC over what a row grants. */
  seal(kind: GrantKind, granted: Granted): string;
  /** Whether a MAC is over just this. */
  verifies(kind: GrantKind, granted: Granted, mac: string): Promise<boolean>;
  /** Whether a MAC was made under the master key that seals now. */
  isNewest(mac: string): boolean;
  /** Place of the newest entry of the operator's log that was read here; 0 for none. */
  place(): number;
  /** How far the log was seen by any process of this home. Asked before the database is: others write on meanwhile. */
  seenUpTo(): LogHead | undefined;
  /**
   * Takes the entries that follow, as the database has them, each proven before it counts. Where one does not hold, or the
   * log ends before an entry that had been seen, nothing is granted from then on.
   * @param reading what was seen before, and whether these entries come to the end of the log
   */
  learn(
    entries: readonly KeptLogEntry[],
    reading: { readonly seenUpTo: LogHead | undefined; readonly isEnd: boolean },
  ): Promise<void>;
  /**
   * The log as the next entry finds it.
   * @throws Refusal `operator-log-broken`, `grants-not-adopted`
   */
  end(): LogView;
  /** Whether an entry counts and no later one ended it. */
  isCurrent(entry: string): boolean;
  /** Whether what an entry made still grants something, changed since or not; `paused`: or may again. */
  isAlive(entry: string, paused?: boolean): boolean;
  /** Whether the log says that the link of this hash was used. */
  isLinkUsed(hash: string): boolean;
  /** Whether the log says that the session of this hash was ended by "Not you?". */
  isSessionEnded(hash: string): boolean;
  /** Whether the log says that something of this desk (DID) opened this once. First is first for ever. */
  hasOpened(focalPoint: string, what: OpenedAccess): boolean;
  /** What was done to an endpoint last, by the log. */
  lastAct(endpoint: string): LastOperatorAct | undefined;
  /** Whether an endpoint has ended, by the log, and was not made anew since: switched off and on again it does not count. */
  hasEnded(endpoint: string): boolean;
  /** Endpoints that are officers' accounts, or may be, and have not ended, by the log: each has a row that holds. */
  accounts(): readonly string[];
  /** Endpoints of entries from before the log said whose an endpoint is. */
  endpointsOfUnknownFocalPoint(): readonly string[];
  /** What became of what was asked for by that entry; undefined while nobody has said anything. */
  decisionOn(asked: string): ConfirmationAct | undefined;
  /** When a secret (`secretSubject`) was made, by the log, RFC 3339; undefined where it never was. */
  secretMade(subject: string): string | undefined;
  /** Officers' PINs, by the log. */
  pins(): NamedPins;
  /** The statements that the log names, as far as it was read; what is read later is seen in the same map. */
  statements(): NamedStatements;
  /** A row was refused, or is missing: raises the alarm. `id` says which row, in a word that may be logged. */
  refused(kind: GrantKind | StatementKind, id: string): void;
}

/** What stands in a store that was given no guard: nothing can be granted through it. */
export const refuseWithoutGuard = (): Guard => {
  throw new Error('the store was given no guard');
};
