/**
 * The ledger: this gateway's own log, the watched logs of others, alarms, and the operator's log.
 *
 * Hashes and tiles are bytes here; `src/ledger` knows their meaning. One process at a time appends or
 * watches; its next round repeats what failed.
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
   * Locks the log, calls `extend`, and writes what it returns. The evidence passed to it is in the order of
   * issue, at most `limit`. Evidence of an unfinished transaction follows later. If `extend` throws, the
   * caller gets the fault and nothing is written.
   * @returns false if another process has locked the log
   */
  extendLedger(
    now: Date,
    limit: number,
    extend: (end: LedgerEnd) => Promise<LedgerBatch | undefined>,
  ): Promise<boolean>;
  /** The newest checkpoint; undefined if there is none. */
  ledgerCheckpoint(): Promise<CheckpointRow | undefined>;
  /** The newest cosigned checkpoint that covers an index; else the newest. */
  checkpointOver(index: number): Promise<CheckpointRow | undefined>;
  /**
   * Locks the checkpoint of this size and replaces its note by what `change` returns.
   * @returns false if there is none
   */
  cosignCheckpoint(size: number, change: (note: string) => string): Promise<boolean>;
  /** Tiles in the requested order; empty if there is none. */
  ledgerTiles(places: readonly TilePlace[]): Promise<readonly Uint8Array[]>;
  /** Leaves from `start` up to but not including `end`, by index. If evidence is gone, its leaf has none. */
  ledgerLeaves(start: number, end: number): Promise<readonly LeafRow[]>;
  /** The place of evidence in the log, by the key of its row; undefined if no such evidence is kept. */
  ledgerPlace(key: string): Promise<EvidencePlace | undefined>;
  /**
   * Claims the next look at a log; the one after it is due at `nextAt`.
   * @returns undefined if it is not due, or another process has it
   */
  claimWatch(origin: string, now: Date, nextAt: Date): Promise<LedgerWatch | undefined>;
  /** Notes how far old entries were compared. */
  moveWatch(origin: string, compared: number): Promise<void>;
  /** Notes that a log was read to its end and was valid. */
  markWatched(origin: string, at: Date): Promise<void>;
  /** The largest verified checkpoint of a log. */
  lastWitnessed(origin: string): Promise<CheckpointRow | undefined>;
  /** Tiles of a watched log, in the requested order; empty if there is none. */
  witnessedTiles(origin: string, places: readonly TilePlace[]): Promise<readonly Uint8Array[]>;
  /**
   * Keeps what was read of another log, all or nothing.
   * @returns false if another process went on meanwhile: nothing was kept
   */
  keepWitnessing(row: WitnessedTiles): Promise<boolean>;
  /** Keeps a verified checkpoint with its note. The note of the same size is replaced. */
  keepWitnessed(origin: string, row: CheckpointRow, at: Date): Promise<void>;
  /**
   * Keeps an alarm. Of one finder about one log at most 1,000 are kept.
   * @returns true for the first with its finder, log, code, place and root
   */
  keepAlarm(row: AlarmRow): Promise<boolean>;
  /** How many alarms nobody has examined. */
  alarmCount(): Promise<number>;
  /** Alarms, the newest first. */
  alarms(limit: number): Promise<readonly KeptAlarm[]>;
  /**
   * Marks an alarm as examined, once.
   * @returns false if there is no such alarm, or it was marked before: nothing was changed
   */
  markAlarm(id: number, seen: AlarmSeen, act: LogEntryMaker): Promise<boolean>;
  /** Our own log and the watched logs, for the operator. */
  ledgerOverview(): Promise<LedgerOverview>;
  /**
   * Records an operator act that changes no row.
   * @returns the id of the entry
   */
  recordAct(act: LogEntryMaker): Promise<string>;
  /** Entries of the operator's log in order, from the one after the place `after` (0: from the first). */
  operatorActs(after: number, limit: number): Promise<readonly KeptLogEntry[]>;
}
