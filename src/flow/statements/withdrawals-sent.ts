/**
 * Sends withdrawals to every other gateway, until that gateway has signed that it took them. It never gives
 * up: a gateway that is down for hours, or not in force, is told when it is back.
 */

import { LONGEST_WAIT_SECONDS, nextAttemptAt } from '../../domain/carriage/delivery.ts';
import { JSON_BOUNDS } from '../../domain/message/json-bounds.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { PROBLEMS, type ProblemCode, problemType, Refusal } from '../../domain/words/error.ts';
import { codeOfNetworkFault } from '../../domain/words/network-fault.ts';
import { readBounded } from '../../domain/words/read-bounded.ts';
import { readRetryAfter } from '../../domain/words/retry-after.ts';
import type { Exchanging, Judging } from '../../gateway-parts.ts';
import { makeCallSigner, signGatewayCall } from '../../seal/gateway-statement.ts';
import { tryParseObject } from '../../seal/strict-json.ts';
import type { WithdrawalSending } from '../../store/contracts/directory.ts';
import type { EvidenceRow } from '../../store/contracts/message-rows.ts';
import { type Directory, readDirectory, requirePeer } from '../directory/directory.ts';
import { findEvidencePlace, readPeerEvidence, rowOfSigned } from '../evidence/peer-evidence.ts';
import { readPeers } from '../ledger/keys.ts';

/** Milliseconds until another process may try, and most milliseconds of one attempt. */
const LEASE = 60_000;
const TIMEOUT = 20_000;
const ANSWER_BYTES = 64 * 1024;

/**
 * Makes every withdrawal due for each connected gateway that was not told yet. A new gateway is told of old
 * ones too.
 */
export async function scheduleWithdrawals(gateway: Judging): Promise<void> {
  const peers = await readPeers(gateway);
  if (peers.length > 0)
    await gateway.store.directory.sendWithdrawals(
      peers.map((one) => one.gateway),
      gateway.now(),
    );
}

/** Claims due withdrawals. A gateway key on another curve cannot sign calls; then nothing is sent. */
export async function claimWithdrawals(
  gateway: Exchanging,
  limit: number,
): Promise<readonly (() => Promise<void>)[]> {
  if (gateway.key.alg !== 'EdDSA') return [];
  const now = gateway.now();
  const claimed = await gateway.store.directory.claimWithdrawals(now, new Date(now.getTime() + LEASE), limit);
  if (claimed.length === 0) return [];
  const directory = await readDirectory(gateway, []);
  return claimed.map((one) => () => sendWithdrawal(gateway, directory, one));
}

/** Makes one attempt. After a fault the row stays as claimed; when the lease ends it is tried again. */
async function sendWithdrawal(
  gateway: Exchanging,
  directory: Directory,
  sent: WithdrawalSending,
): Promise<void> {
  try {
    const evidence = await postWithdrawal(gateway, requirePeer(directory, sent.gateway, gateway.now()), sent);
    await gateway.store.directory.finishWithdrawal(sent, { evidence });
    gateway.log.info('withdrawal.sent', { gateway: sent.gateway, attempt: sent.tries });
  } catch (fault) {
    const { code, retryAfter } = fault instanceof NotTaken ? fault : codeOf(fault);
    const retryAt = nextAttemptAt(gateway.now(), {
      tries: sent.tries,
      jitter: gateway.random(),
      retryAfter,
      longest: LONGEST_WAIT_SECONDS.urgent,
    });
    await gateway.store.directory.finishWithdrawal(sent, { retryAt });
    gateway.log.warn('withdrawal.not-taken', { gateway: sent.gateway, attempt: sent.tries, code });
  }
}

const codeOf = (fault: unknown): { code: string; retryAfter?: number } => ({
  code: fault instanceof Refusal ? fault.code : 'fault',
});

/** There was no signed answer; `code` is for the log. */
class NotTaken extends Error {
  readonly code: string;
  readonly retryAfter?: number;
  constructor(code: string, retryAfter?: number) {
    super(code);
    this.name = 'NotTaken';
    this.code = code;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }
}

/**
 * Posts the statement as its authority signed it, and returns the other gateway's evidence as a row to keep.
 * @throws NotTaken; Refusal if the evidence does not prove what it should
 */
async function postWithdrawal(
  gateway: Exchanging,
  to: GatewayDesignation,
  sent: WithdrawalSending,
): Promise<EvidenceRow> {
  const response = await post(gateway, to, sent);
  const bytes = await readBounded(response.body, ANSWER_BYTES).catch(() => undefined);
  const answer = tryParseObject(bytes, JSON_BOUNDS.small);
  if (!response.ok) {
    const wait = readRetryAfter(response.headers.get('retry-after'), gateway.now());
    throw new NotTaken(problemOf(answer) ?? `http-${response.status}`, wait);
  }
  const claims = await readPeerEvidence(gateway, to, answer?.['evidence']);
  if (claims.event !== 'DesignationWithdrawn' || claims.sender !== sent.did || claims.digest !== sent.digest)
    throw new Refusal('misaddressed', 'the evidence is not about this withdrawal');
  const { key } = await findEvidencePlace(gateway, claims, answer?.['evidence']);
  return rowOfSigned(key, claims, answer?.['evidence'], { sender: claims.sender });
}

async function post(gateway: Exchanging, to: GatewayDesignation, sent: WithdrawalSending): Promise<Response> {
  const body = new TextEncoder().encode(`{"withdrawal":${sent.statement}}`);
  // The id is the same for every attempt: the digest of the withdrawal.
  const call = { id: sent.digest, at: gateway.now(), body };
  const headers = await signGatewayCall(gateway.did, makeCallSigner(gateway.key), call);
  const signal = AbortSignal.timeout(TIMEOUT);
  try {
    return await gateway.fetch(`${to.url}/v1/relay/withdrawals`, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal,
    });
  } catch (fault) {
    throw new NotTaken(signal.aborted ? 'timeout' : codeOfNetworkFault(fault));
  }
}

/** The other gateway's problem code, if it is one of the table. Its text is never logged. */
const problemOf = (answer: Record<string, unknown> | undefined): ProblemCode | undefined =>
  (Object.keys(PROBLEMS) as ProblemCode[]).find((code) => answer?.['type'] === problemType(code));
