/** Dispatch: claims due deliveries, hands each to its channel, and writes what came of it with its evidence. */
import type { Adapter, Outcome } from '../domain/adapter.ts';
import { advance, type Delivery, isOver } from '../domain/delivery.ts';
import { type ProblemCode, Refusal } from '../domain/error.ts';
import { deliveryEvent } from '../domain/evidence.ts';
import { relaysTo } from '../domain/gateway-designation.ts';
import { inForce } from '../domain/party.ts';
import { nextEndpoints, route } from '../domain/routing.ts';
import type { Gateway } from '../gateway.ts';
import type { Change, Claimed, EvidenceRow, Held } from '../store/store.ts';
import type { Breaker } from './breaker.ts';
import { type Directory, directoryOf, known } from './directory.ts';
import { about, issue } from './issue.ts';
import { parcelFor } from './parcel.ts';
import { type PeersWord, proven } from './peers-word.ts';
import { queued, tell } from './tell.ts';

/** How long a claim holds, and how long before that a channel is told to stop. Seconds. */
const LEASE = 60;
const PATIENCE = 45;

/**
 * Claims up to `limit` due deliveries. Each job given back carries one of them and resolves when it is written; a job
 * never rejects.
 */
export async function claimDue(gateway: Gateway, breaker: Breaker, limit: number): Promise<readonly Job[]> {
  const now = gateway.now();
  const claimed = await gateway.store.claimDeliveries(now, new Date(now.getTime() + LEASE * 1_000), limit);
  if (claimed.length === 0) return [];
  const parties = new Set(claimed.flatMap((one) => [one.message.sender, one.delivery.to]));
  const directory = await directoryOf(gateway, [...parties]);
  return claimed.map((one) => () => carry({ gateway, directory, breaker }, one));
}

/** One piece of claimed work. */
export type Job = () => Promise<void>;

interface Round {
  readonly gateway: Gateway;
  readonly directory: Directory;
  readonly breaker: Breaker;
}

/** One delivery, one try. A fault leaves the row as claimed: the lease ends and it is tried again. */
async function carry(round: Round, claimed: Claimed): Promise<void> {
  const { gateway, directory } = round;
  const { delivery } = claimed;
  const started = performance.now();
  try {
    const tried = await attempt(round, claimed);
    const ms = Math.round(performance.now() - started);
    await finish(gateway, directory, claimed, { ...tried, state: delivery.state, ms });
    gateway.metrics.attempt(delivery.channel, tried.outcome.kind, ms / 1_000);
    gateway.log.info('delivery.attempt', {
      delivery: delivery.id,
      message: delivery.message,
      kind: delivery.kind,
      channel: delivery.channel,
      try: delivery.tries + 1,
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

type Ended = Tried & { readonly state: Delivery['state']; readonly ms: number };

async function attempt(round: Round, claimed: Claimed): Promise<Tried> {
  const { gateway, breaker } = round;
  const { delivery, endpoint } = claimed;
  if (delivery.state === 'queued' && delivery.expiresAt <= gateway.now()) {
    return { outcome: { kind: 'rejected', code: 'expired' }, reason: 'expired' };
  }
  if (isCutOff(round, claimed))
    return { outcome: { kind: 'rejected', code: 'designation-ended' }, reason: 'designation-ended' };
  if (isUnsigned(round, claimed)) return { outcome: { kind: 'deferred', code: 'gateway-not-in-force' } };
  if (!endpoint.enabled) return { outcome: { kind: 'rejected', code: 'endpoint-disabled' } };
  const adapter = gateway.adapters.get(endpoint.channel);
  if (adapter === undefined) return { outcome: { kind: 'deferred', code: 'channel-not-running' } };
  const rest = breaker.restOf(endpoint.id, gateway.now());
  if (rest > 0) return { outcome: { kind: 'deferred', code: 'circuit-open', retryAfter: rest } };
  const tried = await handOver(round, adapter, claimed);
  breaker.note(endpoint.id, tried.outcome, gateway.now());
  return tried;
}

/** A message on its way to a desk that is no longer designated: nobody there may be shown it. */
const isCutOff = ({ gateway, directory }: Round, { delivery }: Claimed): boolean =>
  delivery.kind === 'message' &&
  delivery.state === 'queued' &&
  !inForce(known(directory, delivery.to), gateway.now());

/** The way to a gateway counts while its authority's word for it does; a statement that lapsed may be renewed. */
const isUnsigned = ({ gateway, directory }: Round, { endpoint }: Claimed): boolean =>
  endpoint.channel === 'relay' &&
  endpoint.enabled &&
  !relaysTo(directory, endpoint.focalPoint, gateway.now()).some((one) => one.id === endpoint.id);

async function handOver({ gateway, directory }: Round, adapter: Adapter, claimed: Claimed): Promise<Tried> {
  const { delivery } = claimed;
  try {
    const parcel = await parcelFor(gateway, directory, claimed);
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
    : ({ kind: 'outcome', outcome, tried: tried.state, ms, jitter: gateway.random() } as const);
  const { delivery, consequence } = advance(held.delivery, event, at);
  const gone = outcome.kind === 'rejected' && outcome.gone === true ? { disableEndpoint: outcome.code } : {};
  const evidence = await evidenceOf(gateway, directory, held, tried, consequence, at);
  const created = [
    ...(consequence === 'failed' ? failover(gateway, directory, held, at) : []),
    ...tell(gateway, directory, held.message, evidence, at),
  ];
  return { deliveries: [delivery], evidence, created, ...gone };
}

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
    ...about(held.message, held.recipient),
    event: deliveryEvent(held.delivery.channel, held.delivery.shows, reached),
    channel: held.delivery.channel,
    custody: known(directory, held.delivery.to).custody,
    delivery: held.delivery.id,
    at,
    ...(reached ? {} : { reason: tried.reason ?? tried.outcome.code }),
  });
  return [row];
}

/** Deliveries by the recipient's next endpoints, once every endpoint of the ranks before has failed. */
function failover(gateway: Gateway, directory: Directory, held: Held, at: Date): readonly Delivery[] {
  const { message, recipient, delivery } = held;
  if (recipient === undefined || recipient.settled !== undefined || message.expiresAt <= at) return [];
  if (held.siblings.some((one) => !isOver(one.state))) return [];
  const tried = new Set([delivery.endpoint, ...held.siblings.map((one) => one.endpoint)]);
  try {
    const parties = { sender: known(directory, message.sender), recipient: known(directory, recipient.to) };
    const { endpoints } = route({ name: message.type, handling: message.handling }, parties, directory, at);
    return nextEndpoints(endpoints, tried).map((endpoint) =>
      queued(
        gateway,
        { kind: 'message', message: message.id, to: recipient.to, expiresAt: message.expiresAt },
        endpoint,
        at,
      ),
    );
  } catch (fault) {
    // The agreement or designation ended meanwhile: nothing more may be carried.
    if (fault instanceof Refusal) return [];
    throw fault;
  }
}
