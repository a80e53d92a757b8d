/** The rows of the ledger and of watched logs. Hashes and tiles are bytes. */

/** The position of a tile: its level, and its number on that level. */
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

/** Evidence that is in no leaf yet. */
export interface Unsequenced {
  readonly id: string;
  /** Its number in the order of issue. */
  readonly seq: number;
  readonly jws: string;
}

/** The state at the start of a batch. Tiles are in the requested order, empty if there is none. */
export interface LedgerEnd {
  readonly last: CheckpointRow | undefined;
  readonly waiting: readonly Unsequenced[];
  readonly readTiles: (places: readonly TilePlace[]) => Promise<readonly Uint8Array[]>;
}

/** A batch. Its leaves follow the last checkpoint's without a gap. */
export interface LedgerBatch {
  /** Ids of evidence, the first at index `last.size`. */
  readonly evidence: readonly string[];
  readonly tiles: readonly TileRow[];
  readonly checkpoint: CheckpointRow;
  /** The greatest `seq` among its evidence. */
  readonly seq: number;
}

/** The place of evidence, and who may request it. */
export interface EvidencePlace {
  /** Absent while it waits for the next batch. */
  readonly index?: number;
  readonly sender: string;
  readonly recipient?: string;
  readonly message?: string;
}

/** A leaf with its evidence as kept now; absent if that is gone. */
export interface LeafRow {
  readonly index: number;
  readonly evidence?: { readonly id: string; readonly jws: string };
}

export interface AlarmRow {
  /** Origin of the log of the gateway that found it. */
  readonly by: string;
  /** The log that it is about. */
  readonly origin: string;
  readonly code: string;
  readonly place: number;
  readonly root?: Uint8Array;
  readonly note?: string;
  readonly at: Date;
}

/** A kept alarm, and who has examined it since. */
export interface KeptAlarm extends Pick<AlarmRow, 'by' | 'origin' | 'code' | 'place' | 'at'> {
  readonly id: number;
  readonly seen?: AlarmSeen;
}

/** What a named operator found out about an alarm. Both stay. */
export interface AlarmSeen {
  readonly by: string;
  readonly note: string;
  readonly at: Date;
}

/** Our own log and the watched ones, for the operator. */
export interface LedgerOverview {
  readonly last?: { readonly size: number; readonly at: Date };
  /** The newest cosigned checkpoints, newest first: their notes. */
  readonly cosigned: readonly { readonly size: number; readonly note: string }[];
  /** Since when entries wait for their first cosignature. */
  readonly uncosignedSince?: Date;
  readonly watched: readonly {
    readonly origin: string;
    /** When it was first due, and when it was last read to its end. */
    readonly since: Date;
    readonly seenAt?: Date;
    /** Size of the largest verified checkpoint. */
    readonly size: number;
  }[];
}

export interface LedgerWatch {
  readonly read: number;
  readonly compared: number;
}

/** What was read of another log: all of it is kept, or nothing. */
export interface WitnessedTiles {
  readonly origin: string;
  /** As the watch had it. If another process went on meanwhile, nothing is kept. */
  readonly readBefore: number;
  readonly read: number;
  readonly tiles: readonly TileRow[];
}
