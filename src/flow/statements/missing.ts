/**
 * Statements on which another gateway's evidence rests and which are not kept here. They are requested from
 * the gateway that named them. What comes is verified and shown to the operator. It grants nothing until the
 * operator imports it.
 */

import type { Evidence } from '../../domain/evidence/evidence.ts';
import type { EvidenceFacts } from '../../domain/evidence/judge-facts.ts';
import { findMissingStatements, type MissingStatement } from '../../domain/evidence/judge-statements.ts';
import { JSON_BOUNDS } from '../../domain/message/json-bounds.ts';
import { LIMITS } from '../../domain/message/message.ts';
import type { Designation, Digested } from '../../domain/party/designation.ts';
import { findPeer } from '../../domain/party/gateway-designation.ts';
import { codeOfNetworkFault } from '../../domain/words/network-fault.ts';
import { readBounded } from '../../domain/words/read-bounded.ts';
import type { Calling, Exchanging, Judging } from '../../gateway-parts.ts';
import { verifyAgreement, verifyDesignation } from '../../seal/authority.ts';
import { makeCallSigner, signGatewayCall } from '../../seal/gateway-statement.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload, peekStatement } from '../../seal/statement.ts';
import { isObject, tryParseObject } from '../../seal/strict-json.ts';
import type { PendingStatement, WantedStatement } from '../../store/contracts/directory.ts';
import { readDirectory, readHistory } from '../directory/directory.ts';

/** Most statements in one request. */
export const ASKED_AT_ONCE = 20;

/** Milliseconds until a statement is requested again, and most milliseconds of a request. */
const AGAIN = 600_000;
const TIMEOUT = 10_000;

/** The path of the API route for these requests. */
const STATEMENTS_PATH = '/v1/relay/statements';

const wantedOf = (gateway: string, one: MissingStatement): WantedStatement =>
  one.kind === 'designation'
    ? { digest: one.digest, kind: one.kind, about: one.party, gateway }
    : { digest: one.digest, kind: one.kind, about: `${one.id} version ${one.version}`, gateway };

/** Notes the statements that this evidence rests on and that are missing here, so that they are requested. */
export async function noteMissing(gateway: Calling, claims: Evidence, facts: EvidenceFacts): Promise<void> {
  const missing = findMissingStatements(claims, facts);
  if (missing.length === 0) return;
  const wanted = missing.map((one) => wantedOf(claims.by, one));
  const added = await gateway.store.directory.wantStatements(wanted, gateway.now());
  if (added > 0) gateway.log.warn('statement.missing', { gateway: claims.by, count: added });
}

/** The pending designations with these digests, each verified as of its start. */
export async function readPendingDesignations(
  gateway: Judging,
  digests: readonly string[],
): Promise<readonly Digested<Designation>[]> {
  const found = await gateway.store.directory.pendingStatements(digests);
  const read = await Promise.all(found.map((one) => verifyPending(gateway, one)));
  return read.filter((one): one is Digested<Designation> => one?.kind === 'designation');
}

/**
 * Verifies a pending statement under this gateway's anchors; undefined if it has not come or does not verify.
 */
async function verifyPending(gateway: Judging, { kind, digest, statement }: PendingStatement) {
  if (statement === undefined) return undefined;
  try {
    const jws: unknown = JSON.parse(statement);
    if (digestOfPayload(jws as Jws) !== digest) return undefined;
    const { payload } = peekStatement(jws);
    const from = new Date(isObject(payload) ? String(payload['from']) : Number.NaN);
    const verify = kind === 'designation' ? verifyDesignation : verifyAgreement;
    return { ...(await verify(jws, gateway.anchors, from)), digest };
  } catch {
    return undefined;
  }
}

/**
 * The statements that the operator has not imported yet: first those that have come, the oldest of them
 * first.
 */
export async function listPending(gateway: Judging): Promise<readonly PendingStatement[]> {
  const [pending, { agreements }] = await Promise.all([
    gateway.store.directory.pendingStatements(),
    readDirectory(gateway, []),
  ]);
  const parties = new Set(pending.filter((one) => one.kind === 'designation').map((one) => one.about));
  const histories = await Promise.all([...parties].map((party) => readHistory(gateway, party)));
  const known = new Set(
    [...agreements, ...histories.flatMap((one) => one.versions)].map((one) => one.digest),
  );
  return pending.filter((one) => !known.has(one.digest));
}

/** Requests the statements that are due. @returns how many were requested */
export async function fetchMissing(gateway: Exchanging): Promise<number> {
  const { store, now } = gateway;
  if (gateway.key.alg !== 'EdDSA') return 0;
  const claimed = await store.directory.claimWanted(now(), new Date(now().getTime() + AGAIN), ASKED_AT_ONCE);
  for (const [peer, wanted] of Map.groupBy(claimed, (one) => one.gateway))
    await askOne(gateway, peer, wanted);
  return claimed.length;
}

async function askOne(gateway: Exchanging, peer: string, wanted: readonly WantedStatement[]): Promise<void> {
  try {
    for (const text of await answered(gateway, peer, wanted)) await keepOne(gateway, wanted, text);
  } catch (fault) {
    gateway.log.warn('statement.not-answered', { gateway: peer, code: codeOfNetworkFault(fault) });
  }
}

/** Keeps a statement that was requested and verifies; ignores anything else. */
async function keepOne(
  gateway: Judging,
  wanted: readonly WantedStatement[],
  statement: string,
): Promise<void> {
  const digest = digestOfPayload(JSON.parse(statement) as Jws);
  const one = wanted.find((asked) => asked.digest === digest);
  if (one === undefined) return;
  const found = await verifyPending(gateway, { ...one, wantedAt: gateway.now(), statement });
  if (found === undefined) {
    // Signed under unknown anchors, or of a newer version. It stays requested, and the operator sees why.
    gateway.log.warn('statement.not-verified', { gateway: one.gateway, kind: one.kind, about: one.about });
    return;
  }
  await gateway.store.directory.keepPending(digest, statement);
  gateway.log.warn('statement.pending', { gateway: one.gateway, kind: one.kind, about: one.about });
}

async function answered(
  gateway: Exchanging,
  to: string,
  wanted: readonly WantedStatement[],
): Promise<readonly string[]> {
  const peer = findPeer(await readDirectory(gateway, []), to, gateway.now());
  if (peer === undefined) return [];
  const body = new TextEncoder().encode(JSON.stringify({ digests: wanted.map((one) => one.digest) }));
  const call = { id: gateway.newId(), at: gateway.now(), body };
  const response = await gateway.fetch(`${peer.url}${STATEMENTS_PATH}`, {
    method: 'POST',
    headers: await signGatewayCall(gateway.did, makeCallSigner(gateway.key), call),
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT),
  });
  const answer = tryParseObject(await readBounded(response.body, LIMITS.assistedPost), JSON_BOUNDS.answer);
  const statements = response.ok ? answer?.['statements'] : undefined;
  return Array.isArray(statements)
    ? statements.slice(0, ASKED_AT_ONCE).map((one) => JSON.stringify(one))
    : [];
}

/**
 * What another gateway requests: designations of focal points homed here, and agreements, as they were
 * signed.
 */
export async function readAskedStatements(
  gateway: Judging,
  digests: readonly string[],
): Promise<readonly unknown[]> {
  const rows = await gateway.store.directory.readDirectory();
  const wanted = new Set(digests);
  return [...rows.designations, ...rows.agreements]
    .map((text): unknown => JSON.parse(text))
    .filter((jws) => wanted.has(digestOfPayload(jws as Jws)) && isOurs(gateway, jws))
    .slice(0, ASKED_AT_ONCE);
}

function isOurs({ did }: Judging, jws: unknown): boolean {
  const { payload } = peekStatement(jws);
  return isObject(payload) && (payload['kind'] === 'agreement' || payload['gateway'] === did);
}
