/**
 * The private keys of focal points in the gateway's custody: unwrapped when needed, and kept in memory for a
 * short time.
 */

import type { Designation, PublicJwk } from '../../domain/party/designation.ts';
import { type BoundedMemory, createBoundedMemory } from '../../domain/words/bounded-memory.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Unsealing } from '../../gateway-parts.ts';
import { type MasterKey, unwrapSecret } from '../../seal/custody.ts';
import {
  importOpeningKey,
  importSigningKey,
  type OpeningKey,
  type PrivateJwk,
  type SigningKey,
} from '../../seal/keys.ts';
import type { SecretRow } from '../../store/contracts/secrets.ts';
import { readAllAgreementKeys } from './past-keys.ts';
import { memoryEndOf, nameOfSecret } from './remembering.ts';

/** The published keys whose private half the gateway holds. */
interface CustodyKeys {
  readonly signing: readonly SigningKey[];
  readonly opening: readonly OpeningKey[];
}

interface Ring {
  readonly signing: BoundedMemory<SigningKey>;
  readonly opening: BoundedMemory<OpeningKey>;
}

const rings = new WeakMap<MasterKey, Ring>();
const REMEMBERED = 2_000;

function ringOf(master: MasterKey): Ring {
  const ring = rings.get(master) ?? {
    signing: createBoundedMemory(REMEMBERED),
    opening: createBoundedMemory(REMEMBERED),
  };
  rings.set(master, ring);
  return ring;
}

/** Unwraps the kept keys of a focal point, in the order in which they are published. */
async function unwrapKeys(
  gateway: Unsealing,
  owner: string,
  published: Designation['keys'],
): Promise<CustodyKeys> {
  const { master } = gateway;
  const now = gateway.now();
  const rows = await gateway.store.secrets.secretsInUse(owner, 'custody-key', now);
  const ring = ringOf(master);
  const all = <Key>(
    keys: readonly PublicJwk[],
    memory: BoundedMemory<Key>,
    load: (jwk: PrivateJwk) => Promise<Key>,
  ) =>
    Promise.all(
      keys
        .flatMap(({ kid }) => rows.find((row) => row.id === kid) ?? [])
        .map((row) => keyOf({ master, memory, load, now }, row)),
    );
  return {
    signing: await all(published.signing, ring.signing, importSigningKey),
    opening: await all(published.agreement, ring.opening, importOpeningKey),
  };
}

interface Loading<Key> {
  readonly master: MasterKey;
  readonly memory: BoundedMemory<Key>;
  readonly load: (jwk: PrivateJwk) => Promise<Key>;
  readonly now: Date;
}

async function keyOf<Key>({ master, memory, load, now }: Loading<Key>, row: SecretRow): Promise<Key> {
  const name = nameOfSecret(row);
  const known = memory.get(name, now);
  if (known !== undefined) return known;
  const key = await load(JSON.parse(await unwrapSecret(master, row, row.wrapped)) as PrivateJwk);
  memory.keep(name, key, memoryEndOf(row, now));
  return key;
}

/**
 * The key with which the gateway signs for a focal point in its custody: the newest published one that it
 * holds.
 * @throws Refusal `wrong-custody` if the focal point holds its own keys
 */
export async function loadSigningKey(gateway: Unsealing, designation: Designation): Promise<SigningKey> {
  if (designation.custody !== 'gateway')
    throw new Refusal('wrong-custody', `${designation.slug} holds its own keys`);
  const { signing } = designation.keys;
  const key = (await unwrapKeys(gateway, designation.focal_point, { signing, agreement: [] })).signing.at(-1);
  if (key === undefined) throw new Error('a custodial signing key is missing');
  return key;
}

/**
 * The keys with which the gateway opens for a focal point in its custody; none if the focal point holds its
 * own. A message may be sealed to `kids` older than the designation, so retired keys are used if no published
 * one fits.
 */
export async function loadOpeningKeys(
  gateway: Unsealing,
  designation: Designation,
  kids: readonly string[],
): Promise<readonly OpeningKey[]> {
  if (designation.custody !== 'gateway') return [];
  const { focal_point: owner, keys } = designation;
  const isMeant = ({ kid }: PublicJwk): boolean => kids.includes(kid);
  const published = keys.agreement.filter(isMeant);
  const meant =
    published.length > 0 ? published : (await readAllAgreementKeys(gateway, owner)).filter(isMeant);
  return (await unwrapKeys(gateway, owner, { signing: [], agreement: meant })).opening;
}
