/** Dispatch: claims due deliveries, hands each to its channel, and writes what came of it with its evidence. */
import type { Adapter, Outcome } from '../../domain/carriage/adapter.ts';
import { advanceDelivery, type Delivery } from '../../domain/carriage/delivery.ts';
import { canReadEvidence, canReadMessage } from '../../domain/evidence/capabilities.ts';
import { evidenceSchema } from '../../domain/evidence/evidence.ts';
import { isSwitchedOffBy } from '../../domain/party/endpoint-life.ts';
import { findPeer, relayEndpointsOf } from '../../domain/party/gateway-designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Gateway } from '../../gateway.ts';
import type { Issuing, Storing } from '../../gateway-parts.ts';
import { peekStatement } from '../../seal/statement.ts';
import type { ClaimedDelivery } from '../../store/contracts/deliveries.ts';
import { makeParcel, recipientOfDelivery } from '../content/parcel.ts';
import { type Directory, readDirectory } from '../directory/directory.ts';
import { findMailbox } from '../directory/mailbox.ts';
import { findCapabilities } from '../directory/peer-reads.ts';
import {
  type DeliveryBatch,
  deferForQuietHours,
  groupDeliveries,
  isUnsentReminder,
  keepOwedReminders,
  makeReminderParcel,
} from '../escalation/reminders.ts';
import { reviewDeterminations } from '../intake/review.ts';
import { isRecalled } from '../keep/recall.ts';
import { ATTEMPTS_AT_ONCE, type AttemptCounter } from './attempt-counter.ts';
import { findBarSince, findEndpointBar, findOfficerBar, findRecipientBar } from './barred.ts';
import type { CircuitBreaker } from './breaker.ts';
import { isDelayRead } from './delay.ts';
import { NO_ENDPOINT_CODE } from './failover.ts';
import { type AttemptResult, decideOutcome, type EndedAttempt } from './outcome.ts';
import { proveRelayOutcome } from './relay-answer.ts';

/** How long a claim holds, and how long before that a channel is told to stop. Seconds. */
const LEASE = 60;
const PATIENCE = 45;

/** What a process remembers of the endpoints that it tries. */
export interface AttemptMemory {
  readonly breaker: CircuitBreaker;
  readonly crowd: AttemptCounter;
}

/**
 * Claims up to `limit` due deliveries, of one endpoint no more than it may have under way. Each job given back carries one
 * of them, or reminders that go together, and resolves when it is written; a job never rejects.
 */
export async function claimDeliveries(
  gateway: Gateway,
  { breaker, crowd }: AttemptMemory,
  limit: number,
): Promise<readonly Job[]> {
  const now = gateway.now();
  const lease = new Date(now.getTime() + LEASE * 1_000);
  const claimed = await gateway.store.deliveries.claimDeliveries(now, lease, limit, {
    toOne: ATTEMPTS_AT_ONCE,
    but: crowd.fullEndpoints(),
  });
  if (claimed.length === 0) return [];
  const parties = new Set(
    claimed.flatMap((one) => [one.message.sender, one.delivery.to, recipientOfDelivery(one)]),
  );
  const directory = await readDirectory(gateway, [...parties]);
  const round: Round = { gateway, directory, breaker };
  const isBarred = (one: ClaimedDelivery): boolean =>
    (findRecipientBar(round, one) ?? findOfficerBar(round, one) ?? findEndpointBar(one)) !== undefined;
  return groupDeliveries(claimed, isBarred).map((together) =>
    crowd.countWork(together[0].endpoint.id, () => carry(round, together)),
  );
}

/** One piece of claimed work. */
export type Job = () => Promise<void>;

interface Round {
  readonly gateway: Gateway;
  readonly directory: Directory;
  readonly breaker: CircuitBreaker;
}

/** One delivery, one try. A fault leaves the row as claimed: the lease ends and it is tried again. */
async function carry(round: Round, claimed: DeliveryBatch): Promise<void> {
  const { gateway, directory } = round;
  const [{ delivery }] = claimed;
  const started = performance.now();
  try {
    const together = await keepOwedReminders(gateway, claimed);
    if (together === undefined) return;
    const tried = await attempt(round, together);
    const ms = Math.round(performance.now() - started);
    if (tried === 'withheld') return await withhold(gateway, delivery, ms);
    // What was refused may have to wait: whether its sender's home reads that is not to be asked with the row held.
    const reads =
      tried.outcome.kind === 'rejected'
        ? { readsDelay: await isDelayRead(gateway, directory, claimed[0].message) }
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
function sayIfOff({ log, now }: Storing, { endpoint }: ClaimedDelivery, outcome: Outcome): void {
  if (outcome.kind !== 'rejected' || outcome.gone !== true || !endpoint.enabled) return;
  const { id, channel, gone } = endpoint;
  const isOff = isSwitchedOffBy(endpoint, now());
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
  { delivery }: ClaimedDelivery,
  ended: EndedAttempt,
): Promise<void> {
  const write = (one: EndedAttempt) =>
    gateway.store.deliveries.changeDelivery(delivery.id, (held) =>
      decideOutcome(gateway, directory, held, one),
    );
  try {
    await write(ended);
  } catch (fault) {
    if (ended.peerEvidence === undefined || !(fault instanceof Refusal) || fault.code !== 'already-exists')
      throw fault;
    await write({ ...ended, peerEvidence: { ...ended.peerEvidence, isKept: true } });
  }
}

/** Nothing went: the row says so, and lets go of the claim. What becomes of the delivery is for the recall to say. */
async function withhold(gateway: Storing, { id, message, channel }: Delivery, ms: number): Promise<void> {
  await gateway.store.deliveries.changeDelivery(id, async ({ delivery }) => ({
    deliveries: [advanceDelivery(delivery, { kind: 'withheld', ms }, gateway.now()).delivery],
  }));
  gateway.log.info('delivery.withheld', { delivery: id, message, channel });
}

const nameOf = (fault: unknown): string => (fault instanceof Error ? fault.name : 'unknown');

async function attempt(round: Round, together: DeliveryBatch): Promise<AttemptResult | 'withheld'> {
  const { gateway, directory, breaker } = round;
  const [claimed] = together;
  const { delivery, endpoint } = claimed;
  if (delivery.state === 'queued' && delivery.expiresAt <= gateway.now()) {
    return { outcome: { kind: 'rejected', code: 'expired' }, reason: 'expired' };
  }
  const cut = findRecipientBar(round, claimed);
  if (cut !== undefined) return cut;
  if (isUnsigned(round, claimed)) return { outcome: { kind: 'deferred', code: 'gateway-not-in-force' } };
  if (await isTooNew(round, claimed)) return { outcome: { kind: 'deferred', code: 'peer-older' } };
  const out = findOfficerBar(round, claimed);
  if (out !== undefined) return out;
  if (endpoint.channel === 'none') return { outcome: { kind: 'rejected', code: NO_ENDPOINT_CODE } };
  const off = findEndpointBar(claimed);
  if (off !== undefined) return off;
  const putOff = deferForQuietHours(gateway, directory, claimed);
  if (putOff !== undefined) return { outcome: putOff };
  const adapter = gateway.adapters.get(endpoint.channel);
  if (adapter === undefined) return { outcome: { kind: 'deferred', code: 'channel-not-running' } };
  // A relay's endpoint is the other gateway's; of a desk no sign of life is noted.
  const rest = breaker.secondsToRest(
    endpoint.id,
    gateway.now(),
    gateway.peerSigns.lastSignOf(endpoint.focalPoint),
  );
  if (rest > 0) return { outcome: { kind: 'deferred', code: 'circuit-open', retryAfter: rest } };
  const tried = await handOver(round, adapter, together);
  if (tried !== 'withheld') breaker.noteOutcome(endpoint.id, tried.outcome, gateway.now());
  return tried;
}

/** The way to a gateway counts while its authority's word for it does; a statement that lapsed may be renewed. */
const isUnsigned = ({ gateway, directory }: Round, { endpoint }: ClaimedDelivery): boolean =>
  endpoint.channel === 'relay' &&
  endpoint.enabled &&
  !relayEndpointsOf(directory, endpoint.focalPoint, gateway.now()).some((one) => one.id === endpoint.id);

/**
 * What another gateway does not read yet: an older one would refuse it for good. It waits until that gateway lists it, as
 * long as the delivery lasts.
 */
async function isTooNew(
  { gateway, directory }: Round,
  { delivery, endpoint, ...claimed }: ClaimedDelivery,
): Promise<boolean> {
  const to = endpoint.channel === 'relay' && findPeer(directory, endpoint.focalPoint, gateway.now());
  if (!to) return false;
  const reads = await findCapabilities(gateway, to);
  if (delivery.kind !== 'evidence') return !canReadMessage(reads, claimed.message.type);
  const claims = evidenceSchema.safeParse(peekStatement(JSON.parse(claimed.evidenceJws ?? 'null')).payload);
  // What cannot be read at all is found when it goes.
  return claims.success && !canReadEvidence(reads, claims.data);
}

/** `withheld` where its sender took the message back while it was claimed: what is in memory here goes no further. */
async function handOver(
  { gateway, directory }: Round,
  adapter: Adapter,
  together: DeliveryBatch,
): Promise<AttemptResult | 'withheld'> {
  const [claimed] = together;
  const { delivery } = claimed;
  try {
    const endpoint = findMailbox(gateway, directory, { ...claimed, id: delivery.id });
    if ('kind' in endpoint) return { outcome: endpoint };
    const parcel = isUnsentReminder(claimed)
      ? await makeReminderParcel(gateway, directory, [{ ...claimed, endpoint }, ...together.slice(1)])
      : await makeParcel(gateway, directory, { ...claimed, endpoint });
    if (parcel.kind === 'message' && parcel.content.shows === 'packet')
      await reviewDeterminations(gateway, delivery.to, {
        thread: claimed.message.thread,
        body: parcel.content.message.body,
      });
    const barred = await findBarSince(gateway, claimed, parcel);
    if (barred !== undefined) return barred;
    if (parcel.kind === 'message' && (await isRecalled(gateway, claimed.message))) return 'withheld';
    const outcome = await adapter.send(parcel, AbortSignal.timeout(PATIENCE * 1_000));
    return delivery.channel === 'relay'
      ? proveRelayOutcome(gateway, directory, claimed, outcome)
      : { outcome };
  } catch (fault) {
    // Sealed content that cannot be opened will not open tomorrow: the sender must be told, not kept waiting.
    if (fault instanceof Refusal)
      return { outcome: { kind: 'rejected', code: fault.code }, reason: fault.code };
    const { channel, id } = delivery;
    gateway.log.error('adapter.fault', { delivery: id, channel, fault: nameOf(fault) });
    return { outcome: { kind: 'deferred', code: 'fault' } };
  }
}
