/**
 * Bodies whose sender is not authenticated yet. All of them share one budget of memory. A larger body is written to
 * disk, if there is one; a body without room is refused at once. So nobody can fill the process, and one caller
 * leaves room for others.
 */
import { Refusal } from './error.ts';
import { FairShare } from './fair-share.ts';

/** A body that was received completely. */
export interface HeldBody {
  /** Bytes. */
  readonly size: number;
  /** Whether the body is on disk. Nothing may read it whole before its sender is authenticated. */
  readonly isLarge: boolean;
  /**
   * Its bytes from `from` up to `until`, in pieces; may be called repeatedly. A piece is valid until the next one
   * is requested.
   */
  pieces(from?: number, until?: number): AsyncIterable<Uint8Array>;
  /** Frees the memory and the file. Never throws, and may be called again. */
  release(): void;
}

/** A body that is being received. */
export interface IncomingBody {
  /** Copies the bytes. @throws Refusal `busy` if there is no room */
  add(bytes: Uint8Array): Promise<void>;
  end(): Promise<HeldBody>;
  /** Frees an incomplete body, as {@link HeldBody.release} does. */
  release(): void;
}

/** The bytes of a body while they arrive. */
export interface BodySource {
  /** The next piece, valid until the next one is requested; undefined at the end. Throws if the connection breaks. */
  next(): Promise<Uint8Array | undefined>;
  /** Stops reading. The sender can still get an answer. */
  stop(): void;
}

/** The store of the bodies of one process. */
export interface Bodies {
  /** The runtime's own way to read a request, if it has one. */
  readonly sourceOf?: (request: Request) => BodySource | undefined;
  /** An opaque name for the sender of a request, if it is known. */
  readonly holderOf?: (request: Request) => string | undefined;
  /**
   * Begins to receive a body. One holder cannot use all the room.
   * @throws Refusal `busy`
   */
  begin(holder?: string): IncomingBody;
  /** Runs work on a body. Only a few bodies on disk are worked on at once; the others wait. */
  inTurn<T>(body: HeldBody, work: () => Promise<T>): Promise<T>;
}

/** A file that nobody else can open and that disappears with the process. */
export interface SpillFile {
  append(bytes: Uint8Array): Promise<void>;
  pieces(from: number, until: number): AsyncIterable<Uint8Array>;
  close(): void;
}

export interface BodyLimits {
  /** Bytes of memory for all bodies together. One holder gets at most a half of this and of the other limits. */
  readonly memory: number;
  /** Bytes of memory for one body, before it is written to disk. */
  readonly each: number;
  /** Number of bodies at once. */
  readonly bodies: number;
  /** Number of bodies on disk at once. */
  readonly files: number;
  /** Bytes of disk for all bodies together. */
  readonly disk: number;
  /** Number of bodies on disk that are worked on at once. */
  readonly turns: number;
}

const MIB = 1024 * 1024;

export const BODY_LIMITS: BodyLimits = {
  memory: 32 * MIB,
  each: 256 * 1024,
  bodies: 1_024,
  files: 64,
  disk: 2_560 * MIB,
  turns: 2,
};

/** Bytes of the first block of memory for a body, and of each further one. */
const BLOCK = { first: 4 * 1024, next: 64 * 1024 } as const;

const busy = (): Refusal => new Refusal('busy', 'the gateway has no space for more bodies now');

/** Creates the store of bodies. Without `openFile` there is no disk, and all bodies must fit in memory. */
export function createBodies(limits: BodyLimits, openFile?: () => Promise<SpillFile>): Bodies {
  const shared = {
    limits,
    openFile,
    memory: new FairShare(limits.memory),
    bodies: new FairShare(limits.bodies),
    files: new FairShare(limits.files),
    disk: new FairShare(limits.disk),
  };
  const inTurn = turns(limits.turns);
  return {
    begin: (holder) => new Held(shared, holder),
    inTurn: (body, work) => (body.isLarge ? inTurn(work) : work()),
  };
}

interface Shared {
  readonly limits: BodyLimits;
  readonly openFile: (() => Promise<SpillFile>) | undefined;
  readonly memory: FairShare;
  readonly bodies: FairShare;
  readonly files: FairShare;
  readonly disk: FairShare;
}

class Held implements IncomingBody, HeldBody {
  readonly #shared: Shared;
  readonly #holder: string | undefined;
  size = 0;
  /** All blocks but the last are full. A body on disk has one block: the one that is filled next. */
  #blocks: Uint8Array[] = [];
  /** Bytes in the last block. */
  #used = 0;
  #file: SpillFile | undefined;
  #onDisk = 0;
  #isReleased = false;

  constructor(shared: Shared, holder: string | undefined) {
    if (!shared.bodies.tryTake(1, holder)) throw busy();
    this.#shared = shared;
    this.#holder = holder;
  }

  get isLarge(): boolean {
    return this.#file !== undefined;
  }

  async add(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#used === (this.#blocks.at(-1)?.length ?? 0)) await this.#makeRoom();
      const block = this.#blocks.at(-1) ?? new Uint8Array();
      const part = bytes.subarray(at, at + block.length - this.#used);
      block.set(part, this.#used);
      this.#used += part.length;
      at += part.length;
    }
    this.size += bytes.length;
  }

  async end(): Promise<HeldBody> {
    if (this.#file !== undefined) {
      await this.#write(this.#file);
      this.#dropBlocks(0);
    }
    return this;
  }

  async *pieces(from = 0, until = this.size): AsyncIterable<Uint8Array> {
    if (this.#file !== undefined) {
      yield* this.#file.pieces(from, until);
      return;
    }
    let start = 0;
    for (const block of this.#blocks) {
      const part = block.subarray(Math.max(0, from - start), Math.max(0, until - start));
      if (part.length > 0) yield part;
      start += block.length;
    }
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#dropBlocks(0);
    this.#shared.bodies.give(1, this.#holder);
    if (this.#file === undefined) return;
    this.#file.close();
    this.#shared.files.give(1, this.#holder);
    this.#shared.disk.give(this.#onDisk, this.#holder);
  }

  /** Makes an empty block at the end: a new one, or the same one after it is written to disk. */
  async #makeRoom(): Promise<void> {
    if (this.#file !== undefined) return this.#write(this.#file);
    const { limits, memory, openFile } = this.#shared;
    const length = this.#blocks.length === 0 ? BLOCK.first : BLOCK.next;
    const held = this.#blocks.reduce((sum, one) => sum + one.length, 0);
    const fits = openFile === undefined || held + length <= limits.each;
    if (fits && memory.tryTake(length, this.#holder)) {
      this.#blocks.push(new Uint8Array(length));
      this.#used = 0;
      return;
    }
    if (openFile === undefined || held === 0) throw busy();
    await this.#spill(openFile);
  }

  async #spill(openFile: () => Promise<SpillFile>): Promise<void> {
    if (!this.#shared.files.tryTake(1, this.#holder)) throw busy();
    try {
      this.#file = await openFile();
    } catch (fault) {
      this.#shared.files.give(1, this.#holder);
      throw fault;
    }
    const blocks = this.#blocks;
    for (const block of blocks) {
      this.#blocks = [block];
      this.#used = block.length;
      await this.#write(this.#file);
    }
    this.#blocks = blocks;
    this.#dropBlocks(1);
  }

  /** Writes the filled part of the last block to disk. */
  async #write(file: SpillFile): Promise<void> {
    const [block] = this.#blocks.slice(-1);
    const bytes = block?.subarray(0, this.#used) ?? new Uint8Array();
    if (!this.#shared.disk.tryTake(bytes.length, this.#holder)) throw busy();
    this.#onDisk += bytes.length;
    this.#used = 0;
    await file.append(bytes);
  }

  /** Keeps only the last `kept` blocks. */
  #dropBlocks(kept: number): void {
    const dropped = this.#blocks.splice(0, this.#blocks.length - kept);
    const length = dropped.reduce((sum, one) => sum + one.length, 0);
    this.#shared.memory.give(length, this.#holder);
  }
}

/** Runs at most `most` pieces of work at once, in the order in which they came. */
function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/** All bytes of a body in one piece. Use it for a small body, or for one whose sender is authenticated. */
export async function bytesOfBody(body: HeldBody): Promise<Uint8Array> {
  const bytes = new Uint8Array(body.size);
  let at = 0;
  for await (const piece of body.pieces()) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
