/** Statements as they were signed, to be handed to another gateway: what gives access never travels by itself. */

import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { type Designation, type Digested, inForce } from '../../domain/party/party.ts';
import type { Agreement } from '../../domain/terms/agreement.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Judging } from '../../gateway-parts.ts';
import type { Jws } from '../../seal/jws.ts';
import { payloadDigest } from '../../seal/statement.ts';
import { directoryOf, find } from './directory.ts';

/** What a statement says, and the JWS as text. */
export interface KeptStatement<T> {
  readonly claims: T;
  readonly statement: string;
}

/** The text among those kept that says this. */
function asKept<T>(claims: Digested<T>, texts: readonly string[]): KeptStatement<T> {
  const statement = texts.find((text) => payloadDigest(JSON.parse(text) as Jws) === claims.digest);
  if (statement === undefined) throw new Error('a statement in the directory is not kept');
  return { claims, statement };
}

/**
 * The designation that counts now of a focal point, by its slug or DID.
 * @throws Refusal `unknown-recipient`, and `designation-ended` where it is not in force: another gateway would not take it
 */
export async function keptDesignation(gateway: Judging, party: string): Promise<KeptStatement<Designation>> {
  const one = find(await directoryOf(gateway, [party]), party);
  if (one === undefined)
    throw new Refusal('unknown-recipient', 'there is no such focal point; see "amanat focal-point list"');
  if (!inForce(one, gateway.now()))
    throw new Refusal('designation-ended', `the designation of ${one.slug} is not in force`);
  return asKept(one, (await gateway.store.directory.readDirectory([one.focal_point])).designations);
}

/**
 * This gateway's own designation, as its authority signed it and it was imported here.
 * @throws Refusal `unknown-gateway`
 */
export async function keptGateway(gateway: Judging): Promise<KeptStatement<GatewayDesignation>> {
  const { gateways } = await directoryOf(gateway, []);
  const own = gateways.find((one) => one.gateway === gateway.did);
  if (own === undefined)
    throw new Refusal('unknown-gateway', 'no designation of this gateway was imported here');
  return asKept(own, (await gateway.store.directory.readDirectory([])).gateways);
}

/**
 * A version of an agreement; the highest there is where none is named.
 * @throws Refusal `not-found`
 */
export async function keptAgreement(
  gateway: Judging,
  id: string,
  version?: number,
): Promise<KeptStatement<Agreement>> {
  const { agreements } = await directoryOf(gateway, []);
  const [found] = agreements
    .filter((one) => one.id === id && (version ?? one.version) === one.version)
    .toSorted((a, b) => b.version - a.version);
  if (found === undefined)
    throw new Refusal('not-found', 'no such agreement is kept here, or no such version');
  return asKept(found, (await gateway.store.directory.readDirectory([])).agreements);
}
