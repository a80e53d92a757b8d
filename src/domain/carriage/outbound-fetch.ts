/** Outgoing calls: posts of adapters, and reads from other gateways. */

/** One outgoing call, as adapters make it. */
export interface PostInit {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** The `fetch` that posts need; the runtime's own fits. */
export type PostFetch = (url: string, init: PostInit) => Promise<Response>;

/** One reading call. */
interface GetInit {
  readonly method: 'GET';
  readonly headers: Record<string, string>;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** One `fetch` for posts and reads; it can be used as {@link PostFetch}. */
export type OutboundFetch = (url: string, init: PostInit | GetInit) => Promise<Response>;
