/** The webhook channel: calls from and to partners' systems by Standard Webhooks. */
import type { Adapter } from '../../src/domain/carriage/adapter.ts';
import { receiveWebhook, type WebhookInboundOptions } from './inbound.ts';
import { sendWebhook, type WebhookOutboundOptions } from './outbound.ts';

export type WebhookOptions = WebhookInboundOptions &
  Omit<WebhookOutboundOptions, 'timeoutSeconds'> & { readonly timeoutSeconds?: number };

/** Makes the adapter. `timeoutSeconds` limits one outgoing attempt (default: 15). It reads the keys for each call and never keeps them. */
export function createWebhookAdapter(options: WebhookOptions): Adapter {
  const outbound: WebhookOutboundOptions = { timeoutSeconds: 15, ...options };
  return {
    channel: 'webhook',
    receive: (request) => receiveWebhook(options, request),
    send: (parcel, signal) => sendWebhook(outbound, parcel, signal),
  };
}
