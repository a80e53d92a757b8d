/** Reads another gateway's log over HTTP, bounded, and posts notes to it. */
import { discardBody, readBounded } from '../../domain/words/read-bounded.ts';
import type { Calling } from '../../gateway-parts.ts';
import { readBundle } from '../../ledger/bundle.ts';
import { utf8BytesOf } from '../../ledger/note-key.ts';
import { type EntryBundle, pathOfBundle, TILE_WIDTH } from '../../ledger/tile-path.ts';

const TIMEOUT = 10_000;
/** A checkpoint with a hundred signatures is well below this. */
const CHECKPOINT_BYTES = 64 * 1024;
/** Our entries are 48 bytes. Longer ones are not evidence. */
const BUNDLE_BYTES = TILE_WIDTH * 64;
const ANSWER_BYTES = 4_096;

/** The log could not be read: no answer, or no usable one. That proves nothing about the log. */
export class UnreachableLog extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`the ledger could not be read: ${code}`);
    this.name = 'Unreachable';
    this.code = code;
  }
}

/**
 * Reads one address of a log; undefined if there is nothing at it.
 * @throws UnreachableLog
 */
async function read(gateway: Calling, url: string, limit: number): Promise<Uint8Array | undefined> {
  const signal = AbortSignal.timeout(TIMEOUT);
  try {
    const response = await gateway.fetch(url, {
      method: 'GET',
      headers: { 'user-agent': 'Amanat' },
      redirect: 'manual',
      signal,
    });
    if (response.status !== 200) {
      await discardBody(response.body, ANSWER_BYTES, signal);
      if (response.status === 404 || response.status === 410) return undefined;
      throw new UnreachableLog(`http-${response.status}`);
    }
    const bytes = await readBounded(response.body, limit);
    if (bytes === undefined) throw new UnreachableLog('too-large');
    return bytes;
  } catch (fault) {
    throw fault instanceof UnreachableLog
      ? fault
      : new UnreachableLog(signal.aborted ? 'timeout' : 'no-answer');
  }
}

/** @throws UnreachableLog, also if there is no checkpoint */
export async function fetchCheckpoint(gateway: Calling, url: string): Promise<Uint8Array> {
  const bytes = await read(gateway, `${url}/ledger/checkpoint`, CHECKPOINT_BYTES);
  if (bytes === undefined) throw new UnreachableLog('http-404');
  return bytes;
}

/**
 * The entries of a bundle; undefined if the log does not serve them, or they cannot be parsed.
 * @throws UnreachableLog
 */
export async function fetchEntries(
  gateway: Calling,
  url: string,
  bundle: EntryBundle,
): Promise<readonly Uint8Array[] | undefined> {
  const bytes = await read(gateway, `${url}/ledger/${pathOfBundle(bundle)}`, BUNDLE_BYTES);
  try {
    return bytes && readBundle(bytes, bundle.width);
  } catch {
    return undefined;
  }
}

/**
 * Posts a note to another gateway. Losing one does no harm: false if it was not taken, and the next round
 * tries again.
 */
export async function postNote(gateway: Calling, url: string, note: string): Promise<boolean> {
  const signal = AbortSignal.timeout(TIMEOUT);
  try {
    const response = await gateway.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8', 'user-agent': 'Amanat' },
      body: utf8BytesOf(note),
      redirect: 'manual',
      signal,
    });
    await discardBody(response.body, ANSWER_BYTES, signal);
    return response.ok;
  } catch {
    return false;
  }
}
