/**
 * The store: a record of narrow contracts, each in a file of its own by what it keeps. State passes through two write
 * paths: `messages.keepMessage` keeps everything new, `deliveries.changeDelivery` changes everything kept. Each is one
 * transaction together with its evidence. Statements, JWS and JWE pass as JSON text, exactly as they were signed. Secrets
 * arrive here already wrapped, content already sealed: a store has no key and reads neither.
 *
 * One rule holds for every verb of every contract, and a verb says where it differs.
 *
 * - It resolves once what it wrote is on disk, and gives only what was committed before.
 * - It rejects with a fault for which `isDown` (`fault.ts`) is true if the database cannot serve: then nobody knows
 *   whether it was done. A `Refusal`, or what a function of the caller throws, means that nothing was written.
 * - It retries nothing across a lost connection. Whoever called repeats the call: a loop at its next turn, a command when
 *   its operator does, an API route and a page through their caller, who is answered 503 with `Retry-After`.
 * - A tampered row that grants something counts as absent, and raises the alarm. Before `database.guard` was called, a verb
 *   about such a row rejects.
 * - A verb of an operator takes the act and records it in the same transaction; where nothing changed, nothing is recorded.
 *   It rejects with Refusal `operator-log-broken` or `grants-not-adopted` where the guard lets no entry follow.
 */

import type { ArrivalStore } from './contracts/arrivals.ts';
import type { ContentStore } from './contracts/content.ts';
import type { DatabaseStore } from './contracts/database.ts';
import type { DeliveryStore } from './contracts/deliveries.ts';
import type { DirectoryStore } from './contracts/directory.ts';
import type { EndpointStore } from './contracts/endpoints.ts';
import type { LedgerStore } from './contracts/ledger.ts';
import type { LetterStore } from './contracts/letters.ts';
import type { LinkStore } from './contracts/links.ts';
import type { MessageStore } from './contracts/messages.ts';
import type { PinStore } from './contracts/pins.ts';
import type { SecretStore } from './contracts/secrets.ts';
import type { ThreadStore } from './contracts/threads.ts';

export interface Store {
  readonly directory: DirectoryStore;
  readonly endpoints: EndpointStore;
  readonly secrets: SecretStore;
  readonly messages: MessageStore;
  readonly deliveries: DeliveryStore;
  readonly arrivals: ArrivalStore;
  readonly links: LinkStore;
  readonly pins: PinStore;
  readonly threads: ThreadStore;
  readonly content: ContentStore;
  readonly ledger: LedgerStore;
  readonly letters: LetterStore;
  readonly database: DatabaseStore;
}
