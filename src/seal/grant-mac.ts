/**
 * The MAC over a row that grants something: HMAC-SHA-256, under a key derived from the master key, over the kind of
 * the row and everything that the row grants. An attacker who can only write to the database cannot make one.
 */
import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MasterKey } from './custody.ts';

/** The granted values: JSON values by name. Undefined and null values are treated as absent. */
type GrantedValues = Readonly<Record<string, unknown>>;

/** Makes the MAC, with the id of the master key before it: `<id>.<base64url>`. */
export const makeGrantMac = (master: MasterKey, kind: string, granted: GrantedValues): string =>
  `${master.id}.${hmac(master, kind, granted).toString('base64url')}`;

/** Whether the MAC is over exactly these values, under this master key or the other one that it knows. */
export async function verifyGrantMac(
  master: MasterKey,
  kind: string,
  granted: GrantedValues,
  mac: string,
): Promise<boolean> {
  const [id = '', text = '', ...more] = mac.split('.');
  const key = id === master.id ? master : await master.other?.(id);
  if (key === undefined || more.length > 0) return false;
  const [given, right] = [Buffer.from(text, 'base64url'), hmac(key, kind, granted)];
  return given.length === right.length && timingSafeEqual(given, right);
}

/** The id of the master key that made a MAC. Not verified. */
export const masterKeyIdOfMac = (mac: string): string => mac.split('.', 1)[0] ?? '';

const hmac = ({ grants }: MasterKey, kind: string, granted: GrantedValues): Buffer =>
  createHmac('sha256', grants)
    .update(JSON.stringify(['amanat grant 1', kind, canonical(granted)]))
    .digest();

/**
 * Gives each value one text: members are sorted, absent ones left out. An object and a list never give the same text.
 */
function canonical(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([, one]) => one !== undefined && one !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => [name, canonical(one)]);
  return { members };
}
