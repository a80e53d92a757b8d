/** The store's part of the ledger. Hashes and tiles are bytes here; what they mean is known in `src/ledger`. */
import type { Act } from './operator-log-contract.ts';

/** Where a tile stands: level, and its number on that level. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
}

/** Up to 256 hashes of 32 bytes, one after the other. */
export interface TileRow extends TilePlace {
  readonly hashes: Uint8Array;
}

export interface CheckpointRow {
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note, as text. */
  readonly note: string;
}

/** Evidence that stands in no leaf yet. */
export interface Unsequenced {
  readonly id: string;
  /** Place in the order of issue. */
  readonly seq: number;
  readonly jws: string;
}

/** What a batch begins with. Tiles come in the order asked for, empty where there is none. */
export interface LedgerEnd {
  readonly last: CheckpointRow | undefined;
  readonly waiting: readonly Unsequenced[];
  readonly readTiles: (places: readonly TilePlace[]) => Promise<readonly Uint8Array[]>;
}

/** A batch: the leaves follow the last checkpoint's without a gap. */
export interface LedgerBatch {
  /** Ids of evidence, the first at index `last.size`. */
  readonly evidence: readonly string[];
  readonly tiles: readonly TileRow[];
  readonly checkpoint: CheckpointRow;
  /** The greatest place in the order of issue among its evidence. */
  readonly seq: number;
}

/** Where evidence stands, and who may ask for it. */
export interface LedgerPlace {
  /** Absent while it waits for the next batch. */
  readonly index?: number;
  readonly sender: string;
  readonly recipient?: string;
  readonly message?: string;
}

/** A leaf with the evidence as it is kept now; absent where there is none any more. */
export interface LeafRow {
  readonly index: number;
  readonly evidence?: { readonly id: string; readonly jws: string };
}

export interface AlarmRow {
  /** Origin of the log of whoever found it. */
  readonly by: string;
  /** The log it is about. */
  readonly origin: string;
  readonly code: string;
  readonly place: number;
  readonly root?: Uint8Array;
  readonly note?: string;
  readonly at: Date;
}

/** An alarm as it is kept, and who has looked at it since. */
export interface KeptAlarm extends Pick<AlarmRow, 'by' | 'origin' | 'code' | 'place' | 'at'> {
  readonly id: number;
  readonly seen?: AlarmSeen;
}

/** What a named operator found out about an alarm. It stays, and so does this. */
export interface AlarmSeen {
  readonly by: string;
  readonly note: string;
  readonly at: Date;
}

/** The own log and those that are watched, for the operator. */
export interface LedgerOverview {
  readonly last?: { readonly size: number; readonly at: Date };
  /** The newest checkpoints that were cosigned, newest first: their notes. */
  readonly cosigned: readonly { readonly size: number; readonly note: string }[];
  /** Since when something in the log waits for its first cosignature. */
  readonly uncosignedSince?: Date;
  readonly watched: readonly {
    readonly origin: string;
    /** When it was first to be looked at, and when a look last came to its end. */
    readonly since: Date;
    readonly seenAt?: Date;
    /** Of the largest checkpoint that was verified. */
    readonly size: number;
  }[];
}

export interface Watch {
  readonly read: number;
  readonly compared: number;
}

/** What was read of another log. All of it is kept, or nothing. */
export interface Witnessing {
  readonly origin: string;
  /** As the watch had it. Where another process went on meanwhile, nothing is kept. */
  readonly readBefore: number;
  readonly read: number;
  readonly tiles: readonly TileRow[];
}

export interface LedgerStore {
  // — the gateway's own log —
  /**
   * Holds the log, asks `extend`, writes what it says. One process at a time: false where another holds it. The
   * evidence given is in the order of issue, at most `limit`; what a transaction kept back follows later.
   */
  extendLedger(
    now: Date,
    limit: number,
    extend: (end: LedgerEnd) => Promise<LedgerBatch | undefined>,
  ): Promise<boolean>;
  /** The newest checkpoint. */
  ledgerCheckpoint(): Promise<CheckpointRow | undefined>;
  /** The newest cosigned checkpoint that covers an index, else the newest. */
  checkpointOver(index: number): Promise<CheckpointRow | undefined>;
  /** Holds the checkpoint of this size and replaces its note by what `change` makes of it; false where there is none. */
  cosignCheckpoint(size: number, change: (note: string) => string): Promise<boolean>;
  ledgerTiles(places: readonly TilePlace[]): Promise<readonly Uint8Array[]>;
  /** Leaves `start` up to, not including, `end`, by index; one that is gone is left out. */
  ledgerLeaves(start: number, end: number): Promise<readonly LeafRow[]>;
  /** By the key of the row. Undefined where no such evidence is kept. */
  ledgerPlace(key: string): Promise<LedgerPlace | undefined>;

  // — logs that are watched —
  /** Takes on a log until `nextAt`: undefined where it was looked at already, or another process does. */
  claimWatch(origin: string, now: Date, nextAt: Date): Promise<Watch | undefined>;
  /** How far the comparing came. */
  moveWatch(origin: string, compared: number): Promise<void>;
  /** A look at the log came to its end: it answered, and what it says fits. */
  markWatched(origin: string, at: Date): Promise<void>;
  /** The largest checkpoint that was verified. */
  lastWitnessed(origin: string): Promise<CheckpointRow | undefined>;
  witnessedTiles(origin: string, places: readonly TilePlace[]): Promise<readonly Uint8Array[]>;
  /** False where another process went on meanwhile. */
  keepWitnessing(row: Witnessing): Promise<boolean>;
  /** Keeps a verified checkpoint with its note; of the same size again, replaces the note. */
  keepWitnessed(origin: string, row: CheckpointRow, at: Date): Promise<void>;

  // — what does not fit —
  /**
   * Keeps an alarm; true for the first of its finder, log, code, place and root. Of one finder about one log 1,000 are
   * kept.
   */
  keepAlarm(row: AlarmRow): Promise<boolean>;
  /** Alarms that nobody has looked at. */
  alarmCount(): Promise<number>;
  /** The newest alarms first. */
  alarms(limit: number): Promise<readonly KeptAlarm[]>;
  /**
   * Marks an alarm as looked at, once: the first word stands.
   * @returns false where there is no such alarm, or somebody looked before
   */
  markAlarm(id: number, seen: AlarmSeen, act: Act): Promise<boolean>;
  ledgerOverview(): Promise<LedgerOverview>;
}
