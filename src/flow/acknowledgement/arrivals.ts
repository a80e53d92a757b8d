/** Arrivals that were kept: worked on here, each once, and answered. */
import type {
  Adapter,
  LinkedAs,
  Outcome,
  RecordedDecision,
  ReplyAddress,
  ReplyName,
} from '../../domain/carriage/adapter.ts';
import { nextAttemptAt } from '../../domain/carriage/delivery.ts';
import {
  effectiveAcknowledgementOf,
  type KnownAcknowledgement,
} from '../../domain/evidence/effective-acknowledgement.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { type Designation, isInForceAt } from '../../domain/party/designation.ts';
import { officerOfEndpoint } from '../../domain/party/endpoint-officer.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Gateway } from '../../gateway.ts';
import type { Calling, Judging, Posting, Storing, Verifying } from '../../gateway-parts.ts';
import type { ArrivalRow } from '../../store/contracts/arrivals.ts';
import type { HeldDelivery } from '../../store/contracts/deliveries.ts';
import { isSharedAccount } from '../account/shared-account.ts';
import type { Job } from '../carry/dispatch.ts';
import { restoreEndpointByAccount } from '../carry/endpoint-restoring.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { answerLink, askToLink } from '../endpoint/linking.ts';
import { readAcknowledgements } from '../evidence/effective-acknowledgement.ts';
import { proveHeld, readSigners } from '../evidence/proven.ts';
import { deliveryOfArrival, hashOfCode, type KeptArrival, wasSharedAccount } from './kept-arrivals.ts';
import { type RecordedAcknowledgement, recordAcknowledgement } from './recording.ts';

const LEASE = 60;

/** How long a failed try waits for the next at most, in seconds: somebody is waiting with a phone in the hand. */
const LONGEST_WAIT = 60;

/** After this many failed tries the officer is told that the answer is not recorded yet. */
const TELL_AFTER = 6;

/** How long it is tried in any case, and how long the answer to it is worth telling. Milliseconds. */
const A_DAY = 86_400_000;

/** Claims up to `limit` due arrivals. Each job given back works on one of them and never rejects. */
export async function claimArrivals(gateway: Gateway, limit: number): Promise<readonly Job[]> {
  const now = gateway.now();
  const rows = await gateway.store.arrivals.claimArrivals(
    now,
    new Date(now.getTime() + LEASE * 1_000),
    limit,
  );
  return rows.map((row) => () => work(gateway, row));
}

async function work(gateway: Gateway, row: ArrivalRow): Promise<void> {
  const { channel, id } = row;
  const adapter = [...gateway.adapters.values()].find((one) => one.channel === channel);
  const arrival = row.payload as KeptArrival;
  try {
    if (adapter === undefined) throw new Error('channel not running');
    const back = await restoreEndpointByAccount(gateway, channel, arrival.reply.address);
    const said =
      (row.said as Said | undefined) ?? (await handle(gateway, adapter, arrival, row.keptAt, back));
    if (said !== undefined && !(await tell(gateway, adapter, row, said))) return;
    await gateway.store.arrivals.finishArrival(channel, id);
    gateway.log.info('arrival.done', { channel, kind: arrival.kind, word: said?.word ?? 'none' });
  } catch (fault) {
    await tryLater(gateway, adapter, row, fault).catch(() => {});
  }
}

/**
 * Has the arrival looked at again, until what it is about has ended: an officer's word is not given up before. If not
 * even that can be written, its lease brings it back.
 */
async function tryLater(
  gateway: Calling,
  adapter: Adapter | undefined,
  row: ArrivalRow,
  fault: unknown,
): Promise<void> {
  const { channel, id, tries, keptAt } = row;
  const { kind, reply } = row.payload as KeptArrival;
  const now = gateway.now();
  const isOver = now.getTime() - keptAt.getTime() > A_DAY && (await hasEnded(gateway, row, now));
  const name = fault instanceof Error ? fault.name : 'unknown';
  gateway.log.error('arrival.fault', { channel, kind, fault: name, again: !isOver });
  const tellThem = (word: ReplyName) => adapter && say(adapter, reply, { word }).catch(() => {});
  if (isOver) {
    await tellThem('not-recorded');
    await gateway.store.arrivals.finishArrival(channel, id);
  } else {
    if (tries === TELL_AFTER) await tellThem('delayed');
    await gateway.store.arrivals.putOffArrival(channel, id, { at: soon(gateway, tries) });
  }
}

const soon = (gateway: Calling, tries: number): Date => {
  const now = gateway.now();
  const longest = now.getTime() + LONGEST_WAIT * 1_000;
  return new Date(Math.min(nextAttemptAt(tries, now, gateway.random()).getTime(), longest));
};

/** Whether the message that was answered is over; what is about no message is. A fault is thrown: then nobody knows. */
async function hasEnded(gateway: Storing, row: ArrivalRow, now: Date): Promise<boolean> {
  const delivery = deliveryOfArrival(row.payload as KeptArrival);
  const held = delivery === undefined ? undefined : await gateway.store.deliveries.readDelivery(delivery);
  return held === undefined || held.message.expiresAt <= now;
}

/** An answer to an arrival. It is kept as it stands until it was told: what was said once is not said otherwise later. */
interface Said {
  readonly word: ReplyName;
  readonly lang?: string;
  readonly about?: { readonly delivery: string; readonly reference?: string };
  readonly recorded?: RecordedDecision;
  readonly link?: LinkedAs;
}

async function handle(
  gateway: Posting,
  adapter: Adapter,
  arrival: KeptArrival,
  keptAt: Date,
  back: Endpoint | undefined,
): Promise<Said | undefined> {
  switch (arrival.kind) {
    case 'alive':
      return back && { word: 'linked-again', lang: back.lang };
    case 'link':
      return askToLink(gateway, adapter, hashOfCode(arrival), arrival.reply.address);
    case 'link-answer':
      return answerLink(gateway, adapter, arrival, keptAt);
    case 'ground-wanted':
      return askGround(gateway, adapter, arrival);
    case 'decision':
      return decided(gateway, adapter, arrival, keptAt);
    case 'chatter':
      return back === undefined ? { word: 'help' } : { word: 'linked-again', lang: back.lang };
  }
}

/** Only the account that was shown the notice may act on it. */
function mine(adapter: Adapter, designation: Designation, held: HeldDelivery, address: string): string {
  const { endpoint } = held;
  const isTheirs = endpoint.channel === adapter.channel && endpoint.address === address && endpoint.enabled;
  if (!isTheirs)
    throw new Refusal('unknown-officer', 'the account that acted is not the one that was notified');
  const officer = officerOfEndpoint(designation, endpoint);
  if (officer === undefined)
    throw new Refusal('unknown-officer', 'the officer of this account is no longer designated');
  return officer.id;
}

/** The desk that a delivery went to, as it is designated now. */
async function deskOf(gateway: Judging, held: HeldDelivery | undefined): Promise<Designation | undefined> {
  if (held === undefined) return undefined;
  const designation = findDesignation(await readDirectory(gateway, [held.delivery.to]), held.delivery.to);
  return designation !== undefined && isInForceAt(designation, gateway.now()) ? designation : undefined;
}

async function askGround(
  gateway: Verifying,
  adapter: Adapter,
  arrival: Extract<KeptArrival, { kind: 'ground-wanted' }>,
): Promise<Said> {
  const { delivery, reply } = arrival;
  const found = await gateway.store.deliveries.readDelivery(delivery);
  const held = found && (await proveHeld(await readSigners(gateway), found));
  const focalPoint = await deskOf(gateway, held);
  if (held === undefined || focalPoint === undefined) return { word: 'not-yours' };
  let officer: string;
  try {
    officer = mine(adapter, focalPoint, held, reply.address);
  } catch {
    return { word: 'not-yours' };
  }
  if ((await gateway.store.content.recallOf(held.message.id, held.message.sender)) !== undefined)
    return { word: 'taken-back', lang: held.endpoint.lang };
  if (wasSharedAccount(arrival, held.delivery.to) || (await isSharedAccount(gateway, held.endpoint)))
    return { word: 'answer-on-page', lang: held.endpoint.lang };
  const effective = effectiveAcknowledgementOf(readAcknowledgements(held)).effective;
  if (effective !== undefined) return { ...wordOf(effective, officer), lang: held.endpoint.lang };
  const { reference } = held.delivery;
  return {
    word: 'ask-ground',
    lang: held.endpoint.lang,
    about: { delivery, ...present({ reference }) },
  };
}

async function decided(
  gateway: Posting,
  adapter: Adapter,
  arrival: Extract<KeptArrival, { kind: 'decision' }>,
  givenAt: Date,
): Promise<Said> {
  if (arrival.by.via !== 'account') return { word: 'not-yours' };
  const { address, delivery } = arrival.by;
  const found = await gateway.store.deliveries.readDelivery(delivery);
  const focalPoint = await deskOf(gateway, found);
  if (found === undefined || focalPoint === undefined) return { word: 'not-yours' };
  const isTheirs = found.endpoint.channel === adapter.channel && found.endpoint.address === address;
  if (
    isTheirs &&
    (wasSharedAccount(arrival, found.delivery.to) || (await isSharedAccount(gateway, found.endpoint)))
  )
    return { word: 'answer-on-page', lang: found.endpoint.lang };
  let lang: { readonly lang?: string } = {};
  let officer = '';
  try {
    const answered = await recordAcknowledgement(gateway, delivery, (held) => {
      lang = { lang: held.endpoint.lang };
      officer = mine(adapter, focalPoint, held, address);
      return {
        decision: arrival.decision,
        officer,
        givenAt,
        attestation: { how: 'telegram-account' },
        ...present({ ground: arrival.ground }),
      };
    });
    return { ...recordedBy(answered, officer), ...lang };
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    return fault.code === 'recalled' ? { word: 'taken-back', ...lang } : { word: 'not-yours' };
  }
}

/** What is on record now, as the officer is told it. A repeat tells what the first tap recorded. */
function recordedBy(
  { result, acknowledgement, effectiveBefore }: RecordedAcknowledgement,
  officer: string,
): Said {
  if (result === 'repeat') return wordOf(effectiveBefore ?? acknowledgement, officer);
  if (result !== 'contradiction') return { word: 'taken', recorded: decisionIn(acknowledgement) };
  const isOwn = effectiveBefore?.officer.id === officer;
  return { word: isOwn ? 'contradicts-self' : 'contradiction', recorded: decisionIn(acknowledgement) };
}

/** The word that stands, as one of the desk's officers is told it. */
const wordOf = (effective: KnownAcknowledgement, officer: string): Said => ({
  word: effective.officer.id === officer ? 'taken' : 'already-settled',
  recorded: decisionIn(effective),
});

const decisionIn = ({ decision, ground }: KnownAcknowledgement): RecordedDecision => ({
  decision,
  ...present({ ground }),
});

/**
 * Tells the answer. Where the channel cannot take it now, it is kept and told later, for a day: the deed itself is done.
 * @returns whether that is over
 */
async function tell(gateway: Calling, adapter: Adapter, row: ArrivalRow, said: Said): Promise<boolean> {
  const outcome = await say(adapter, (row.payload as KeptArrival).reply, said).catch(
    (): Outcome => ({ kind: 'deferred', code: 'fault' }),
  );
  const now = gateway.now();
  if (outcome.kind !== 'deferred' || now.getTime() - row.keptAt.getTime() > A_DAY) return true;
  const tries = row.said === undefined ? 1 : row.tries;
  const at = nextAttemptAt(tries, now, gateway.random(), outcome.retryAfter);
  await gateway.store.arrivals.putOffArrival(row.channel, row.id, { at, said });
  return false;
}

const say = (
  adapter: Adapter,
  reply: ReplyAddress,
  { word, lang, about, recorded, link }: Said,
): Promise<Outcome> =>
  adapter.send(
    {
      kind: 'reply',
      address: reply.address,
      lang: lang ?? reply.lang,
      word,
      ...present({ reply: reply.handle, about, recorded, link }),
    },
    AbortSignal.timeout(20_000),
  );
