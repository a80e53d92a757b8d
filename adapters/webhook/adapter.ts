/** The webhook channel: partner systems, both ways, by Standard Webhooks. */
import type { Adapter } from '../../src/domain/carriage/adapter.ts';
import { receiveWebhook, type WebhookInboundOptions } from './inbound.ts';
import { sendWebhook, type WebhookOutboundOptions } from './outbound.ts';

export type WebhookOptions = WebhookInboundOptions &
  Omit<WebhookOutboundOptions, 'timeoutSeconds'> & { readonly timeoutSeconds?: number };

/** `timeoutSeconds` bounds one outgoing attempt, 15 where left out. Keys are asked for on each call, never kept. */
export function createWebhookAdapter(options: WebhookOptions): Adapter {
  const outbound: WebhookOutboundOptions = { timeoutSeconds: 15, ...options };
  return {
    channel: 'webhook',
    receive: (request) => receiveWebhook(options, request),
    send: (parcel, signal) => sendWebhook(outbound, parcel, signal),
  };
}
