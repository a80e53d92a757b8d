/** Partners' webhook secrets: kept wrapped, unwrapped for one call, remembered by what was unwrapped. */
import type { Gateway } from '../../gateway.ts';
import { type MasterKey, unwrap } from '../../seal/custody.ts';
import type { SecretKind, SecretRow } from '../../store/records.ts';
import { directoryOf, findHomed } from './directory.ts';

/** A wrapped text unwraps to one thing only, so remembering it needs no forgetting but for size. */
const opened = new WeakMap<MasterKey, Map<string, string>>();
const REMEMBERED = 2_000;

async function open(master: MasterKey, row: SecretRow): Promise<string> {
  const memory = opened.get(master) ?? new Map<string, string>();
  opened.set(master, memory);
  const known = memory.get(row.wrapped);
  if (known !== undefined) return known;
  const text = await unwrap(master, row, row.wrapped);
  if (memory.size >= REMEMBERED) memory.clear();
  memory.set(row.wrapped, text);
  return text;
}

/** All secrets of an owner that are in use now, newest first. Several while one replaces another. */
export async function secretsOf(
  gateway: Gateway,
  owner: string,
  kind: SecretKind,
): Promise<readonly string[]> {
  const rows = await gateway.store.secrets(owner, kind, gateway.now());
  return Promise.all(rows.map((row) => open(gateway.master, row)));
}

/**
 * By what a partner's calls are proven; undefined where there is no such focal point. One whose designation ended is
 * proven as well: it is told so, signed, rather than left to look for a fault in its secret.
 */
export async function partnerOf(
  gateway: Gateway,
  slug: string,
): Promise<{ focalPoint: string; secrets: readonly string[] } | undefined> {
  const found = findHomed(await directoryOf(gateway, [slug]), slug);
  if (found === undefined) return undefined;
  return {
    focalPoint: found.focal_point,
    secrets: await secretsOf(gateway, found.focal_point, 'webhook-inbound'),
  };
}
