/** The gateway: the record of parts that every step of the journey is given. Built once, in `entry/build.ts`. */

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

/** How often the clock calls for work that nobody waits for, in milliseconds. */
export interface Pace {
  /** New evidence goes into the ledger, and it is asked whether another is to be looked at. */
  readonly ledger: number;
  /** From one look at another gateway's ledger to the next. */
  readonly witness: number;
}

/** Where the numbers are served. With neither they are not. */
export interface MetricsAccess {
  /** On a listener of their own, and nowhere else. */
  readonly own: boolean;
  /** What `Authorization: Bearer` must carry, wherever they are served. */
  readonly key?: string;
}

export interface Gateway {
  /** Where what others post is held until it is proven. */
  readonly bodies: Bodies;
  /** Where the seal of a message is worked on, by its size: beside everything else where it is large. */
  readonly heavyWorkFor: HeavyWorkChooser;
  /** Where it is reached: origin without a trailing slash. */
  readonly url: string;
  readonly did: string;
  /** Signs evidence. */
  readonly key: SigningKey;
  /** Keys that signed evidence before, the oldest first: published until their end, named in the directory after it. */
  readonly oldKeys: readonly RetiredKey[];
  /**
   * Evidence keys as they are kept now, where that can be asked again while the gateway runs: after a rotation commands sign by
   * the new one before this process is restarted.
   */
  readonly keptKeys?: () => readonly PublicJwk[];
  /** Certificates of its own that end, PEM. */
  readonly certificates: readonly { readonly name: string; readonly pem: string }[];
  readonly master: MasterKey;
  /** Trusted authorities, by country. */
  readonly anchors: readonly Anchor[];
  /** Who may vouch for mailboxes of a country, and what they have revoked: as it is now. */
  readonly mailboxes: MailboxJudge;
  readonly store: Store;
  /** What proves the rows that grant something: whether they count at all just now. */
  readonly guard: Guard;
  /** The channels it was told to run; one without an adapter lacks a secret and did not start. */
  readonly channels: readonly Channel[];
  readonly adapters: ReadonlyMap<Channel, Adapter>;
  readonly translate: Phrases;
  /** Makes formal letters; absent where the runtime has no typesetter. */
  readonly writeLetter?: LetterWriter;
  /** Calls to other gateways: refuses addresses that are not public. */
  readonly fetch: OutboundFetch;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly metricsAccess: MetricsAccess;
  /** How often each caller may call. */
  readonly limits: CallLimits;
  /** When other gateways were last known to be up. */
  readonly peerSigns: PeerSigns;
  /** What can stop working while the rest goes on. */
  readonly parts: PartsBoard;
  /** Which refusals are kept each by itself, and which are counted. */
  readonly refusals: RefusalCounter;
  readonly pace: Pace;
  /** Who acts through this process: the operator's handle where a command works, `gateway` where the program does. */
  readonly operator: string;
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
