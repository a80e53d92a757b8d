/**
 * Bodies whose sender is not proven yet. All of them together have one budget of memory; what is larger lies on disk,
 * where there is one, and what has no room is refused at once. So nobody can fill the process by sending, and one caller leaves room for others.
 */
import { Refusal } from './error.ts';
import { FairShare } from './fair-share.ts';

/** A body that came whole. */
export interface HeldBody {
  /** Bytes. */
  readonly size: number;
  /** Whether it lies on disk: then nothing reads it whole before it is proven. */
  readonly isLarge: boolean;
  /** Its bytes from one place up to another, in pieces, as often as asked. A piece counts until the next is asked for. */
  pieces(from?: number, until?: number): AsyncIterable<Uint8Array>;
  /** Lets go of it. Never throws, and may be called again. */
  release(): void;
}

/** A body that is coming. */
export interface IncomingBody {
  /** Copies the bytes. @throws Refusal `busy` */
  add(bytes: Uint8Array): Promise<void>;
  end(): Promise<HeldBody>;
  /** As that of {@link HeldBody}; for a body that did not come whole. */
  release(): void;
}

/** The bytes of a body as they come. */
export interface BodySource {
  /** The next piece, which counts until the next is asked for; undefined at the end. Throws where it breaks off. */
  next(): Promise<Uint8Array | undefined>;
  /** Reads no more. The sender can still be answered. */
  stop(): void;
}

/** Where the bodies of one process are held. */
export interface Bodies {
  /** The runtime's own way to read a request, where it has one. */
  readonly sourceOf?: (request: Request) => BodySource | undefined;
  /** The mark of who sends a request, where it is known. */
  readonly holderOf?: (request: Request) => string | undefined;
  /**
   * Begins to hold a body. One holder cannot use up what there is for all.
   * @throws Refusal `busy`
   */
  begin(holder?: string): IncomingBody;
  /** Works on a body; of those that lie on disk only a few are worked on at once, and the others wait. */
  inTurn<T>(body: HeldBody, work: () => Promise<T>): Promise<T>;
}

/** A file that nobody else can find, and that is gone with the process. */
export interface SpillFile {
  append(bytes: Uint8Array): Promise<void>;
  pieces(from: number, until: number): AsyncIterable<Uint8Array>;
  close(): void;
}

export interface BodyLimits {
  /** Bytes of memory for all bodies together; of this and the rest one holder has at most a half. */
  readonly memory: number;
  /** Bytes of memory for one body, before it goes to disk. */
  readonly each: number;
  /** Bodies at once. */
  readonly bodies: number;
  /** Of those, bodies on disk. */
  readonly files: number;
  /** Bytes of disk for all bodies together. */
  readonly disk: number;
  /** Bodies on disk that are worked on at once. */
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

/** The first piece of memory for a body, and each further one. */
const BLOCK = { first: 4 * 1024, next: 64 * 1024 } as const;

const busy = (): Refusal => new Refusal('busy', 'as much is being sent here as the gateway can hold');

/**
 * Bodies under limits. Without `openFile` there is no disk, and all must do with the memory.
 */
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
  /** Full but for the last. Of a body on disk: the one that is filled next. */
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

  /** An empty block at the end: one more, or the same once it is on disk. */
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

  /** Puts the last block on disk, as far as it is filled. */
  async #write(file: SpillFile): Promise<void> {
    const [block] = this.#blocks.slice(-1);
    const bytes = block?.subarray(0, this.#used) ?? new Uint8Array();
    if (!this.#shared.disk.tryTake(bytes.length, this.#holder)) throw busy();
    this.#onDisk += bytes.length;
    this.#used = 0;
    await file.append(bytes);
  }

  /** Keeps the last so many blocks. */
  #dropBlocks(kept: number): void {
    const dropped = this.#blocks.splice(0, this.#blocks.length - kept);
    const length = dropped.reduce((sum, one) => sum + one.length, 0);
    this.#shared.memory.give(length, this.#holder);
  }
}

/** Runs at most so many pieces of work at once, in the order in which they came. */
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

/** The whole of a body, in one piece: for one that is small, or proven. */
export async function bytesOfBody(body: HeldBody): Promise<Uint8Array> {
  const bytes = new Uint8Array(body.size);
  let at = 0;
  for await (const piece of body.pieces()) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
