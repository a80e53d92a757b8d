/**
 * Which parts of the gateway a function takes, named by what it may do with them. A function takes the smallest of these that
 * has what it uses, itself or by passing the gateway on; the whole `Gateway` is for what builds, serves and runs it.
 */
import type { Gateway } from './gateway.ts';

/** Puts phrases into the reader's language. */
export type Phrasing = Pick<Gateway, 'translate'>;

/** Names this gateway and what it makes: its address, its DID and its key, a time and a new id. */
export type Naming = Pick<Gateway, 'url' | 'did' | 'key' | 'now' | 'newId'>;

/** Reads and changes what is kept, asks which rows that grant something are valid, logs and counts. */
export type Storing = Pick<Gateway, 'store' | 'guard' | 'log' | 'metrics' | 'now'>;

/** Judges by the directory and the trusted authorities who is designated and what is in force. */
export type Judging = Storing & Pick<Gateway, 'did' | 'anchors' | 'mailboxes'>;

/** Verifies evidence and statements, those under this gateway's own present and earlier keys included. */
export type Verifying = Judging & Pick<Gateway, 'url' | 'key' | 'oldKeys' | 'keptKeys'>;

/** Signs evidence and statements, and records operator acts of whoever acts through this process. */
export type Issuing = Judging & Naming & Pick<Gateway, 'operator' | 'refusals'>;

/** Opens sealed content in this gateway's custody. */
export type Unsealing = Verifying & Pick<Gateway, 'heavyWorkFor' | 'master'>;

/** Takes in and writes messages and acknowledgements, whatever the channel. */
export type Posting = Unsealing & Issuing & Pick<Gateway, 'translate' | 'adapters' | 'newThread' | 'random'>;

/** Shows what is kept to whoever comes by a link. */
export type Showing = Verifying & Pick<Gateway, 'translate' | 'newToken'>;

/** Makes formal letters and what goes out with them. */
export type Typesetting = Unsealing & Showing & Pick<Gateway, 'writeLetter' | 'parts'>;

/** Admits what comes from outside: bounds its size and how often somebody may call. */
export type Admitting = Storing & Pick<Gateway, 'bodies' | 'limits'>;

/** Reaches officers by the channels: tests and renews endpoints, brings notes, asks for a PIN and takes it. */
export type Reaching = Showing & Issuing & Admitting & Pick<Gateway, 'master' | 'adapters' | 'random'>;

/** Calls a system outside, now or after a random wait. */
export type Calling = Storing & Pick<Gateway, 'fetch' | 'random'>;

/** Exchanges evidence, statements and ledgers with other gateways, and notes when each was up. */
export type Exchanging = Showing & Issuing & Calling & Pick<Gateway, 'peerSigns' | 'pace' | 'parts'>;

/** Watches the gateway itself: what stopped working, what ends soon, and the numbers. */
export type Watching = Judging &
  Pick<Gateway, 'channels' | 'adapters' | 'certificates' | 'metricsAccess' | 'parts' | 'newId'>;
