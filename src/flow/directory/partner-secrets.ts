/** Webhook secrets of partners: kept wrapped, unwrapped for a call, and kept in memory for a short time. */
import { type BoundedMemory, createBoundedMemory } from '../../domain/words/bounded-memory.ts';
import type { Unsealing } from '../../gateway-parts.ts';
import { type MasterKey, unwrapSecret } from '../../seal/custody.ts';
import type { SecretKind, SecretRow } from '../../store/contracts/secrets.ts';
import { findHomedDesignation, readDirectory } from './directory.ts';
import { memoryEndOf, nameOfSecret } from './remembering.ts';

const opened = new WeakMap<MasterKey, BoundedMemory<string>>();
const REMEMBERED = 2_000;

/**
 * Unwraps the secret of a row. Its name in memory includes owner and kind, so that one cannot be taken for
 * another.
 */
async function unwrapRow(master: MasterKey, row: SecretRow, now: Date): Promise<string> {
  const memory = opened.get(master) ?? createBoundedMemory<string>(REMEMBERED);
  opened.set(master, memory);
  const name = nameOfSecret(row);
  const known = memory.get(name, now);
  if (known !== undefined) return known;
  const text = await unwrapSecret(master, row, row.wrapped);
  memory.keep(name, text, memoryEndOf(row, now));
  return text;
}

/**
 * All secrets of an owner that are in use now, newest first. There are several while one replaces another.
 */
export async function readSecrets(
  gateway: Unsealing,
  owner: string,
  kind: SecretKind,
): Promise<readonly string[]> {
  const now = gateway.now();
  const rows = await gateway.store.secrets.secretsInUse(owner, kind, now);
  return Promise.all(rows.map((row) => unwrapRow(gateway.master, row, now)));
}

/**
 * The secrets by which a partner's calls are verified; undefined if there is no such focal point. After its
 * designation has ended its calls are still verified, so that it gets that answer signed instead of searching
 * for a fault in its secret.
 */
export async function findPartner(
  gateway: Unsealing,
  slug: string,
): Promise<{ focalPoint: string; secrets: readonly string[]; ids: readonly string[] } | undefined> {
  const found = findHomedDesignation(await readDirectory(gateway, [slug]), slug);
  if (found === undefined) return undefined;
  const now = gateway.now();
  const rows = await gateway.store.secrets.secretsInUse(found.focal_point, 'webhook-inbound', now);
  return {
    focalPoint: found.focal_point,
    secrets: await Promise.all(rows.map((row) => unwrapRow(gateway.master, row, now))),
    ids: rows.map((row) => row.id),
  };
}
