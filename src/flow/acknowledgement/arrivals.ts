/** Works on the arrivals that were kept: each once, with a reply to the person. */
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
import type { RecordedAcknowledgement } from './issuing.ts';
import { deliveryOfArrival, hashOfCode, type KeptArrival, wasSharedAccount } from './kept-arrivals.ts';
import { recordAcknowledgement } from './recording.ts';

const LEASE = 60;

/**
 * Longest wait between two attempts, in seconds. It is short because somebody waits for the reply at a phone.
 */
const LONGEST_WAIT = 60;

/** After this many failed attempts the officer is told that the answer is not recorded yet. */
const TELL_AFTER = 6;

/** Milliseconds for which an arrival is always tried, and for which a reply to it is still sent. */
const A_DAY = 86_400_000;

/** Claims up to `limit` due arrivals. Each returned job works on one of them and never rejects. */
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
    const said = (row.said as Said | undefined) ?? (await handle(gateway, adapter, row, back));
    if (said !== undefined && !(await tell(gateway, adapter, row, said))) return;
    await gateway.store.arrivals.finishArrival(channel, id);
    gateway.log.info('arrival.done', { channel, kind: arrival.kind, reply: said?.word ?? 'none' });
  } catch (fault) {
    await tryLater(gateway, adapter, row, fault).catch(() => {});
  }
}

/**
 * Schedules the next attempt. An officer's decision is not given up before its message has ended. If even
 * this cannot be written, the row's lease ends and the arrival is claimed again.
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
  return new Date(Math.min(nextAttemptAt(now, { tries, jitter: gateway.random() }).getTime(), longest));
};

/**
 * Whether the message that was answered is over. An arrival about no message is over. Faults are thrown: they
 * leave it open.
 */
async function hasEnded(gateway: Storing, row: ArrivalRow, now: Date): Promise<boolean> {
  const delivery = deliveryOfArrival(row.payload as KeptArrival);
  const held = delivery === undefined ? undefined : await gateway.store.deliveries.readDelivery(delivery);
  return held === undefined || held.message.expiresAt <= now;
}

/**
 * A reply to an arrival. It is kept unchanged until it was sent: the second attempt must not say something
 * else.
 */
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
  { payload, keptAt }: ArrivalRow,
  back: Endpoint | undefined,
): Promise<Said | undefined> {
  const arrival = payload as KeptArrival;
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

/** The officer of the account. @throws Refusal if another account acts than the one that was notified */
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

/** The designation in force now of the focal point to which a delivery went. */
async function focalPointOf(
  gateway: Judging,
  held: HeldDelivery | undefined,
): Promise<Designation | undefined> {
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
  const focalPoint = await focalPointOf(gateway, held);
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
  const focalPoint = await focalPointOf(gateway, found);
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

/** The reply about what is on record now. A repeat is answered with what the first tap recorded. */
function recordedBy(
  { result, acknowledgement, effectiveBefore }: RecordedAcknowledgement,
  officer: string,
): Said {
  if (result === 'repeat') return wordOf(effectiveBefore ?? acknowledgement, officer);
  if (result !== 'contradiction') return { word: 'taken', recorded: decisionIn(acknowledgement) };
  const isOwn = effectiveBefore?.officer.id === officer;
  return { word: isOwn ? 'contradicts-self' : 'contradiction', recorded: decisionIn(acknowledgement) };
}

/** The reply about the acknowledgement in effect, to one of the focal point's officers. */
const wordOf = (effective: KnownAcknowledgement, officer: string): Said => ({
  word: effective.officer.id === officer ? 'taken' : 'already-settled',
  recorded: decisionIn(effective),
});

const decisionIn = ({ decision, ground }: KnownAcknowledgement): RecordedDecision => ({
  decision,
  ...present({ ground }),
});

/**
 * Sends the reply. If the channel cannot take it now, keeps it and sends it later, for a day. The record is
 * made already.
 * @returns whether the arrival is finished
 */
async function tell(gateway: Calling, adapter: Adapter, row: ArrivalRow, said: Said): Promise<boolean> {
  const outcome = await say(adapter, (row.payload as KeptArrival).reply, said).catch(
    (): Outcome => ({ kind: 'deferred', code: 'fault' }),
  );
  const now = gateway.now();
  if (outcome.kind !== 'deferred' || now.getTime() - row.keptAt.getTime() > A_DAY) return true;
  const tries = row.said === undefined ? 1 : row.tries;
  const at = nextAttemptAt(now, { tries, jitter: gateway.random(), retryAfter: outcome.retryAfter });
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
