/**
 * The contract of the store. State passes through two narrow doors: everything new is kept by `keepMessage`,
 * everything kept changes through `changeDelivery`; each is one transaction together with its evidence. Statements,
 * JWS and JWE pass as JSON text, exactly as they were signed. Secrets arrive here already wrapped, content already
 * sealed: a store has no key and reads neither.
 *
 * A verb of an operator takes the act as its last parameter and records it in the same transaction; where nothing changed,
 * nothing is recorded.
 */

import type { Note } from '../domain/carriage/note.ts';
import type { Endpoint } from '../domain/party/channel.ts';
import type { OffByHand } from '../domain/party/endpoint-life.ts';
import type { Roster } from '../domain/terms/roster.ts';
import type { LongText } from '../domain/words/long-text.ts';
import type { AdoptionStore } from './adoption-contract.ts';
import type { ComplaintStore } from './complaints-contract.ts';
import type { Guard } from './guard.ts';
import type { JudgingStore } from './judging-contract.ts';
import type { LedgerStore } from './ledger-contract.ts';
import type { Act, OperatorLogStore } from './operator-log-contract.ts';
import type { PinStore } from './pins-contract.ts';
import type {
  AccessKeyRow,
  ArrivalRow,
  ByLink,
  Change,
  CheckStatement,
  Claimed,
  ClaimedNote,
  DirectoryRows,
  EvidenceRow,
  Held,
  HeldContent,
  Kept,
  KeptThread,
  LinkCodeRow,
  LinkFound,
  LinkRow,
  MadeWith,
  MessageRow,
  MessageView,
  NewArrival,
  NewMessage,
  NewWithdrawal,
  Purge,
  Receipt,
  Reminded,
  SecretKind,
  SecretRow,
  SentWithdrawal,
  StatementRows,
  ThreadContent,
  ThreadsUnder,
} from './records.ts';
import type { VersionStore } from './versions-contract.ts';
import type { Asking } from './waiting.ts';
import type { WantedStore } from './wanted-contract.ts';

/** How an endpoint comes back. */
export interface Back {
  /** Codes of what stays off. */
  readonly but: readonly string[];
  /** By what, in a short word of ours. */
  readonly sign: string;
}

/** An endpoint that its channel switched off, or a sign of life on again. */
export interface Switched {
  readonly id: string;
  readonly act: 'endpoint.off' | 'endpoint.on';
  /** The channel's code, or the sign. */
  readonly why: string;
}

export interface Store
  extends LedgerStore,
    OperatorLogStore,
    AdoptionStore,
    ComplaintStore,
    WantedStore,
    PinStore,
    VersionStore,
    JudgingStore {
  /**
   * Gives the store what proves the rows that grant something: endpoints, links, codes, access keys, secrets, rosters,
   * arrivals, and what is to go where. Before that every verb about one throws; one that does not hold counts as absent.
   */
  guard(guard: Guard): void;

  // — the directory —
  /** Keeps a verified designation beside those before it; the same text again does nothing. */
  keepDesignation(
    row: {
      did: string;
      slug: string;
      country: string;
      from: Date;
      statement: string;
    },
    check: CheckStatement | undefined,
    act: Act,
  ): Promise<void>;
  /**
   * Keeps a verified withdrawal together with the evidence that it was taken. The same again keeps neither, and brings
   * the evidence that was given first.
   */
  keepWithdrawal(
    row: NewWithdrawal,
    act: Act,
  ): Promise<{ readonly isNew: boolean; readonly evidence: string }>;
  /** The evidence by which this gateway took the withdrawals of these focal points, in the order in which it did. */
  withdrawalEvidence(parties: readonly string[]): Promise<readonly EvidenceRow[]>;
  /** Makes every kept withdrawal due to each of these gateways that does not have it yet; resolves to how many are new. */
  sendWithdrawals(gateways: readonly string[], now: Date): Promise<number>;
  /** Claims withdrawals that are due to be sent, as deliveries are; `tries` counts this claim. */
  claimWithdrawals(now: Date, leaseUntil: Date, limit: number): Promise<readonly SentWithdrawal[]>;
  /** Ends a sending with the other gateway's signed word for it, or has it sent again at `retryAt`. */
  finishWithdrawal(
    sent: Pick<SentWithdrawal, 'did' | 'digest' | 'gateway'>,
    end: { readonly evidence: EvidenceRow } | { readonly retryAt: Date },
  ): Promise<void>;
  /** How many sendings no gateway has answered with its word yet. */
  withdrawalsWaiting(): Promise<number>;
  /**
   * Keeps a verified agreement; the same again does nothing.
   * @throws Refusal `already-exists` where this version was kept with another text: messages refer to it
   */
  keepAgreement(
    row: { id: string; version: number; from: Date; statement: string },
    check: CheckStatement | undefined,
    act: Act,
  ): Promise<void>;
  /** Keeps a verified designation of a gateway beside those before it; the same text again does nothing. */
  keepGateway(
    row: { did: string; country: string; from: Date; statement: string },
    check: CheckStatement | undefined,
    act: Act,
  ): Promise<void>;
  /**
   * Designations (by DID or slug; all when left out), their endpoints, and every agreement and gateway, in one round
   * trip. Of each focal point and gateway the designation that began last before `at` and those that begin later; every
   * one there ever was where `at` is left out.
   */
  directory(parties?: readonly string[], at?: Date): Promise<DirectoryRows>;
  /** The statements of that directory of everybody. No endpoint is read, so that none is alarmed of. */
  statements(at?: Date): Promise<StatementRows>;
  /**
   * Keeps an endpoint; one with the same id is replaced, and enabled or not as it says. What lets somebody new read, and is not
   * the first of its desk, waits (`waiting.ts`): a new one is off meanwhile, one in use stays as it is.
   * @throws Refusal `already-exists` where the focal point has another at this channel and address for the same officer
   */
  keepEndpoint(endpoint: Endpoint, act: Act, asking: Asking): Promise<void>;
  /**
   * Notes how an officer of a focal point (DID) was called until now, at endpoints and unused codes that do not say it;
   * and, where `after` is given, that the same person is called so from now on: an endpoint waits for its desk with that
   * (`waiting.ts`). The same of the officer's PIN and its codes, which open nothing without an account.
   */
  noteOfficerName(
    officer: { readonly focalPoint: string; readonly id: string },
    names: { readonly before: string; readonly after?: string | undefined },
    acts: { readonly endpoint: (id: string) => Act; readonly pin: (subject: string) => Act },
    asking: Asking,
  ): Promise<void>;
  /**
   * Makes due at once what waits for a way to a focal point (DID): queued deliveries that were put off with one of these
   * codes. Resolves to how many there were.
   */
  hurryWaiting(focalPoint: string, codes: readonly string[], now: Date): Promise<number>;
  /**
   * Makes due at once what waits for another gateway (DID): deliveries that are not under way, unless they were put off
   * with one of the codes `but` last, and withdrawals. Resolves to how many there were.
   */
  hurryPeer(gateway: string, but: readonly string[], now: Date): Promise<number>;
  /** The gateways (DID) for which something waits that `hurryPeer` would make due. */
  peersWaitedFor(but: readonly string[], now: Date): Promise<readonly string[]>;
  /** Makes these deliveries due at once, where they wait and are not under way. Resolves to how many did. */
  hurryDeliveries(ids: readonly string[], now: Date): Promise<number>;
  /** An endpoint by its id, whether or not it is in use. */
  endpoint(id: string): Promise<Endpoint | undefined>;
  /**
   * Takes an endpoint out of use for good, as far as signs of life go: `code` is one of `OFF_BY_HAND`. Its links end, it is
   * not tried, and what is queued there is due at once, to go elsewhere. A removed one keeps no address and no certificate. False where it was out by this code already.
   */
  takeOut(id: string, code: OffByHand, now: Date, act: Act): Promise<boolean>;
  /**
   * Puts an endpoint that is off back into use, unless its code is one of `back.but`; what is queued there is due at once. One
   * that was taken out by hand comes back by an act only. Where somebody is asking, an account that had ended waits for its
   * desk, and it is false.
   */
  bringBack(id: string, back: Back, now: Date, act?: Act, asking?: Asking): Promise<boolean>;
  /**
   * Writes into the operator's log what channels switched off since, and what came back by a sign of life; each once.
   * @param act the entry for one of them
   * @returns how many entries were made
   */
  recordSwitches(act: (one: Switched) => Act): Promise<number>;
  /** Endpoints that a channel switched off, the one that is off longest first. */
  endpointsOff(): Promise<readonly Endpoint[]>;
  /** Deliveries, but no reminders, that failed at an endpoint with one of these codes last, and have time left; 1,000 at most. */
  failedAt(endpoint: string, codes: readonly string[], now: Date): Promise<readonly string[]>;
  /** Keeps a note for an endpoint, due at once. */
  keepNote(endpoint: string, note: Note): Promise<void>;
  /** Claims notes that are due, as deliveries are. */
  claimNotes(now: Date, leaseUntil: Date, limit: number): Promise<readonly ClaimedNote[]>;
  /** Ends a note, which is forgotten, or has it brought again at `retryAt`. */
  finishNote(id: string, retryAt?: Date): Promise<void>;
  /**
   * Keeps a secret; the same owner, kind and id again replaces it. It is made by an act of its own, or with another grant,
   * which must count.
   */
  keepSecret(row: SecretRow, by: Act | MadeWith): Promise<string>;
  /** Secrets of one owner and kind that are still in use at `now`, newest first. */
  secrets(owner: string, kind: SecretKind, now: Date): Promise<readonly SecretRow[]>;
  /**
   * Secrets of all owners in the order they were first kept, from the one after `after` (`0` for the first): the next
   * page begins after the last `place`. One that is replaced keeps its place.
   */
  secretPage(
    after: string,
    limit: number,
  ): Promise<readonly { readonly place: string; readonly row: SecretRow; readonly isSound: boolean }[]>;
  /** Keeps the secret as `again`, unless it was replaced since `row` was read; false where it was. */
  rewrapSecret(row: SecretRow, again: string): Promise<boolean>;
  /** Values by which master keys are known, each with the id of its key; the newest first. */
  masterChecks(): Promise<readonly { readonly id: string; readonly wrapped: string }[]>;
  /** Keeps the value of a master key; one that is kept already stays. */
  keepMasterCheck(id: string, wrapped: string): Promise<void>;
  /** Forgets the values of all other master keys. */
  forgetMasterChecks(except: string): Promise<void>;
  /**
   * Takes on the warning of an end: true for one caller only, where none was given of this very end, or the last one
   * at `notSince` or before.
   */
  claimWarning(
    ending: { readonly what: string; readonly name: string; readonly until: Date },
    now: Date,
    notSince: Date,
  ): Promise<boolean>;
  keepAccessKey(row: { hash: string; focalPoint: string; name: string }, now: Date, act: Act): Promise<void>;
  /**
   * The DID of the focal point an access key is bound to, and notes the day (UTC) on which it was asked for; undefined
   * where there is no such key, or it was ended.
   */
  accessKey(hash: string, now: Date): Promise<string | undefined>;
  /** Access keys of one focal point (DID), or of all: in the order in which they were made, ended ones among them. */
  accessKeys(focalPoint?: string): Promise<readonly AccessKeyRow[]>;
  /** Ends an access key, from the next call on. One that was ended before stays ended since then. */
  endAccessKey(hash: string, now: Date, act: Act): Promise<void>;

  // — door one: everything new —
  /**
   * Keeps a message with its recipients, deliveries and receipt. Concurrent calls may share one
   * transaction; what is wrong with one of them does not disturb the others. Its endpoints must be kept already.
   */
  keepMessage(entry: NewMessage): Promise<Kept>;
  /** The receipt given for this sender's submission key, if there is one. */
  receipt(sender: string, submissionKey: string): Promise<Receipt | undefined>;
  /** Every evidence with this id in it, whoever signed it: an id is unique to its signer only. */
  evidenceNamed(id: string): Promise<readonly EvidenceRow[]>;
  /** Keeps evidence of something that was refused and so has no message. */
  keepRejection(row: EvidenceRow): Promise<void>;

  // — door two: every change —
  /**
   * Holds the delivery's recipient row and the delivery, asks `decide`, writes what it says. `decide` may be called
   * again if the transaction is retried: it must only compute and sign, and must not call the store. Resolves to what
   * was held, undefined where no such delivery exists; a throw from `decide` writes nothing and comes back to the
   * caller. Concurrent calls may share one transaction; two for the same recipient follow each other. A `link` is held as
   * well, shown to `decide`, and used by whatever that does not throw at.
   * @throws Refusal `already-exists`, with nothing written, where evidence of the same id is kept already
   */
  changeDelivery(
    id: string,
    decide: (held: Held) => Promise<Change>,
    link?: ByLink,
  ): Promise<Held | undefined>;
  /** The same, read without holding anything: for what a decision needs before the row is held. */
  look(id: string): Promise<Held | undefined>;
  /** Any delivery of the message to this recipient, lowest rank first. */
  deliveryTo(message: string, to: string): Promise<string | undefined>;

  // — content that goes —
  /**
   * Deletes what is kept of a message's content, together with what `decide` says. For a recall once, whether or not the
   * message is here (`held` is undefined then); otherwise only where there is content. `decide` must only compute and
   * sign; undefined deletes nothing, and a recall is then done with. Resolves to whether anything was deleted now.
   */
  purge(
    what: { readonly message: string; readonly recall?: string },
    decide: (held: HeldContent | undefined) => Promise<Purge | undefined>,
    now: Date,
  ): Promise<boolean>;
  /** The recall of a message by its sender; the message itself may be unknown here. */
  recallOf(message: string, sender: string): Promise<MessageRow | undefined>;
  /** Recalls that were not carried out here yet, oldest first. */
  openRecalls(limit: number): Promise<readonly MessageRow[]>;
  /** All recalls by id, from the one after `after` (empty for the first). */
  recalls(after: string, limit: number): Promise<readonly MessageRow[]>;
  /**
   * Threads that hold content of messages accepted at `acceptedBy` or before, whole, by id, from the one after `after`
   * (empty for the first). What may yet be delivered is judged at `now`.
   */
  keptContent(
    page: { readonly after: string; readonly acceptedBy: Date },
    limit: number,
    now: Date,
  ): Promise<readonly ThreadContent[]>;

  // — the row is the job —
  /**
   * Claims due deliveries by moving their `dueAt` to `leaseUntil`; skips what others hold. Oldest due first. May bring
   * fewer than are due, where their sealed messages together are too large for one claim, or many are for one endpoint:
   * claim until none come.
   * @param share how many may be for one endpoint, and the endpoints for which none is claimed
   */
  claimDeliveries(
    now: Date,
    leaseUntil: Date,
    limit: number,
    share?: { readonly toOne: number; readonly but: readonly string[] },
  ): Promise<readonly Claimed[]>;
  /** Keeps an arrival; false when the channel brought it before. */
  keepArrival(channel: string, arrival: NewArrival, now: Date): Promise<boolean>;
  /**
   * Claims arrivals in the same way; `tries` counts this claim. An arrival waits while an earlier one of the same account
   * is not worked on. One that failed {@link HOLDS_UP} times holds up only those about the same delivery.
   */
  claimArrivals(now: Date, leaseUntil: Date, limit: number): Promise<readonly ArrivalRow[]>;
  /** Ends an arrival and forgets all but its id. */
  finishArrival(channel: string, id: string): Promise<void>;
  /** Has an arrival looked at again. With `said` it is worked on, and only its answer is still to be told. */
  putOffArrival(
    channel: string,
    id: string,
    later: { readonly at: Date; readonly said?: unknown },
  ): Promise<void>;
  /**
   * Makes due at once what processes that are gone had claimed, so that a crash costs no lease, and taps and messages that a clock
   * which has been set back since put off. A process is known by
   * its connections' `application_name`, which must be its own; where it is shared, the lease has to end. Resolves to
   * how many were released.
   */
  releaseAbandoned(now: Date): Promise<number>;
  /**
   * Claims threads in which something may have fallen due, in the same way. A thread that is given an earlier time
   * meanwhile is due again then, whoever works on it.
   */
  claimChases(now: Date, leaseUntil: Date, limit: number): Promise<readonly string[]>;
  /** Ends a look at a thread that was claimed until `leaseUntil`: the next one is at `next`, or not by itself. */
  finishChase(thread: string, leaseUntil: Date, next: Date | undefined): Promise<void>;
  /** Of each endpoint (by id) that was ever reminded: when last, and the first reminder that is still to go. */
  reminded(endpoints: readonly string[]): Promise<ReadonlyMap<string, Reminded>>;
  /** Keeps a focal point's duty roster in place of the one before. */
  keepRoster(focalPoint: string, roster: Roster, act: Act): Promise<void>;
  /** Rosters by DID, of those that have one. They are checked when they are kept. */
  rosters(focalPoints: readonly string[]): Promise<ReadonlyMap<string, Roster>>;
  /**
   * When the next delivery, arrival, chase or withdrawal is due or its lease ends; undefined when none waits.
   * @param but endpoints whose deliveries are left out
   */
  nextDue(but?: readonly string[]): Promise<Date | undefined>;
  /**
   * Calls `wake` soon after new work is kept by any process, and sometimes for nothing. Resolves once listening; call
   * the result to stop. A word can be lost: poll as well.
   */
  listen(wake: () => void): Promise<() => Promise<void>>;
  /** Tells all processes on this database something that is kept nowhere, in less than 8,000 bytes. */
  tellUse(text: string): Promise<void>;
  /** Calls `heard` with what any process tells, this one included; call the result to end. */
  hearUse(heard: (text: string) => void): Promise<() => Promise<void>>;

  // — links —
  keepLinks(rows: readonly LinkRow[]): Promise<void>;
  /** Looks without using. A link used by this same browser within its grace still counts as open. */
  findLink(hash: string, boundTo: string, now: Date): Promise<LinkFound>;
  /** Uses a link, once; the same browser may come back to it for 15 minutes. */
  takeLink(use: ByLink): Promise<LinkFound>;
  keepLinkCode(row: LinkCodeRow, act: Act): Promise<void>;
  /** Whether this is a code that may still be used. */
  isLinkCode(hash: string, now: Date): Promise<boolean>;
  /** Notes that this account brought a code that may still be used; undefined where it may not. */
  askLinkCode(hash: string, address: string, now: Date): Promise<LinkCodeRow | undefined>;
  /** The code of the endpoint it becomes that this account brought last, used or not. */
  askedLinkCode(endpoint: string, address: string): Promise<LinkCodeRow | undefined>;
  /** Uses a code and makes the account an endpoint, in one step. The same account again gets the same endpoint. */
  takeLinkCode(
    hash: string,
    address: string,
    now: Date,
    act: (endpoint: string) => Act,
  ): Promise<Endpoint | undefined>;
  /** Endpoints of this channel at this address. */
  endpointsAt(channel: string, address: string): Promise<readonly Endpoint[]>;
  /**
   * Endpoints of every desk at the account of this one. `isSpoilt`: one there, or an account of anybody that the operator's log
   * has, is gone or not what was granted, so that nobody can say who uses the account.
   */
  accountUse(
    account: Pick<Endpoint, 'channel' | 'address'>,
  ): Promise<{ readonly endpoints: readonly Endpoint[]; readonly isSpoilt: boolean }>;

  // — reading —
  view(message: string): Promise<MessageView | undefined>;
  /** Whether there is a row of this id, spoilt or not. */
  isKept(message: string): Promise<boolean>;
  /** The sealed message to one recipient, as text; of the sender its own copy, where it is in custody here. */
  sealed(message: string, party: string): Promise<LongText | undefined>;
  consignment(message: string): Promise<LongText | undefined>;
  /** DIDs of all who sent or received in a thread; empty when the thread is not known. */
  threadParties(thread: string): Promise<readonly string[]>;
  /** The messages of a thread, in the order in which they were accepted. */
  thread(thread: string): Promise<readonly MessageRow[]>;
  /** Ids of the messages of a thread, in the order in which they were accepted. */
  threadMessages(thread: string): Promise<readonly string[]>;
  /** All that is kept of each of these threads, in their order; of an unknown one no messages. */
  keptThreads(threads: readonly string[]): Promise<readonly KeptThread[]>;
  /**
   * Threads in which something may be owed to or by the party (DID), or by anybody where it is left out: the one that was
   * written in last comes first. Whether something is owed is for `domain/turn/turn` to say; no thread where it is, is missing.
   */
  maybeOpenThreads(party: string | undefined, limit: number): Promise<readonly string[]>;
  /** Threads that name this one as their parent, in a message the party sent or was sent; by anybody where left out. */
  childThreads(thread: string, party: string | undefined): Promise<readonly string[]>;
  /**
   * Ids of threads, rising, in which a message was accepted in a period (`to` excluded) and is carried to a recipient
   * under an agreement; from the one after `after` (empty for the first).
   */
  threadsUnder(period: ThreadsUnder, limit: number): Promise<readonly string[]>;
  /** Counts for metrics: deliveries by channel and state, endpoints that are off, and the age of the oldest one due, in seconds. */
  figures(now: Date): Promise<{
    readonly deliveries: readonly { channel: string; state: string; count: number }[];
    readonly oldestDueSeconds: number;
    /** Endpoints that are off, by why; those that were removed do not count. */
    readonly off: readonly { channel: string; code: string; count: number }[];
  }>;

  // — letters —
  /**
   * The number of the formal letter that an office (DID) has of a message: in that year's register, from 1 without gaps.
   * Given when it is first asked for; ever after the same, whatever year is asked.
   */
  letterNumber(
    letter: { readonly message: string; readonly office: string; readonly year: number },
    now: Date,
  ): Promise<{ readonly year: number; readonly number: number }>;

  // — life —
  /** Resolves when the database answers and its schema is the one this code was written for. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
