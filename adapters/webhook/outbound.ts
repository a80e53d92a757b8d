/** Posts to a partner's URL, signed by Standard Webhooks, and maps the answer to an outcome. */
import type { Outcome, Parcel } from '../../src/domain/carriage/adapter.ts';
import type { PostFetch } from '../../src/domain/carriage/outbound-fetch.ts';
import { countAttachmentBytes } from '../../src/domain/message/message.ts';
import { Refusal } from '../../src/domain/words/error.ts';
import { codeOfNetworkFault } from '../../src/domain/words/network-fault.ts';
import { present } from '../../src/domain/words/present.ts';
import { discardBody } from '../../src/domain/words/read-bounded.ts';
import { readRetryAfter } from '../../src/domain/words/retry-after.ts';
import { type HeavyWorkChooser, useThisThread } from '../../src/seal/heavy-work.ts';
import { readWebhookSigner, type WebhookKey } from '../../src/seal/webhook-signature.ts';
import { composePartnerEvent, type PostedParcel } from './payload.ts';

export interface WebhookOutboundOptions {
  /** Makes the calls; refuses non-public addresses with an error whose code is `ERR_ADDRESS_REFUSED`. */
  readonly fetch: PostFetch;
  readonly now: () => Date;
  /** Chooses where a large body is made and signed; in the same thread if absent. */
  readonly heavyFor?: HeavyWorkChooser;
  /** Time limit for one attempt, from connecting to the head of the answer. */
  readonly timeoutSeconds: number;
  /** Reads the current keys of an endpoint, `whsec_…` and `whsk_…`; each of them signs. */
  readonly signersOf: (endpoint: string) => Promise<readonly string[]>;
}

/** Most bytes of an answer that are read: enough to reuse the connection, too few to keep the gateway busy. */
const ANSWER_BYTES = 16 * 1024;
const ANSWER_SECONDS = 2;

/** Makes one attempt. `webhook-id` is the delivery's id, the same for every attempt, so that the receiver can drop duplicates. */
export async function sendWebhook(
  options: WebhookOutboundOptions,
  parcel: Parcel,
  signal: AbortSignal,
): Promise<Outcome> {
  if (!isPosted(parcel)) return { kind: 'rejected', code: 'not-revisable' };
  if (!isAddress(parcel.endpoint.address)) return { kind: 'rejected', code: 'address-invalid' };
  const signers = await signersOf(options, parcel.endpoint.id);
  if (!Array.isArray(signers)) return { kind: 'rejected', code: signers };
  const call = await signedCall(options, parcel, signers);
  const timeout = AbortSignal.timeout(options.timeoutSeconds * 1_000);
  const either = AbortSignal.any([signal, timeout]);
  try {
    const response = await options.fetch(parcel.endpoint.address, {
      ...call,
      redirect: 'manual',
      signal: either,
    });
    const outcome = judge(response, options.now());
    const enough = AbortSignal.any([either, AbortSignal.timeout(ANSWER_SECONDS * 1_000)]);
    await discardBody(response.body, ANSWER_BYTES, enough);
    return outcome;
  } catch (error) {
    if (signal.aborted) return { kind: 'deferred', code: 'interrupted' };
    return { kind: 'deferred', code: timeout.aborted ? 'timeout' : codeOfNetworkFault(error) };
  }
}

/** Whether the parcel is posted: of later changes to a delivered message, only its recall is. */
const isPosted = (parcel: Parcel): parcel is PostedParcel =>
  parcel.kind === 'revision' ? parcel.recalledAt !== undefined : parcel.kind !== 'reply';

/** The `webhook-id`. Different posts about one delivery need different ids, because the receiver drops duplicates. */
const idOf = (parcel: PostedParcel): string =>
  parcel.kind === 'revision' ? `${parcel.delivery}-recalled` : parcel.delivery;

/** About how many bytes are posted; only content is large. */
function weightOf(parcel: PostedParcel): number {
  if (parcel.kind !== 'message') return 0;
  const { content } = parcel;
  if (content.shows === 'packet') return countAttachmentBytes(content.message.attachments);
  return content.shows === 'sealed' ? String(content.sealed['ciphertext']).length : 0;
}

/** Makes and signs the call. The bytes are made once, so that exactly the signed bytes are sent. */
async function signedCall(
  { heavyFor = useThisThread, now }: WebhookOutboundOptions,
  parcel: PostedParcel,
  signers: readonly WebhookKey[],
) {
  const { json, signCall } = heavyFor(weightOf(parcel));
  const body = await json(composePartnerEvent(parcel));
  const timestamp = Math.floor(now().getTime() / 1_000);
  const signed = await signCall(signers, { id: idOf(parcel), timestamp, body });
  const headers = { 'content-type': 'application/json', 'user-agent': 'Amanat', ...signed };
  return { method: 'POST', headers, body } as const;
}

/**
 * Only 2xx means received. 410 means that the address is gone on purpose. Any other status, also the rest of 4xx and redirects, may
 * be a failed deployment that the partner will repair, so the delivery is retried on its schedule.
 */
function judge(response: Response, now: Date): Outcome {
  const code = `http-${response.status}`;
  if (response.status >= 200 && response.status < 300) return { kind: 'accepted', code, reach: 'delivered' };
  if (response.status === 410) return { kind: 'rejected', code, gone: true };
  const retryAfter = readRetryAfter(response.headers.get('retry-after'), now);
  return { kind: 'deferred', code, ...present({ retryAfter }) };
}

/** Reads the endpoint's keys, or returns the code for why nothing can be sent; a call is never sent unsigned. */
async function signersOf(options: WebhookOutboundOptions, endpoint: string): Promise<WebhookKey[] | string> {
  const secrets = await options.signersOf(endpoint);
  if (secrets.length === 0) return 'no-secret';
  try {
    return await Promise.all(secrets.map(readWebhookSigner));
  } catch (error) {
    if (error instanceof Refusal) return 'secret-unusable';
    throw error;
  }
}

/** Whether the address is a usable URL. Credentials in a URL would get into logs; `fetch` refuses them too. */
function isAddress(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}
