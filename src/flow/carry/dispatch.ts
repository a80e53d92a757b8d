/** Dispatch: claims due deliveries, hands each to its channel, and writes what came of it with its evidence. */
import type { Adapter, Outcome } from '../../domain/adapter.ts';
import { advance, type Delivery } from '../../domain/delivery.ts';
import { type ProblemCode, Refusal } from '../../domain/error.ts';
import { deliveryEvent, reminderEvent } from '../../domain/evidence.ts';
import { relaysTo } from '../../domain/gateway-designation.ts';
import { inForce } from '../../domain/party.ts';
import type { Gateway } from '../../gateway.ts';
import type { Change, Claimed, EvidenceRow, Held, RecipientRow } from '../../store/records.ts';
import { remindedBy } from '../chase/chase-step.ts';
import {
  isReminderToGo,
  quiet,
  reminderParcel,
  stillOwed,
  type Together,
  togetherOf,
} from '../chase/reminders.ts';
import { parcelFor } from '../content/parcel.ts';
import { type Directory, directoryOf, known } from '../directory/directory.ts';
import { refusedMailbox } from '../directory/mailbox.ts';
import { about, issue } from '../evidence/issue.ts';
import { type PeersWord, proven } from '../evidence/peers-word.ts';
import { tell } from '../evidence/tell.ts';
import { reviewAfter } from '../intake/review.ts';
import type { Breaker } from './breaker.ts';
import { failover } from './failover.ts';

/** How long a claim holds, and how long before that a channel is told to stop. Seconds. */
const LEASE = 60;
const PATIENCE = 45;

/**
 * Claims up to `limit` due deliveries. Each job given back carries one of them, or reminders that go together, and
 * resolves when it is written; a job never rejects.
 */
export async function claimDue(gateway: Gateway, breaker: Breaker, limit: number): Promise<readonly Job[]> {
  const now = gateway.now();
  const claimed = await gateway.store.claimDeliveries(now, new Date(now.getTime() + LEASE * 1_000), limit);
  if (claimed.length === 0) return [];
  const parties = new Set(
    claimed.flatMap(({ message, delivery }) => [
      message.sender,
      delivery.to,
      delivery.step?.recipient ?? delivery.to,
    ]),
  );
  const directory = await directoryOf(gateway, [...parties]);
  return togetherOf(claimed).map((together) => () => carry({ gateway, directory, breaker }, together));
}

/** One piece of claimed work. */
export type Job = () => Promise<void>;

interface Round {
  readonly gateway: Gateway;
  readonly directory: Directory;
  readonly breaker: Breaker;
}

/** One delivery, one try. A fault leaves the row as claimed: the lease ends and it is tried again. */
async function carry(round: Round, claimed: Together): Promise<void> {
  const { gateway, directory } = round;
  const [{ delivery }] = claimed;
  const started = performance.now();
  try {
    const together = await stillOwed(gateway, claimed);
    if (together === undefined) return;
    const tried = await attempt(round, together);
    const ms = Math.round(performance.now() - started);
    const ended = { ...tried, state: delivery.state, ms, jitter: gateway.random() };
    await Promise.all(together.map((one) => finish(gateway, directory, one, ended)));
    gateway.metrics.attempt(delivery.channel, tried.outcome.kind, ms / 1_000);
    gateway.log.info('delivery.attempt', {
      delivery: delivery.id,
      message: delivery.message,
      kind: delivery.kind,
      channel: delivery.channel,
      try: delivery.tries + 1,
      ...(together.length > 1 ? { together: together.length } : {}),
      outcome: tried.outcome.kind,
      code: tried.outcome.code,
      ms,
    });
  } catch (fault) {
    gateway.log.error('delivery.fault', {
      delivery: delivery.id,
      channel: delivery.channel,
      fault: nameOf(fault),
    });
  }
}

/**
 * Writes what came of a try. One consignment relayed for two recipients brings the same receipt twice: what is kept
 * already is left out the second time.
 */
async function finish(
  gateway: Gateway,
  directory: Directory,
  { delivery }: Claimed,
  ended: Ended,
): Promise<void> {
  const write = (one: Ended) =>
    gateway.store.changeDelivery(delivery.id, (held) => decideOutcome(gateway, directory, held, one));
  try {
    await write(ended);
  } catch (fault) {
    if (ended.word === undefined || !(fault instanceof Refusal) || fault.code !== 'already-exists')
      throw fault;
    await write({ ...ended, word: { ...ended.word, isKept: true } });
  }
}

const nameOf = (fault: unknown): string => (fault instanceof Error ? fault.name : 'unknown');

interface Tried {
  readonly outcome: Outcome;
  /** Why it failed, where the reason is ours and not the channel's. */
  readonly reason?: ProblemCode;
  /** What another gateway signed for it. */
  readonly word?: PeersWord;
}

type Ended = Tried & { readonly state: Delivery['state']; readonly ms: number; readonly jitter: number };

async function attempt(round: Round, together: Together): Promise<Tried> {
  const { gateway, directory, breaker } = round;
  const [claimed] = together;
  const { delivery, endpoint } = claimed;
  if (delivery.state === 'queued' && delivery.expiresAt <= gateway.now()) {
    return { outcome: { kind: 'rejected', code: 'expired' }, reason: 'expired' };
  }
  if (isCutOff(round, claimed))
    return { outcome: { kind: 'rejected', code: 'designation-ended' }, reason: 'designation-ended' };
  if (isUnsigned(round, claimed)) return { outcome: { kind: 'deferred', code: 'gateway-not-in-force' } };
  if (!endpoint.enabled) return { outcome: { kind: 'rejected', code: 'endpoint-disabled' } };
  const putOff = quiet(gateway, directory, claimed);
  if (putOff !== undefined) return { outcome: putOff };
  const adapter = gateway.adapters.get(endpoint.channel);
  if (adapter === undefined) return { outcome: { kind: 'deferred', code: 'channel-not-running' } };
  const rest = breaker.restOf(endpoint.id, gateway.now());
  if (rest > 0) return { outcome: { kind: 'deferred', code: 'circuit-open', retryAfter: rest } };
  const tried = await handOver(round, adapter, together);
  breaker.note(endpoint.id, tried.outcome, gateway.now());
  return tried;
}

/** A message, or a reminder of it, on its way to a desk that is no longer designated: nobody there may be shown it. */
const isCutOff = ({ gateway, directory }: Round, { delivery }: Claimed): boolean =>
  delivery.kind !== 'evidence' &&
  delivery.state === 'queued' &&
  !inForce(known(directory, delivery.to), gateway.now());

/** The way to a gateway counts while its authority's word for it does; a statement that lapsed may be renewed. */
const isUnsigned = ({ gateway, directory }: Round, { endpoint }: Claimed): boolean =>
  endpoint.channel === 'relay' &&
  endpoint.enabled &&
  !relaysTo(directory, endpoint.focalPoint, gateway.now()).some((one) => one.id === endpoint.id);

async function handOver({ gateway, directory }: Round, adapter: Adapter, together: Together): Promise<Tried> {
  const [claimed] = together;
  const { delivery } = claimed;
  try {
    const refused = refusedMailbox(gateway, directory, claimed);
    if (refused !== undefined) return { outcome: refused };
    const parcel = isReminderToGo(claimed)
      ? await reminderParcel(gateway, directory, together)
      : await parcelFor(gateway, directory, claimed);
    if (parcel.kind === 'message' && parcel.content.shows === 'packet')
      await reviewAfter(gateway, delivery.to, {
        thread: claimed.message.thread,
        body: parcel.content.message.body,
      });
    const outcome = await adapter.send(parcel, AbortSignal.timeout(PATIENCE * 1_000));
    return delivery.channel === 'relay' ? proven(gateway, directory, claimed, outcome) : { outcome };
  } catch (fault) {
    // Sealed content that cannot be opened will not open tomorrow: the sender must be told, not kept waiting.
    if (fault instanceof Refusal)
      return { outcome: { kind: 'rejected', code: fault.code }, reason: fault.code };
    const { channel, id } = delivery;
    gateway.log.error('adapter.fault', { delivery: id, channel, fault: nameOf(fault) });
    return { outcome: { kind: 'deferred', code: 'fault' } };
  }
}

/** What an outcome changes: the delivery; evidence; on failure the next endpoints; and the telling of the sender. */
async function decideOutcome(
  gateway: Gateway,
  directory: Directory,
  held: Held,
  tried: Ended,
): Promise<Change> {
  const at = gateway.now();
  const { outcome, ms } = tried;
  const expired = tried.reason === 'expired';
  const event = expired
    ? ({ kind: 'expired' } as const)
    : ({ kind: 'outcome', outcome, tried: tried.state, ms, jitter: tried.jitter } as const);
  const { delivery, consequence } = advance(held.delivery, event, at);
  const gone = outcome.kind === 'rejected' && outcome.gone === true ? { disableEndpoint: outcome.code } : {};
  const evidence = await evidenceOf(gateway, directory, held, tried, consequence, at);
  const created = [
    ...(consequence === 'failed' ? failover(gateway, directory, held, at) : []),
    ...tell(gateway, directory, held.message, evidence, at, held.delivery.kind === 'reminder'),
  ];
  // What failed is its sender's turn; what got through after all is the recipient's again.
  const isTurn = consequence === 'failed' || (consequence === 'reached' && hasFailed(held));
  return { deliveries: [delivery], evidence, created, ...gone, ...(isTurn ? { chaseAt: at } : {}) };
}

const hasFailed = ({ delivery, siblings }: Held): boolean =>
  [delivery, ...siblings].some((one) => one.attempts.some(({ outcome }) => outcome === 'rejected'));

const eventOf = ({ kind, channel, shows, to }: Delivery, recipient: RecipientRow, reached: boolean) =>
  kind === 'reminder' ? reminderEvent(to === recipient.to, reached) : deliveryEvent(channel, shows, reached);

async function evidenceOf(
  gateway: Gateway,
  directory: Directory,
  held: Held,
  tried: Ended,
  consequence: 'reached' | 'failed' | 'none',
  at: Date,
): Promise<readonly EvidenceRow[]> {
  if (consequence === 'none' || held.recipient === undefined) return [];
  // What the other side signed is the evidence; there is nothing of ours to add to it.
  if (tried.word !== undefined) return tried.word.isKept ? [] : [tried.word.row];
  const reached = consequence === 'reached';
  const row = await issue(gateway, {
    ...about(directory, held.message, held.recipient),
    event: eventOf(held.delivery, held.recipient, reached),
    channel: held.delivery.channel,
    custody: known(directory, held.delivery.to).custody,
    delivery: held.delivery.id,
    ...remindedBy(held.delivery),
    at,
    ...(reached ? {} : { reason: tried.reason ?? tried.outcome.code }),
  });
  return [row];
}
