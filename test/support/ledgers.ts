/** Invented logs and witnesses, and trees read straight from their leaves. */
import { Buffer } from 'node:buffer';
import { type NoteKeyType, type NoteSigner, noteKey } from '../../src/ledger/note-key.ts';
import { bundlePath, type Tile, tilePath } from '../../src/ledger/tile-path.ts';
import { leafHash, type ReadHashes, rootOfLeaves } from '../../src/ledger/tree.ts';

export interface Holder {
  readonly signer: NoteSigner;
  readonly pair: CryptoKeyPair;
}

/** A key of its own for a log or a witness. */
export async function holder(name: string, type: NoteKeyType = 'ed25519'): Promise<Holder> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const sign = async (message: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message));
  return { signer: { key: noteKey(name, type, raw), sign }, pair };
}

export const entryOf = (at: number): Uint8Array => Buffer.from(`entry ${at}`);

/** The leaf hashes of `size` invented entries. */
export const leavesOf = (size: number): Uint8Array[] =>
  Array.from({ length: size }, (_, at) => leafHash(entryOf(at)));

/** Hashes computed from the leaves themselves, with nothing stored. */
export const hashesFromLeaves =
  (leaves: readonly Uint8Array[]): ReadHashes =>
  async (subtrees) =>
    subtrees.map(({ level, index }) =>
      rootOfLeaves(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
    );

/** Tiles as a log's folder holds them, by path; the full tile answers for a partial one. */
export class TileFolder {
  readonly files = new Map<string, Uint8Array>();
  readonly read = async (tiles: readonly Tile[]): Promise<Uint8Array[]> =>
    tiles.map((tile) => {
      const bytes = this.files.get(tilePath(tile)) ?? this.files.get(tilePath({ ...tile, width: 256 }));
      if (bytes === undefined) throw new Error(`no ${tilePath(tile)}, no ${bundlePath(tile)}`);
      return bytes;
    });
}

/** The bytes with one bit turned. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}
