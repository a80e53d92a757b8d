/**
 * Which parts of the gateway a function takes, named by what it may do with them. A function takes the smallest of these that
 * has what it uses, itself or by passing the gateway on; the whole `Gateway` is for those who build, serve and run it.
 */
import type { Gateway } from './gateway.ts';

/** Puts phrases into the reader's language. */
export type Phrasing = Pick<Gateway, 'words'>;

/** Names this gateway and what it makes: its address, its DID and its key, a time and a new id. */
export type Naming = Pick<Gateway, 'url' | 'did' | 'key' | 'now' | 'newId'>;

/** Reads and changes what is kept, and asks which rows that grant something are valid. */
export type Storing = Pick<Gateway, 'store' | 'guard' | 'log' | 'now'>;

/** Judges by the directory who is designated and what is in force. */
export type Judging = Storing & Pick<Gateway, 'did' | 'anchors'>;

/** Verifies evidence and statements, its own under earlier keys included, and counts what it could not read. */
export type Verifying = Judging & Pick<Gateway, 'key' | 'oldKeys' | 'keptKeys' | 'metrics'>;

/** Signs evidence and statements, in the name of whoever acts through this process. */
export type Issuing = Judging & Pick<Gateway, 'key' | 'newId' | 'operator' | 'refusals'>;

/** Opens sealed content in its custody. */
export type Unsealing = Judging & Pick<Gateway, 'heavyFor' | 'master'>;

/** Takes in and writes messages and acknowledgements, from whichever channel. */
export type Posting = Verifying &
  Issuing &
  Unsealing &
  Pick<Gateway, 'words' | 'adapters' | 'newThread' | 'random'>;

/** Calls another gateway, or a system outside. */
export type Calling = Storing & Pick<Gateway, 'fetch' | 'random'>;

/** Exchanges evidence, statements and ledgers with other gateways, and notes when each was up. */
export type Exchanging = Verifying & Issuing & Calling & Pick<Gateway, 'url' | 'life' | 'pace' | 'parts'>;

/** Shows what is kept to whoever comes by a link, or reads the ledger. */
export type Showing = Verifying & Pick<Gateway, 'url' | 'words' | 'newToken'>;

/** Reaches officers by the channels: tests and renews endpoints, brings them notes, asks for a PIN. */
export type Reaching = Showing &
  Issuing &
  Pick<Gateway, 'adapters' | 'bodies' | 'mailboxes' | 'master' | 'random'>;

/** Admits what comes from outside: bounds its size and how often somebody may call. */
export type Admitting = Pick<Gateway, 'bodies' | 'limits' | 'metrics' | 'store' | 'now'>;

/** Watches the gateway itself: what stopped working, what ends soon, and the numbers. */
export type Watching = Judging &
  Pick<
    Gateway,
    'channels' | 'adapters' | 'certificates' | 'mailboxes' | 'metrics' | 'metricsAccess' | 'parts' | 'newId'
  >;
