/** Dispatch: claims due deliveries, hands each to its channel, and writes what came of it with its evidence. */
import type { Adapter, Outcome } from '../../domain/carriage/adapter.ts';
import { advance, type Delivery } from '../../domain/carriage/delivery.ts';
import { readsEvidence, readsMessage } from '../../domain/evidence/capabilities.ts';
import { evidence } from '../../domain/evidence/evidence.ts';
import { goesOff } from '../../domain/party/endpoint-life.ts';
import { peerOf, relaysTo } from '../../domain/party/gateway-designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Gateway } from '../../gateway.ts';
import type { Issuing, Storing } from '../../gateway-parts.ts';
import { peek } from '../../seal/statement.ts';
import type { Claimed } from '../../store/contracts/deliveries.ts';
import {
  isReminderToGo,
  quiet,
  reminderParcel,
  stillOwed,
  type Together,
  togetherOf,
} from '../chase/reminders.ts';
import { aboutWhom, parcelFor } from '../content/parcel.ts';
import { type Directory, directoryOf } from '../directory/directory.ts';
import { mailboxFor } from '../directory/mailbox.ts';
import { readsOf } from '../directory/peer-reads.ts';
import { reviewAfter } from '../intake/review.ts';
import { isRecalled } from '../keep/recall.ts';
import { barredSince, cutOff, switchedOff, takenOut } from './barred.ts';
import type { Breaker } from './breaker.ts';
import { type Crowd, TO_ONE } from './crowd.ts';
import { readsDelay } from './delay.ts';
import { NO_WAY } from './failover.ts';
import { decideOutcome, type Ended, type Tried } from './outcome.ts';
import { proven } from './relay-answer.ts';

/** How long a claim holds, and how long before that a channel is told to stop. Seconds. */
const LEASE = 60;
const PATIENCE = 45;

/** What a process remembers of the endpoints that it tries. */
export interface Tries {
  readonly breaker: Breaker;
  readonly crowd: Crowd;
}

/**
 * Claims up to `limit` due deliveries, of one endpoint no more than it may have under way. Each job given back carries one
 * of them, or reminders that go together, and resolves when it is written; a job never rejects.
 */
export async function claimDue(
  gateway: Gateway,
  { breaker, crowd }: Tries,
  limit: number,
): Promise<readonly Job[]> {
  const now = gateway.now();
  const lease = new Date(now.getTime() + LEASE * 1_000);
  const claimed = await gateway.store.deliveries.claimDeliveries(now, lease, limit, {
    toOne: TO_ONE,
    but: crowd.full(),
  });
  if (claimed.length === 0) return [];
  const parties = new Set(claimed.flatMap((one) => [one.message.sender, one.delivery.to, aboutWhom(one)]));
  const directory = await directoryOf(gateway, [...parties]);
  const round: Round = { gateway, directory, breaker };
  const isBarred = (one: Claimed): boolean =>
    (cutOff(round, one) ?? takenOut(round, one) ?? switchedOff(one)) !== undefined;
  return togetherOf(claimed, isBarred).map((together) =>
    crowd.counted(together[0].endpoint.id, () => carry(round, together)),
  );
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
    if (tried === 'withheld') return await withhold(gateway, delivery, ms);
    // What was refused may have to wait: whether its sender's home reads that is not to be asked with the row held.
    const reads =
      tried.outcome.kind === 'rejected'
        ? { readsDelay: await readsDelay(gateway, directory, claimed[0].message) }
        : {};
    const ended = { ...tried, ...reads, state: delivery.state, ms, jitter: gateway.random() };
    await Promise.all(together.map((one) => finish(gateway, directory, one, ended)));
    gateway.metrics.attempt(delivery.channel, tried.outcome.kind, ms / 1_000);
    sayIfOff(gateway, claimed[0], tried.outcome);
    gateway.log.info('delivery.attempt', {
      delivery: delivery.id,
      message: delivery.message,
      kind: delivery.kind,
      channel: delivery.channel,
      try: delivery.tries + 1,
      ...present({ together: together.length > 1 ? together.length : undefined }),
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

/** An endpoint that goes off is told of in the log; who else is told, `changeDelivery` writes. */
function sayIfOff({ log, now }: Storing, { endpoint }: Claimed, outcome: Outcome): void {
  if (outcome.kind !== 'rejected' || outcome.gone !== true || !endpoint.enabled) return;
  const { id, channel, gone } = endpoint;
  const isOff = goesOff(endpoint, now());
  const event = isOff ? 'endpoint.off' : 'endpoint.doubted';
  log.warn(event, { endpoint: id, channel, code: outcome.code, times: (gone?.times ?? 0) + 1 });
}

/**
 * Writes what came of a try. One consignment relayed for two recipients brings the same receipt twice: what is kept
 * already is left out the second time.
 */
async function finish(
  gateway: Issuing,
  directory: Directory,
  { delivery }: Claimed,
  ended: Ended,
): Promise<void> {
  const write = (one: Ended) =>
    gateway.store.deliveries.changeDelivery(delivery.id, (held) =>
      decideOutcome(gateway, directory, held, one),
    );
  try {
    await write(ended);
  } catch (fault) {
    if (ended.word === undefined || !(fault instanceof Refusal) || fault.code !== 'already-exists')
      throw fault;
    await write({ ...ended, word: { ...ended.word, isKept: true } });
  }
}

/** Nothing went: the row says so, and lets go of the claim. What becomes of the delivery is for the recall to say. */
async function withhold(gateway: Storing, { id, message, channel }: Delivery, ms: number): Promise<void> {
  await gateway.store.deliveries.changeDelivery(id, async ({ delivery }) => ({
    deliveries: [advance(delivery, { kind: 'withheld', ms }, gateway.now()).delivery],
  }));
  gateway.log.info('delivery.withheld', { delivery: id, message, channel });
}

const nameOf = (fault: unknown): string => (fault instanceof Error ? fault.name : 'unknown');

async function attempt(round: Round, together: Together): Promise<Tried | 'withheld'> {
  const { gateway, directory, breaker } = round;
  const [claimed] = together;
  const { delivery, endpoint } = claimed;
  if (delivery.state === 'queued' && delivery.expiresAt <= gateway.now()) {
    return { outcome: { kind: 'rejected', code: 'expired' }, reason: 'expired' };
  }
  const cut = cutOff(round, claimed);
  if (cut !== undefined) return cut;
  if (isUnsigned(round, claimed)) return { outcome: { kind: 'deferred', code: 'gateway-not-in-force' } };
  if (await isTooNew(round, claimed)) return { outcome: { kind: 'deferred', code: 'peer-older' } };
  const out = takenOut(round, claimed);
  if (out !== undefined) return out;
  if (endpoint.channel === 'none') return { outcome: { kind: 'rejected', code: NO_WAY } };
  const off = switchedOff(claimed);
  if (off !== undefined) return off;
  const putOff = quiet(gateway, directory, claimed);
  if (putOff !== undefined) return { outcome: putOff };
  const adapter = gateway.adapters.get(endpoint.channel);
  if (adapter === undefined) return { outcome: { kind: 'deferred', code: 'channel-not-running' } };
  // A relay's endpoint is the other gateway's; of a desk no sign of life is noted.
  const rest = breaker.restOf(endpoint.id, gateway.now(), gateway.life.lastOf(endpoint.focalPoint));
  if (rest > 0) return { outcome: { kind: 'deferred', code: 'circuit-open', retryAfter: rest } };
  const tried = await handOver(round, adapter, together);
  if (tried !== 'withheld') breaker.note(endpoint.id, tried.outcome, gateway.now());
  return tried;
}

/** The way to a gateway counts while its authority's word for it does; a statement that lapsed may be renewed. */
const isUnsigned = ({ gateway, directory }: Round, { endpoint }: Claimed): boolean =>
  endpoint.channel === 'relay' &&
  endpoint.enabled &&
  !relaysTo(directory, endpoint.focalPoint, gateway.now()).some((one) => one.id === endpoint.id);

/**
 * What another gateway does not read yet: an older one would refuse it for good. It waits until that gateway lists it, as
 * long as the delivery lasts.
 */
async function isTooNew(
  { gateway, directory }: Round,
  { delivery, endpoint, ...claimed }: Claimed,
): Promise<boolean> {
  const to = endpoint.channel === 'relay' && peerOf(directory, endpoint.focalPoint, gateway.now());
  if (!to) return false;
  const reads = await readsOf(gateway, to);
  if (delivery.kind !== 'evidence') return !readsMessage(reads, claimed.message.type);
  const claims = evidence.safeParse(peek(JSON.parse(claimed.evidenceJws ?? 'null')).payload);
  // What cannot be read at all is found when it goes.
  return claims.success && !readsEvidence(reads, claims.data);
}

/** `withheld` where its sender took the message back while it was claimed: what is in memory here goes no further. */
async function handOver(
  { gateway, directory }: Round,
  adapter: Adapter,
  together: Together,
): Promise<Tried | 'withheld'> {
  const [claimed] = together;
  const { delivery } = claimed;
  try {
    const endpoint = mailboxFor(gateway, directory, { ...claimed, id: delivery.id });
    if ('kind' in endpoint) return { outcome: endpoint };
    const parcel = isReminderToGo(claimed)
      ? await reminderParcel(gateway, directory, [{ ...claimed, endpoint }, ...together.slice(1)])
      : await parcelFor(gateway, directory, { ...claimed, endpoint });
    if (parcel.kind === 'message' && parcel.content.shows === 'packet')
      await reviewAfter(gateway, delivery.to, {
        thread: claimed.message.thread,
        body: parcel.content.message.body,
      });
    const barred = await barredSince(gateway, claimed, parcel);
    if (barred !== undefined) return barred;
    if (parcel.kind === 'message' && (await isRecalled(gateway, claimed.message))) return 'withheld';
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
