/** Dispatch: claims due deliveries, hands each to its channel, and writes the result with its evidence. */
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
import { followLearntContent } from '../intake/learnt-content.ts';
import { isRecalled } from '../keep/recall.ts';
import { ATTEMPTS_AT_ONCE, type AttemptCounter } from './attempt-counter.ts';
import { findBarSince, findEndpointBar, findOfficerBar, findRecipientBar } from './barred.ts';
import type { CircuitBreaker } from './breaker.ts';
import { isDelayRead } from './delay.ts';
import { NO_ENDPOINT_CODE } from './failover.ts';
import { type AttemptResult, decideOutcome, type EndedAttempt } from './outcome.ts';
import { proveRelayOutcome } from './relay-answer.ts';

/**
 * Seconds after which a claim ends, and seconds after which a channel's call is aborted. The second must be
 * shorter.
 */
const LEASE = 60;
const PATIENCE = 45;

/** What a process remembers about the endpoints that it tries. */
export interface AttemptMemory {
  readonly breaker: CircuitBreaker;
  readonly crowd: AttemptCounter;
}

/**
 * Claims up to `limit` due deliveries, and for one endpoint no more than may be under way. Each returned job
 * works on one delivery, or on reminders that are sent together. It resolves when the result is written, and
 * never rejects.
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
    crowd.countWork(together[0].endpoint.id, () => attemptDelivery(round, together)),
  );
}

/** One piece of claimed work. */
export type Job = () => Promise<void>;

interface Round {
  readonly gateway: Gateway;
  readonly directory: Directory;
  readonly breaker: CircuitBreaker;
}

/**
 * Makes one attempt of one delivery. After a fault the row stays as claimed; when the lease ends it is tried
 * again.
 */
async function attemptDelivery(round: Round, claimed: DeliveryBatch): Promise<void> {
  const { gateway, directory } = round;
  const [{ delivery }] = claimed;
  const started = performance.now();
  try {
    const together = await keepOwedReminders(gateway, claimed);
    if (together === undefined) return;
    const tried = await attempt(round, together);
    const ms = Math.round(performance.now() - started);
    if (tried === 'withheld') return await withhold(gateway, delivery, ms);
    // A refused message may have to wait. Ask the sender's gateway now whether it reads that, not while the
    // row is locked.
    const reads =
      tried.outcome.kind === 'rejected'
        ? { readsDelay: await isDelayRead(gateway, directory, claimed[0].message) }
        : {};
    const ended = { ...tried, ...reads, state: delivery.state, ms, jitter: gateway.random() };
    await Promise.all(together.map((one) => writeOutcome(gateway, directory, one, ended)));
    gateway.metrics.attempt(delivery.channel, tried.outcome.kind, ms / 1_000);
    logIfOff(gateway, claimed[0], tried.outcome);
    gateway.log.info('delivery.attempt', {
      delivery: delivery.id,
      message: delivery.message,
      kind: delivery.kind,
      channel: delivery.channel,
      attempt: delivery.tries + 1,
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

/** Logs that an endpoint was switched off. `changeDelivery` writes the notes to officers. */
function logIfOff({ log, now }: Storing, { endpoint }: ClaimedDelivery, outcome: Outcome): void {
  if (outcome.kind !== 'rejected' || outcome.gone !== true || !endpoint.enabled) return;
  const { id, channel, gone } = endpoint;
  const isOff = isSwitchedOffBy(endpoint, now());
  const event = isOff ? 'endpoint.off' : 'endpoint.doubted';
  log.warn(event, { endpoint: id, channel, code: outcome.code, times: (gone?.times ?? 0) + 1 });
}

/**
 * Writes the result of an attempt. A consignment that is relayed for two recipients brings the same receipt
 * twice; the second time it is left out, since it is kept already.
 */
async function writeOutcome(
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

/** Nothing was sent: notes that and releases the claim. The recall decides what becomes of the delivery. */
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
  // Signs of life are noted for gateways only. For a focal point's endpoint this finds none.
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

/**
 * A relay endpoint may be used only while the gateway's designation is in force. An expired one may be
 * renewed, so wait.
 */
const isUnsigned = ({ gateway, directory }: Round, { endpoint }: ClaimedDelivery): boolean =>
  endpoint.channel === 'relay' &&
  endpoint.enabled &&
  !relayEndpointsOf(directory, endpoint.focalPoint, gateway.now()).some((one) => one.id === endpoint.id);

/**
 * Whether the other gateway runs a program that cannot read this yet; it would refuse it for good. Then the
 * delivery waits until that gateway lists it among its capabilities, or until the delivery expires.
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
  // Evidence that cannot be parsed is not held back here: sending it shows the fault.
  return claims.success && !canReadEvidence(reads, claims.data);
}

/**
 * Makes the parcel and sends it.
 * @returns `withheld` if the sender recalled the message after the claim: the content in memory must not be
 *   sent
 */
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
      await followLearntContent(gateway, delivery.to, {
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
    // Sealed content that does not open now never will, so reject: the sender must be told instead of
    // waiting.
    if (fault instanceof Refusal)
      return { outcome: { kind: 'rejected', code: fault.code }, reason: fault.code };
    const { channel, id } = delivery;
    gateway.log.error('adapter.fault', { delivery: id, channel, fault: nameOf(fault) });
    return { outcome: { kind: 'deferred', code: 'fault' } };
  }
}
