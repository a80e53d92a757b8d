/** The rows of the ledger and of logs that are watched. Hashes and tiles are bytes. */

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
export interface EvidencePlace {
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

export interface LedgerWatch {
  readonly read: number;
  readonly compared: number;
}

/** What was read of another log. All of it is kept, or nothing. */
export interface WitnessedTiles {
  readonly origin: string;
  /** As the watch had it. Where another process went on meanwhile, nothing is kept. */
  readonly readBefore: number;
  readonly read: number;
  readonly tiles: readonly TileRow[];
}
