/** The gateway: the record of all parts. `entry/build.ts` builds it once; functions take the parts that `gateway-parts.ts` names. */

import type { CallLimits } from './call-limits.ts';
import type { Adapter } from './domain/carriage/adapter.ts';
import type { OutboundFetch } from './domain/carriage/outbound-fetch.ts';
import type { LetterWriter } from './domain/message/letter.ts';
import type { Channel } from './domain/party/channel.ts';
import type { PublicJwk, RetiredKey } from './domain/party/designation.ts';
import type { Bodies } from './domain/words/held-body.ts';
import type { Phrases } from './domain/words/phrases.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { PartsBoard } from './parts.ts';
import type { PeerSigns } from './peer-signs.ts';
import type { RefusalCounter } from './refusals.ts';
import type { Anchor } from './seal/authority.ts';
import type { MasterKey } from './seal/custody.ts';
import type { HeavyWorkChooser } from './seal/heavy-work.ts';
import type { SigningKey } from './seal/keys.ts';
import type { MailboxJudge } from './seal/mail-trust.ts';
import type { Guard } from './store/guard.ts';
import type { Store } from './store/store.ts';

/** Intervals of background work, in milliseconds. */
interface Pace {
  /** Between two rounds that add new evidence to the ledger and check whether another ledger is due for reading. */
  readonly ledger: number;
  /** Between two readings of another gateway's ledger. */
  readonly witness: number;
}

/** Where the metrics are served. With neither member they are not served. */
export interface MetricsAccess {
  /** Only on a separate listener. */
  readonly own: boolean;
  /** The key that `Authorization: Bearer` must carry, on every listener. */
  readonly key?: string;
}

export interface Gateway {
  /** Holds posted bodies until they are verified. */
  readonly bodies: Bodies;
  /** Chooses by size where a message is sealed and opened; a large one in another thread. */
  readonly heavyWorkFor: HeavyWorkChooser;
  /** Its public origin, without a trailing slash. */
  readonly url: string;
  readonly did: string;
  /** Signs evidence. */
  readonly key: SigningKey;
  /** Former evidence keys, the oldest first: published until their end, and listed in the directory after it. */
  readonly oldKeys: readonly RetiredKey[];
  /**
   * Reads the current evidence keys, where they can be read again while the gateway runs. After a rotation, commands sign with
   * the new key before this process is restarted.
   */
  readonly keptKeys?: () => readonly PublicJwk[];
  /** Its own certificates, PEM, which expire. */
  readonly certificates: readonly { readonly name: string; readonly pem: string }[];
  readonly master: MasterKey;
  /** Trusted authorities, by country. */
  readonly anchors: readonly Anchor[];
  /** The CAs that may certify mailboxes of a country, with their current revocation lists. */
  readonly mailboxes: MailboxJudge;
  readonly store: Store;
  /** Verifies the grants, and says whether any grant may be used now. */
  readonly guard: Guard;
  /** The configured channels; a channel without an adapter lacks a secret and did not start. */
  readonly channels: readonly Channel[];
  readonly adapters: ReadonlyMap<Channel, Adapter>;
  readonly translate: Phrases;
  /** Makes formal letters; absent if the runtime has no typesetter. */
  readonly writeLetter?: LetterWriter;
  /** Makes calls to other gateways; refuses addresses that are not public. */
  readonly fetch: OutboundFetch;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly metricsAccess: MetricsAccess;
  /** The rate limits of callers. */
  readonly limits: CallLimits;
  /** When other gateways were last known to be up. */
  readonly peerSigns: PeerSigns;
  /** The parts that can stop working while the others go on. */
  readonly parts: PartsBoard;
  /** Decides which refusals are kept one by one and which are only counted. */
  readonly refusals: RefusalCounter;
  readonly pace: Pace;
  /** Who acts through this process: the operator's handle for a command, `gateway` for the program itself. */
  readonly operator: string;
  /** The clock. Time and random values come from the entry. */
  readonly now: () => Date;
  /** UUIDv7 as 32 hex digits. */
  readonly newId: () => string;
  /** 128 random bits as 32 hex digits: a thread id must not tell the time or the sender. */
  readonly newThread: () => string;
  /** 256 random bits, base64url, for one-time links and codes. */
  readonly newToken: () => string;
  /** A random number in [0, 1), for jitter. */
  readonly random: () => number;
}
