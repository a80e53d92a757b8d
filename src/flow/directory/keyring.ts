/** The keys a gateway holds for focal points in its custody: unwrapped when first needed, remembered while it runs. */
import { Refusal } from '../../domain/error.ts';
import type { Designation, PublicJwk } from '../../domain/party.ts';
import type { Gateway } from '../../gateway.ts';
import { type MasterKey, unwrap } from '../../seal/custody.ts';
import {
  type OpeningKey,
  openingKey,
  type PrivateJwk,
  type SigningKey,
  signingKey,
} from '../../seal/keys.ts';
import { agreementKeysEver } from './keys-then.ts';

interface Ring {
  readonly signing: Map<string, SigningKey>;
  readonly opening: Map<string, OpeningKey>;
}

const rings = new WeakMap<MasterKey, Ring>();

function ringOf(gateway: Gateway): Ring {
  const ring = rings.get(gateway.master) ?? { signing: new Map(), opening: new Map() };
  rings.set(gateway.master, ring);
  return ring;
}

const byKid = <T>(held: ReadonlyMap<string, T>, published: readonly PublicJwk[]): T[] =>
  published.flatMap((jwk) => held.get(jwk.kid) ?? []);

/** Brings in the custodial keys of a focal point that this process has not seen. */
async function load(gateway: Gateway, owner: string, published: Designation['keys']): Promise<Ring> {
  const ring = ringOf(gateway);
  const all = [...published.signing, ...published.agreement];
  const missing = all.filter((jwk) => !ring.signing.has(jwk.kid) && !ring.opening.has(jwk.kid));
  if (missing.length === 0) return ring;
  const rows = await gateway.store.secrets(owner, 'custody-key', gateway.now());
  for (const row of rows.filter(({ id }) => missing.some(({ kid }) => kid === id))) {
    const jwk = JSON.parse(await unwrap(gateway.master, row, row.wrapped)) as PrivateJwk;
    if (published.signing.some((one) => one.kid === row.id)) ring.signing.set(row.id, await signingKey(jwk));
    if (published.agreement.some((one) => one.kid === row.id))
      ring.opening.set(row.id, await openingKey(jwk));
  }
  return ring;
}

/**
 * The key by which the gateway signs for a focal point in its custody: the newest published one it holds.
 * @throws Refusal `wrong-custody` where the focal point holds its own keys
 */
export async function signingKeyFor(gateway: Gateway, designation: Designation): Promise<SigningKey> {
  if (designation.custody !== 'gateway')
    throw new Refusal('wrong-custody', `${designation.slug} holds its own keys`);
  const ring = await load(gateway, designation.focal_point, designation.keys);
  const key = byKid(ring.signing, designation.keys.signing).at(-1);
  if (key === undefined) throw new Error('a custodial signing key is missing');
  return key;
}

/**
 * The keys by which the gateway opens for a focal point in its custody; none where it holds its own. What is sealed to
 * `kids` may be older than the designation: a key that has retired is looked for where no published one fits.
 */
export async function openingKeysFor(
  gateway: Gateway,
  designation: Designation,
  kids: readonly string[],
): Promise<readonly OpeningKey[]> {
  if (designation.custody !== 'gateway') return [];
  const { focal_point: owner, keys } = designation;
  const isMeant = ({ kid }: PublicJwk): boolean => kids.includes(kid);
  const published = keys.agreement.filter(isMeant);
  const meant = published.length > 0 ? published : (await agreementKeysEver(gateway, owner)).filter(isMeant);
  const ring = await load(gateway, owner, { signing: [], agreement: meant });
  return byKid(ring.opening, meant);
}
