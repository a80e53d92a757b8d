/**
 * Keeps bodies that are too large for memory on disk. A file loses its name as soon as it is open, so that a crash leaves nothing.
 * It is encrypted under a key that only this process has, because a partner's post is a case in the clear.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../../domain/words/error.ts';
import { BODY_LIMITS, type Bodies, createBodies, type SpillFile } from '../../domain/words/held-body.ts';
import { freeBytes, markOfIncoming, sourceOfIncoming } from './incoming.ts';

const PIECE = 256 * 1_024;
const BLOCK = 16;

/** Keeps bodies in memory, and large ones in files in a folder; in the machine's temporary folder if that one is not writable. */
export function createSpoolingBodies(folder: string): Bodies {
  const bodies = createBodies(BODY_LIMITS, () => spill(folder));
  return { ...bodies, sourceOf: sourceOfIncoming, holderOf: markOfIncoming };
}

async function spill(folder: string): Promise<SpillFile> {
  const file = await openNameless(folder).catch(() => openNameless(tmpdir()));
  const key = randomBytes(32);
  const cipher = createCipheriv('aes-256-ctr', key, counterAt(0));
  let end = 0;
  return {
    append: async (bytes) => {
      const written = cipher.update(bytes);
      try {
        await file.write(written, 0, written.length, end);
      } catch {
        throw new Refusal('busy', 'the disk has no space for this body');
      }
      end += written.length;
      freeBytes(written);
    },
    pieces: (from, until) => read(file, key, from, Math.min(until, end)),
    close: () => void file.close().catch(() => {}),
  };
}

async function openNameless(folder: string): Promise<FileHandle> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `amanat-body-${randomBytes(16).toString('hex')}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

async function* read(file: FileHandle, key: Buffer, from: number, until: number): AsyncIterable<Uint8Array> {
  const start = from - (from % BLOCK);
  const cipher = createDecipheriv('aes-256-ctr', key, counterAt(start / BLOCK));
  const buffer = Buffer.allocUnsafe(PIECE);
  for (let at = start; at < until; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(PIECE, until - at), at);
    if (bytesRead === 0) throw new Error('a body on disk is shorter than it was');
    const clear = cipher.update(buffer.subarray(0, bytesRead));
    yield at < from ? clear.subarray(from - at) : clear;
    freeBytes(clear);
    at += bytesRead;
  }
}

/** The counter of a block: each file has a key of its own. */
function counterAt(block: number): Buffer {
  const counter = Buffer.alloc(BLOCK);
  counter.writeBigUInt64BE(BigInt(block), 8);
  return counter;
}
