/** Invented logs and witnesses, and trees read straight from their leaves. */
import { Buffer } from 'node:buffer';
import { makeNoteKey, type NoteKeyType, type NoteSigner } from '../../src/ledger/note-key.ts';
import { pathOfBundle, pathOfTile, type Tile } from '../../src/ledger/tile-path.ts';
import { type HashReader, hashLeaf, rootOfLeaves } from '../../src/ledger/tree.ts';

export interface NoteKeyHolder {
  readonly signer: NoteSigner;
  readonly pair: CryptoKeyPair;
}

/** A key of its own for a log or a witness. */
export async function makeNoteKeyHolder(name: string, type: NoteKeyType = 'ed25519'): Promise<NoteKeyHolder> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const sign = async (message: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message));
  return { signer: { key: makeNoteKey(name, type, raw), sign }, pair };
}

export const inventedEntryOf = (at: number): Uint8Array => Buffer.from(`entry ${at}`);

/** The leaf hashes of `size` invented entries. */
export const leafHashesOf = (size: number): Uint8Array[] =>
  Array.from({ length: size }, (_, at) => hashLeaf(inventedEntryOf(at)));

/** Hashes computed from the leaves themselves, with nothing stored. */
export const createHashesOfLeaves =
  (leaves: readonly Uint8Array[]): HashReader =>
  async (subtrees) =>
    subtrees.map(({ level, index }) =>
      rootOfLeaves(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
    );

/** Tiles as a log's folder holds them, by path; the full tile answers for a partial one. */
export class TileFolder {
  readonly files = new Map<string, Uint8Array>();
  readonly read = async (tiles: readonly Tile[]): Promise<Uint8Array[]> =>
    tiles.map((tile) => {
      const bytes = this.files.get(pathOfTile(tile)) ?? this.files.get(pathOfTile({ ...tile, width: 256 }));
      if (bytes === undefined) throw new Error(`no ${pathOfTile(tile)}, no ${pathOfBundle(tile)}`);
      return bytes;
    });
}

/** The bytes with one bit turned. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}
