/** The webhook adapter with real keys, a real peer and the Node entry's own outgoing HTTP. */

import { createWebhookAdapter, type WebhookOptions } from '../../../adapters/webhook/adapter.ts';
import type { Adapter } from '../../../src/domain/carriage/adapter.ts';
import { BODY_LIMITS, createBodies } from '../../../src/domain/words/held-body.ts';
import { createOutgoingFetch } from '../../../src/entry/outgoing.ts';
import {
  makeWebhookKeyPair,
  makeWebhookSecret,
  readWebhookSigner,
  signWebhook,
} from '../../../src/seal/webhook-signature.ts';
import { type HttpPeer, startPeer } from '../../support/http-peer.ts';
import { PATIENCE } from '../../support/patience.ts';

export const FOCAL_POINT = 'did:web:gateway.kh.example:fp:shelter-phnom-penh';
export const ORIGIN = 'https://gateway.kh.example';
export const MESSAGES = `${ORIGIN}/v1/focal-points/shelter-phnom-penh/messages`;
export const ACKNOWLEDGEMENTS = `${ORIGIN}/v1/focal-points/shelter-phnom-penh/acknowledgements`;

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

/** Partner to gateway: an HMAC secret and an Ed25519 pair. Gateway to partner: the same the other way. */
export const KEYS = {
  inbound: makeWebhookSecret(random(32)),
  inboundPair: await makeWebhookKeyPair(random(32)),
  outbound: makeWebhookSecret(random(32)),
  outboundPair: await makeWebhookKeyPair(random(32)),
};

export interface WebhookRig {
  readonly adapter: Adapter;
  readonly peer: HttpPeer;
  close(): Promise<void>;
}

export async function webhookRig(overrides: Partial<WebhookOptions> = {}): Promise<WebhookRig> {
  const peer = await startPeer();
  const fetch = createOutgoingFetch({ allow: [peer.host] });
  const adapter = createWebhookAdapter({
    isWelcome: () => true,
    fetch,
    now: () => new Date(),
    bodies: createBodies(BODY_LIMITS),
    timeoutSeconds: PATIENCE / 1_000,
    signersOf: async () => [KEYS.outbound, KEYS.outboundPair.secret],
    secretsOf: async (slug) =>
      slug === 'shelter-phnom-penh'
        ? { focalPoint: FOCAL_POINT, secrets: [KEYS.inbound, KEYS.inboundPair.public] }
        : undefined,
    ...overrides,
  });
  const close = async () => {
    await fetch.close();
    await peer.close();
  };
  return { adapter, peer, close };
}

export interface CallOverrides {
  readonly url?: string;
  readonly secret?: string;
  readonly id?: string;
  readonly at?: Date;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call as a partner's system makes it; `body` is signed and sent as it stands. */
export async function signedRequest(
  body: string | Uint8Array,
  overrides: CallOverrides = {},
): Promise<Request> {
  const { url = MESSAGES, secret = KEYS.inbound, id = 'shelter-0001', at = new Date() } = overrides;
  const timestamp = Math.floor(at.getTime() / 1_000);
  const signed = await signWebhook([await readWebhookSigner(secret)], { id, timestamp, body });
  const headers = { 'content-type': 'application/json', ...signed, ...overrides.headers };
  return new Request(url, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

/** A plain message that is valid in every part the adapter judges. */
export const SUBMISSION = {
  to: ['immigration-putussibau'],
  type: 'text',
  urgency: 'urgent',
  handling: 'H2',
  lang: 'en',
  body: { text: 'Melati is safe and asks for a travel document.' },
} as const;

export const ACKNOWLEDGEMENT = {
  message: '0198f0c27a4b7c3e9d51a6e48f3a21c4',
  decision: 'accepted',
  officer: 'o-7',
} as const;
