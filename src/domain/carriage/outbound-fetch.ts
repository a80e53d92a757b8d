/** Outgoing calls: what adapters post, and what is read of other gateways. */

/** One outgoing call, as adapters make it. */
export interface PostInit {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** What is asked of `fetch`; a runtime's own fits. */
export type PostFetch = (url: string, init: PostInit) => Promise<Response>;

/** One reading call. */
export interface GetInit {
  readonly method: 'GET';
  readonly headers: Record<string, string>;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** The same `fetch` for both; it fits wherever {@link PostFetch} is asked for. */
export type OutboundFetch = (url: string, init: PostInit | GetInit) => Promise<Response>;
