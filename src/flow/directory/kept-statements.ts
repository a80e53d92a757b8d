/**
 * Statements as they were signed, for an operator to hand to another gateway. Statements are never sent
 * automatically, because they grant access.
 */

import { type Designation, type Digested, isInForceAt } from '../../domain/party/designation.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import type { Agreement } from '../../domain/terms/agreement.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Judging } from '../../gateway-parts.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload } from '../../seal/statement.ts';
import { findDesignation, readDirectory } from './directory.ts';

/** The claims of a statement, and its JWS as text. */
export interface KeptStatement<T> {
  readonly claims: T;
  readonly statement: string;
}

/** Finds the kept text of a statement by its digest. */
function findKeptText<T>(claims: Digested<T>, texts: readonly string[]): KeptStatement<T> {
  const statement = texts.find((text) => digestOfPayload(JSON.parse(text) as Jws) === claims.digest);
  if (statement === undefined) throw new Error('a statement in the directory is not kept');
  return { claims, statement };
}

/**
 * The designation in force of a focal point, by its slug or DID.
 * @throws Refusal `unknown-recipient`; `designation-ended` if it is not in force, since another gateway would
 *   refuse it
 */
export async function readKeptDesignation(
  gateway: Judging,
  party: string,
): Promise<KeptStatement<Designation>> {
  const one = findDesignation(await readDirectory(gateway, [party]), party);
  if (one === undefined)
    throw new Refusal('unknown-recipient', 'there is no such focal point; see "amanat focal-point list"');
  if (!isInForceAt(one, gateway.now()))
    throw new Refusal('designation-ended', `the designation of ${one.slug} is not in force`);
  return findKeptText(one, (await gateway.store.directory.readDirectory([one.focal_point])).designations);
}

/**
 * This gateway's own designation, as its authority signed it and it was imported here.
 * @throws Refusal `unknown-gateway`
 */
export async function readKeptGateway(gateway: Judging): Promise<KeptStatement<GatewayDesignation>> {
  const { gateways } = await readDirectory(gateway, []);
  const own = gateways.find((one) => one.gateway === gateway.did);
  if (own === undefined)
    throw new Refusal('unknown-gateway', 'no designation of this gateway was imported here');
  return findKeptText(own, (await gateway.store.directory.readDirectory([])).gateways);
}

/**
 * A version of an agreement; the highest one if none is named.
 * @throws Refusal `not-found`
 */
export async function readKeptAgreement(
  gateway: Judging,
  id: string,
  version?: number,
): Promise<KeptStatement<Agreement>> {
  const { agreements } = await readDirectory(gateway, []);
  const [found] = agreements
    .filter((one) => one.id === id && (version ?? one.version) === one.version)
    .toSorted((a, b) => b.version - a.version);
  if (found === undefined)
    throw new Refusal('not-found', 'no such agreement is kept here, or no such version');
  return findKeptText(found, (await gateway.store.directory.readDirectory([])).agreements);
}
