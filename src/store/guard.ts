/**
 * The guard verifies the rows that grant something. The database is not trusted with who may see and act. So
 * each such row has a MAC over all that it grants, and names the entry of the operator's log that made it.
 * The store asks the guard whenever it writes or reads one. The keys and the log's head are kept outside.
 */

import type { LogHead, StatementKind } from '../domain/evidence/operator-act.ts';
import type { OpenedAccess } from '../domain/party/confirmation.ts';
import type { ConfirmationAct, KeptLogEntry, LastOperatorAct, LogView } from './contracts/operator-log.ts';

/** The kinds of rows that have a MAC. */
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

/** `not-adopted`: a home from before grants had MACs, whose operator has not confirmed its grants. */
export type GrantsState = 'ready' | 'not-adopted' | 'log-broken';

/** The digests of the statements in the operator's log, by kind and party, in the order of the entries. */
export type NamedStatements = ReadonlyMap<StatementKind, ReadonlyMap<string, readonly string[]>>;

/** An officer (by id) of a focal point (DID). */
interface Whose {
  readonly focalPoint: string;
  readonly officer: string;
}

/**
 * What the operator's log records about officers' PINs. If a DID is too long for its entries, it does not
 * record the owner.
 */
export interface NamedPins {
  /** Id of the PIN that was set last. */
  pin(of: Whose): string | undefined;
  /** Id of the start page that was made last, or by which a PIN was set since. Every other one has ended. */
  page(of: Whose): string | undefined;
  /** Whether a start page of this id was ever made. */
  isPage(id: string): boolean;
  /** For each officer the PIN that was set last. */
  all(): readonly (Whose & { readonly id: string })[];
}

export interface Guard {
  state(): GrantsState;
  /** From now on the grants of this home have MACs: an operator has confirmed the earlier ones. */
  begin(): void;
  /** The MAC over what a row grants. */
  seal(kind: GrantKind, granted: Granted): string;
  /** Whether a MAC verifies over exactly this. */
  verifies(kind: GrantKind, granted: Granted, mac: string): Promise<boolean>;
  /** Whether a MAC was made under the current master key. */
  isNewest(mac: string): boolean;
  /** Place of the newest entry of the operator's log that was read here; 0 for none. */
  place(): number;
  /**
   * How far any process of this home has read the log. Ask for it before reading the database, since others
   * write meanwhile.
   */
  seenUpTo(): LogHead | undefined;
  /**
   * Takes the next entries as the database has them, and verifies each before it takes effect. If one does
   * not verify, or the log ends before an entry that was seen earlier, nothing is granted from then on.
   * @param reading what was seen before, and whether these entries reach the end of the log
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
  /** Whether an entry is verified and no later one ended it. */
  isCurrent(entry: string): boolean;
  /**
   * Whether a grant that an entry made, or a later version of it, is still valid. With `paused`: or may
   * become valid again.
   */
  isAlive(entry: string, paused?: boolean): boolean;
  /** Whether the log records that the link of this hash was used. */
  isLinkUsed(hash: string): boolean;
  /** Whether the log records that the session of this hash was ended by "Not you?". */
  isSessionEnded(hash: string): boolean;
  /**
   * Whether the log records that an endpoint of this focal point (DID) has ever opened this access. It can be
   * the first only once.
   */
  hasOpened(focalPoint: string, what: OpenedAccess): boolean;
  /** The last act on an endpoint, by the log. */
  lastAct(endpoint: string): LastOperatorAct | undefined;
  /**
   * Whether an endpoint has ended, by the log, and was not made again since. Switching it off and on again
   * does not make it.
   */
  hasEnded(endpoint: string): boolean;
  /**
   * Endpoints that are officers' accounts, or may be, and have not ended, by the log. Each must have a valid
   * row.
   */
  accounts(): readonly string[];
  /** Endpoints of old entries, which did not name the focal point. */
  endpointsOfUnknownFocalPoint(): readonly string[];
  /** The decision on the question of that entry; undefined while there is none. */
  decisionOn(asked: string): ConfirmationAct | undefined;
  /** When a secret (`subjectOfSecret`) was made, by the log, RFC 3339; undefined if never. */
  secretMade(subject: string): string | undefined;
  /** Officers' PINs, by the log. */
  pins(): NamedPins;
  /** The statements in the log, as far as it was read. The map grows as the log is read on. */
  statements(): NamedStatements;
  /** Raises the alarm: a row was refused, or is missing. `id` names the row and must be safe to log. */
  refused(kind: GrantKind | StatementKind, id: string): void;
}

/** The guard of a store that was given none: it throws, so nothing can be granted. */
export const refuseWithoutGuard = (): Guard => {
  throw new Error('the store was given no guard');
};
