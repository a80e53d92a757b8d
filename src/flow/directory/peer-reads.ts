/**
 * What other gateways can read. Each signs a capability document. It is fetched every hour, kept, and used
 * until its stated end. A gateway without one reads what all gateways read before there were such documents.
 */

import {
  type Capabilities,
  capabilitiesSchema,
  FIRST_READABLE_VERSIONS,
  OWN_READABLE_VERSIONS,
  type ReadableVersions,
} from '../../domain/evidence/capabilities.ts';
import { checkNotAhead } from '../../domain/message/clock-skew.ts';
import { JSON_BOUNDS } from '../../domain/message/json-bounds.ts';
import { LIMITS } from '../../domain/message/message.ts';
import { isInForceAt } from '../../domain/party/designation.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import { codeOfNetworkFault } from '../../domain/words/network-fault.ts';
import { readBounded } from '../../domain/words/read-bounded.ts';
import type { Gateway } from '../../gateway.ts';
import type { Calling, Exchanging, Storing } from '../../gateway-parts.ts';
import type { Jws } from '../../seal/jws.ts';
import { peekStatement, signStatement, verifyStatement } from '../../seal/statement.ts';
import { isObject, tryParseObject } from '../../seal/strict-json.ts';
import { readDirectory } from './directory.ts';

/** The path of a gateway's capability document. */
export const CAPABILITIES_PATH = '/.well-known/amanat.json';

const HOUR = 3_600_000;
/**
 * How long a document is valid if it cannot be fetched again, in milliseconds: as long as an outage may last.
 */
const VALID = 30 * 24 * HOUR;
const TIMEOUT = 5_000;

/** Signs what this gateway reads, with its evidence key, as of now. */
export function signCapabilities({ did, key, now }: Pick<Gateway, 'did' | 'key' | 'now'>): Promise<Jws> {
  const at = now();
  const claims: Capabilities = {
    kind: 'capabilities',
    gateway: did,
    at: at.toISOString(),
    until: new Date(at.getTime() + VALID).toISOString(),
    reads: OWN_READABLE_VERSIONS,
  };
  return signStatement('capabilities', claims, [key]);
}

/**
 * Verifies a gateway's capability document.
 * @throws Refusal `unknown-sender`, `signature-invalid`, `invalid-body`, `misaddressed`, `clock-skew`, and
 *   for its shape as `verifyStatement`
 */
async function verifyCapabilities(
  gateway: Storing,
  peer: GatewayDesignation,
  jws: unknown,
): Promise<Capabilities> {
  const { payload } = await verifyStatement(jws, 'capabilities', async (kid) =>
    peer.keys.signing.find((key) => key.kid === kid),
  );
  const one = parseBySchema(capabilitiesSchema, payload);
  if (one.gateway !== peer.gateway)
    throw new Refusal('misaddressed', 'the document is about another gateway than the one that signed it');
  checkNotAhead(one.at, gateway.now());
  return one;
}

/** What a designated gateway reads, by its kept document while that is valid. */
export async function findCapabilities(
  gateway: Storing,
  peer: GatewayDesignation,
): Promise<ReadableVersions> {
  const kept = await gateway.store.directory.readsOf(peer.gateway);
  if (kept === undefined) return FIRST_READABLE_VERSIONS;
  try {
    const one = await verifyCapabilities(gateway, peer, JSON.parse(kept));
    return Date.parse(one.until) > gateway.now().getTime() ? one.reads : FIRST_READABLE_VERSIONS;
  } catch (fault) {
    // The key that signed it may have been replaced. The next fetch brings a new document.
    if (fault instanceof Refusal) return FIRST_READABLE_VERSIONS;
    throw fault;
  }
}

/**
 * As `findCapabilities`, but fetches the document first if that is due. For answers to a gateway that may
 * never have been asked.
 */
export async function refreshCapabilities(
  gateway: Calling,
  peer: GatewayDesignation,
): Promise<ReadableVersions> {
  await fetchIfDue(gateway, peer);
  return findCapabilities(gateway, peer);
}

/** Fetches the documents that are due. @returns how many gateways were asked */
export async function fetchDueCapabilities(gateway: Exchanging, stop: AbortSignal): Promise<number> {
  const { gateways } = await readDirectory(gateway, []);
  let looked = 0;
  for (const peer of gateways) {
    const now = gateway.now();
    if (stop.aborted || peer.gateway === gateway.did || !isInForceAt(peer, now)) continue;
    if (await fetchIfDue(gateway, peer)) looked += 1;
  }
  return looked;
}

async function fetchIfDue(gateway: Calling, peer: GatewayDesignation): Promise<boolean> {
  const now = gateway.now();
  const isDue = await gateway.store.directory.claimReads(peer.gateway, now, new Date(now.getTime() + HOUR));
  if (isDue) await fetchCapabilities(gateway, peer);
  return isDue;
}

/**
 * Fetches a gateway's document and keeps it. If it cannot be reached or does not verify, the kept one stays.
 * @returns whether the gateway answered with a valid signature, or as one that has no document
 */
export async function fetchCapabilities(gateway: Calling, peer: GatewayDesignation): Promise<boolean> {
  const { store, log } = gateway;
  try {
    const found = await fetchDocument(gateway, peer);
    if (found === 'none') {
      await store.directory.keepReads(peer.gateway, undefined, gateway.now());
      return true;
    }
    const one = await verifyCapabilities(gateway, peer, found);
    const kept = await store.directory.readsOf(peer.gateway);
    // A replayed older document must not replace a newer one.
    if (kept === undefined || atOf(kept) <= Date.parse(one.at))
      await store.directory.keepReads(peer.gateway, JSON.stringify(found), gateway.now());
    return true;
  } catch (fault) {
    const code = fault instanceof Refusal ? fault.code : codeOfNetworkFault(fault);
    log.warn('capabilities.not-fetched', { gateway: peer.gateway, code });
    return false;
  }
}

function atOf(statement: string): number {
  const { payload } = peekStatement(JSON.parse(statement));
  return isObject(payload) ? Date.parse(String(payload['at'])) : Number.NaN;
}

/** The document as answered; `none` if the gateway is older than such documents. */
async function fetchDocument(gateway: Calling, peer: GatewayDesignation): Promise<unknown> {
  const response = await gateway.fetch(`${peer.url}${CAPABILITIES_PATH}`, {
    method: 'GET',
    headers: { 'user-agent': 'Amanat' },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT),
  });
  const body = tryParseObject(await readBounded(response.body, LIMITS.smallPost), JSON_BOUNDS.small);
  if (response.status === 404 || response.status === 410) return 'none';
  if (response.status !== 200 || body === undefined)
    throw new Refusal('not-ready', `the gateway did not answer with a document: ${response.status}`);
  return body;
}
