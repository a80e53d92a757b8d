/**
 * The ledger: this gateway's own log, the logs of others that are watched, alarms, and the operator's log.
 *
 * Hashes and tiles are bytes here; what they mean is known in `src/ledger`. One process at a time appends or
 * watches; the next look repeats what failed.
 */

import type {
  AlarmRow,
  AlarmSeen,
  CheckpointRow,
  EvidencePlace,
  KeptAlarm,
  LeafRow,
  LedgerBatch,
  LedgerEnd,
  LedgerOverview,
  LedgerWatch,
  TilePlace,
  WitnessedTiles,
} from './ledger-rows.ts';
import type { KeptLogEntry, LogEntryMaker } from './operator-log.ts';

export interface LedgerStore {
  /**
   * Holds the log, asks `extend`, and writes what it says. The evidence given is in the order of issue, at most
   * `limit`; what a transaction kept back follows later. What `extend` throws comes back to the caller, and
   * nothing is written.
   * @returns false where another process holds the log
   */
  extendLedger(
    now: Date,
    limit: number,
    extend: (end: LedgerEnd) => Promise<LedgerBatch | undefined>,
  ): Promise<boolean>;
  /** The newest checkpoint; undefined while there is none. */
  ledgerCheckpoint(): Promise<CheckpointRow | undefined>;
  /** The newest cosigned checkpoint that covers an index; else the newest. */
  checkpointOver(index: number): Promise<CheckpointRow | undefined>;
  /**
   * Holds the checkpoint of this size and replaces its note by what `change` makes of it.
   * @returns false where there is none
   */
  cosignCheckpoint(size: number, change: (note: string) => string): Promise<boolean>;
  /** Tiles in the order asked for; empty where there is none. */
  ledgerTiles(places: readonly TilePlace[]): Promise<readonly Uint8Array[]>;
  /** Leaves from `start` up to `end`, that one excluded, by index. Where evidence is gone, its leaf carries none. */
  ledgerLeaves(start: number, end: number): Promise<readonly LeafRow[]>;
  /** Where evidence stands in the log, by the key of its row; undefined where no such evidence is kept. */
  ledgerPlace(key: string): Promise<EvidencePlace | undefined>;
  /**
   * Claims the next look at a log; the one after that is due at `nextAt`.
   * @returns undefined where it is not due, or another process has it
   */
  claimWatch(origin: string, now: Date, nextAt: Date): Promise<LedgerWatch | undefined>;
  /** Notes how far the comparing came. */
  moveWatch(origin: string, compared: number): Promise<void>;
  /** Notes that a look at the log came to its end: it answered, and what it says fits. */
  markWatched(origin: string, at: Date): Promise<void>;
  /** The largest checkpoint of a log that was verified. */
  lastWitnessed(origin: string): Promise<CheckpointRow | undefined>;
  /** Tiles of a log that is watched, in the order asked for; empty where there is none. */
  witnessedTiles(origin: string, places: readonly TilePlace[]): Promise<readonly Uint8Array[]>;
  /**
   * Keeps what was read of another log, all or nothing.
   * @returns false where another process went on meanwhile: nothing was kept
   */
  keepWitnessing(row: WitnessedTiles): Promise<boolean>;
  /** Keeps a verified checkpoint with its note. One of the same size again replaces the note. */
  keepWitnessed(origin: string, row: CheckpointRow, at: Date): Promise<void>;
  /**
   * Keeps an alarm. Of one finder about one log 1,000 are kept.
   * @returns true for the first of its finder, log, code, place and root
   */
  keepAlarm(row: AlarmRow): Promise<boolean>;
  /** How many alarms nobody has looked at. */
  alarmCount(): Promise<number>;
  /** Alarms, the newest first. */
  alarms(limit: number): Promise<readonly KeptAlarm[]>;
  /**
   * Marks an alarm as looked at, once.
   * @returns false where there is no such alarm, or somebody looked before: nothing was changed
   */
  markAlarm(id: number, seen: AlarmSeen, act: LogEntryMaker): Promise<boolean>;
  /** The own log and the logs that are watched, for the operator. */
  ledgerOverview(): Promise<LedgerOverview>;
  /**
   * Records an operator act that changes no row.
   * @returns the id of the entry
   */
  recordAct(act: LogEntryMaker): Promise<string>;
  /** Entries of the operator's log in order, from the one after the place `after` (0 for the first). */
  operatorActs(after: number, limit: number): Promise<readonly KeptLogEntry[]>;
}
