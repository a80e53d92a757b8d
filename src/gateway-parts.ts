/**
 * The parts of the gateway that a function takes, named by what it may do with them. A function takes the smallest one that has
 * what it, and the functions it calls, need. Only what builds, serves and runs the gateway takes the whole `Gateway`.
 */
import type { Gateway } from './gateway.ts';

/** Puts phrases into the reader's language. */
export type Phrasing = Pick<Gateway, 'translate'>;

/** Names this gateway and what it makes: its address, its DID and its key, a time and a new id. */
export type Naming = Pick<Gateway, 'url' | 'did' | 'key' | 'now' | 'newId'>;

/** Reads and changes the store, asks which grants are valid, logs and counts. */
export type Storing = Pick<Gateway, 'store' | 'guard' | 'log' | 'metrics' | 'now'>;

/** Decides by the directory and the trusted authorities who is designated and what is in force. */
export type Judging = Storing & Pick<Gateway, 'did' | 'anchors' | 'mailboxes'>;

/** Verifies evidence and statements, also those under this gateway's own current and former keys. */
export type Verifying = Judging & Pick<Gateway, 'url' | 'key' | 'oldKeys' | 'keptKeys'>;

/** Signs evidence and statements, and records operator acts. */
export type Issuing = Judging & Naming & Pick<Gateway, 'operator' | 'refusals'>;

/** Opens sealed content in this gateway's custody. */
export type Unsealing = Verifying & Pick<Gateway, 'heavyWorkFor' | 'master'>;

/** Takes in and writes messages and acknowledgements of every channel. */
export type Posting = Unsealing & Issuing & Pick<Gateway, 'translate' | 'adapters' | 'newThread' | 'random'>;

/** Shows kept messages to the visitor of a link. */
export type Showing = Verifying & Pick<Gateway, 'translate' | 'newToken'>;

/** Makes formal letters and packets. */
export type Typesetting = Unsealing & Showing & Pick<Gateway, 'writeLetter' | 'parts'>;

/** Admits calls from outside: limits their size and their rate. */
export type Admitting = Storing & Pick<Gateway, 'bodies' | 'limits'>;

/** Reaches officers by the channels: tests and renews endpoints, delivers notes, asks for a PIN and checks it. */
export type Reaching = Showing & Issuing & Admitting & Pick<Gateway, 'master' | 'adapters' | 'random'>;

/** Calls an outside system, at once or after a random wait. */
export type Calling = Storing & Pick<Gateway, 'fetch' | 'random'>;

/** Exchanges evidence, statements and ledgers with other gateways, and records when each was up. */
export type Exchanging = Showing & Issuing & Calling & Pick<Gateway, 'peerSigns' | 'pace' | 'parts'>;

/** Watches the gateway itself: broken parts, what expires soon, and the metrics. */
export type Watching = Judging &
  Pick<Gateway, 'channels' | 'adapters' | 'certificates' | 'metricsAccess' | 'parts' | 'newId'>;
