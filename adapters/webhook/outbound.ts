/** Posting to a partner's URL, signed as Standard Webhooks has it, and reading what its answer means. */
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
  /** Refuses non-public addresses by an error with code `ERR_ADDRESS_REFUSED`. */
  readonly fetch: PostFetch;
  readonly now: () => Date;
  /** Where a large body is made and signed; in place where left out. */
  readonly heavyFor?: HeavyWorkChooser;
  /** For one attempt from connecting to the answer's head. */
  readonly timeoutSeconds: number;
  /** The current keys of an endpoint, `whsec_…` and `whsk_…`; every one of them signs. */
  readonly signersOf: (endpoint: string) => Promise<readonly string[]>;
}

/** What is read of an answer: enough to give the connection back, not enough to be kept busy with. */
const ANSWER_BYTES = 16 * 1024;
const ANSWER_SECONDS = 2;

/** One attempt. `webhook-id` is the delivery's id, the same on every try: the receiver keeps each once by it. */
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

/** Of what has changed since a system took a message it is told one thing: that it was taken back. */
const isPosted = (parcel: Parcel): parcel is PostedParcel =>
  parcel.kind === 'revision' ? parcel.recalledAt !== undefined : parcel.kind !== 'reply';

/** The receiver keeps each once by its id: another word on the same delivery needs another. */
const idOf = (parcel: PostedParcel): string =>
  parcel.kind === 'revision' ? `${parcel.delivery}-recalled` : parcel.delivery;

/** About how many bytes are posted: only content is large. */
function weightOf(parcel: PostedParcel): number {
  if (parcel.kind !== 'message') return 0;
  const { content } = parcel;
  if (content.shows === 'packet') return countAttachmentBytes(content.message.attachments);
  return content.shows === 'sealed' ? String(content.sealed['ciphertext']).length : 0;
}

/** The bytes are made once: what is signed is what is sent. */
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
 * Only 2xx is taken for received. 410 says the address is meant to be gone. Any other status, the rest of 4xx and
 * redirects included, may be a deployment gone wrong that the partner will mend; the schedule carries the message on.
 */
function judge(response: Response, now: Date): Outcome {
  const code = `http-${response.status}`;
  if (response.status >= 200 && response.status < 300) return { kind: 'accepted', code, reach: 'delivered' };
  if (response.status === 410) return { kind: 'rejected', code, gone: true };
  const retryAfter = readRetryAfter(response.headers.get('retry-after'), now);
  return { kind: 'deferred', code, ...present({ retryAfter }) };
}

/** The endpoint's keys, or the word for why nothing may be sent: unsigned is never an option. */
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

/** Credentials in a URL would end in logs on the way; `fetch` refuses them too. */
function isAddress(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}
