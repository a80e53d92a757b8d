/**
 * The relay channel: from this gateway to another one. The gateway's evidence key signs each call (Standard Webhooks `v1a`). The
 * other gateway signs its answer, and the flow verifies that signature.
 */

import type { Adapter, Outcome, Parcel } from '../../src/domain/carriage/adapter.ts';
import type { PostFetch } from '../../src/domain/carriage/outbound-fetch.ts';
import { JSON_BOUNDS } from '../../src/domain/message/json-bounds.ts';
import { PROBLEMS, type ProblemCode, problemType } from '../../src/domain/words/error.ts';
import { bytesOfText, type LongText } from '../../src/domain/words/long-text.ts';
import { codeOfNetworkFault } from '../../src/domain/words/network-fault.ts';
import { present } from '../../src/domain/words/present.ts';
import { readBounded } from '../../src/domain/words/read-bounded.ts';
import { readRetryAfter } from '../../src/domain/words/retry-after.ts';
import { signGatewayCall } from '../../src/seal/gateway-statement.ts';
import { type HeavyWorkChooser, useThisThread } from '../../src/seal/heavy-work.ts';
import { tryParseObject } from '../../src/seal/strict-json.ts';
import type { WebhookKey } from '../../src/seal/webhook-signature.ts';

interface RelayOptions {
  /** DID of this gateway. */
  readonly did: string;
  readonly signer: WebhookKey;
  /** Makes the calls; refuses non-public addresses with an error whose code is `ERR_ADDRESS_REFUSED`. */
  readonly fetch: PostFetch;
  readonly now: () => Date;
  /** Chooses where a large call is signed; in the same thread if absent. */
  readonly heavyFor?: HeavyWorkChooser;
  /** Time limit for one attempt, with the answer (default: 40, because a consignment may be large). */
  readonly timeoutSeconds?: number;
}

/** Most bytes of an answer that are read: enough for a problem document with a signed rejection. */
const ANSWER_BYTES = 256 * 1024;

export function createRelayAdapter(options: RelayOptions): Adapter {
  return {
    channel: 'relay',
    // Other gateways call /v1/relay, where their designations authenticate the calls.
    receive: async () => [{ kind: 'refused', code: 'not-found', detail: 'gateways post to /v1/relay' }],
    send: (parcel, signal) => send(options, parcel, signal),
  };
}

async function send(options: RelayOptions, parcel: Parcel, signal: AbortSignal): Promise<Outcome> {
  if (parcel.kind === 'revision' || parcel.kind === 'reply')
    return { kind: 'rejected', code: 'not-revisable' };
  // Each gateway reminds its own focal points.
  if (parcel.kind === 'reminder' || parcel.kind === 'note')
    return { kind: 'rejected', code: 'not-relayable' };
  const call = callOf(parcel);
  if (call === undefined) return { kind: 'rejected', code: 'not-relayable' };
  const url = URL.parse(call.path, parcel.endpoint.address);
  if (url === null) return { kind: 'rejected', code: 'address-invalid' };
  const timeout = AbortSignal.timeout((options.timeoutSeconds ?? 40) * 1_000);
  const either = AbortSignal.any([signal, timeout]);
  try {
    const { body } = call;
    const proven = { id: parcel.delivery, at: options.now(), body };
    const { signCall } = (options.heavyFor ?? useThisThread)(body.length);
    const headers = await signGatewayCall(options.did, options.signer, proven, signCall);
    const response = await options.fetch(url.href, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: either,
    });
    return await judge(response, options.now());
  } catch (error) {
    if (signal.aborted) return { kind: 'deferred', code: 'interrupted' };
    return { kind: 'deferred', code: timeout.aborted ? 'timeout' : codeOfNetworkFault(error) };
  }
}

/** Concatenates texts as bytes. */
function joined(texts: readonly LongText[]): Uint8Array<ArrayBuffer> {
  const parts = texts.map(bytesOfText);
  const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    whole.set(one, at);
    at += one.length;
  }
  return whole;
}

/** Concatenates the body from JSON texts, because a consignment is too large to parse for this. */
function callOf(
  parcel: Extract<Parcel, { kind: 'message' | 'evidence' }>,
): { path: string; body: Uint8Array<ArrayBuffer> } | undefined {
  if (parcel.kind === 'evidence')
    return { path: '/v1/relay/evidence', body: joined([JSON.stringify({ evidence: parcel.jws })]) };
  if (parcel.content.shows !== 'consignment') return undefined;
  const { consignment, submission } = parcel.content;
  return {
    path: '/v1/relay',
    body: joined(['{"consignment":', consignment, `,"submission":${submission}}`]),
  };
}

/**
 * Only a signed answer decides: 2xx and 4xx are passed on with their evidence. An unsigned refusal may come from a wrong clock, a
 * key that is not imported yet, or a proxy, so the delivery is retried on its schedule.
 */
async function judge(response: Response, now: Date): Promise<Outcome> {
  const { status } = response;
  const answer = tryParseObject(await readBounded(response.body, ANSWER_BYTES), JSON_BOUNDS.small);
  const evidence = answer?.['evidence'];
  if (status >= 200 && status < 300)
    return {
      kind: 'accepted',
      code: `http-${status}`,
      reach: 'delivered',
      evidence,
      ...present({ rejections: answer?.['rejections'] === undefined ? undefined : answer['rejections'] }),
    };
  const code = codeOf(answer) ?? `http-${status}`;
  if (status >= 400 && status < 500 && evidence !== undefined) return { kind: 'rejected', code, evidence };
  const retryAfter = readRetryAfter(response.headers.get('retry-after'), now);
  return { kind: 'deferred', code, ...present({ retryAfter }) };
}

/** The peer's problem code, if the error table has it; never its text. */
const codeOf = (answer: Record<string, unknown> | undefined): ProblemCode | undefined =>
  (Object.keys(PROBLEMS) as ProblemCode[]).find((code) => answer?.['type'] === problemType(code));
