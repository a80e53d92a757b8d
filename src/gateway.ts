/** The gateway: the record of parts that every step of the journey is given. Built once, in `entry/build.ts`. */
import type { Adapter } from './domain/adapter.ts';
import type { Channel } from './domain/channel.ts';
import type { RetiredKey } from './domain/party.ts';
import type { Outgoing } from './domain/post.ts';
import type { Words } from './domain/words.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Anchor } from './seal/authority.ts';
import type { MasterKey } from './seal/custody.ts';
import type { SigningKey } from './seal/keys.ts';
import type { Store } from './store/store.ts';

export interface Gateway {
  /** Where it is reached: origin without a trailing slash. */
  readonly url: string;
  readonly did: string;
  /** Signs evidence. */
  readonly key: SigningKey;
  /** Keys that signed evidence before, the oldest first: published until their end, named in the directory after it. */
  readonly oldKeys: readonly RetiredKey[];
  /** Certificates of its own that end, PEM. */
  readonly certificates: readonly { readonly name: string; readonly pem: string }[];
  readonly master: MasterKey;
  /** Trusted authorities, by country. */
  readonly anchors: readonly Anchor[];
  readonly store: Store;
  readonly adapters: ReadonlyMap<Channel, Adapter>;
  readonly words: Words;
  /** Calls to other gateways: refuses addresses that are not public. */
  readonly fetch: Outgoing;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Time and chance come in from the entry. */
  readonly now: () => Date;
  /** UUIDv7 as 32 hex digits. */
  readonly newId: () => string;
  /** 128 random bits as 32 hex digits: thread ids say nothing of when or by whom. */
  readonly newThread: () => string;
  /** 256 random bits, base64url: one-time links and codes. */
  readonly newToken: () => string;
  /** A number in [0, 1) for jitter. */
  readonly random: () => number;
}
