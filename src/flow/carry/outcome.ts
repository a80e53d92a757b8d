/**
 * The consequences of an attempt: the delivery's new state, its evidence, the next endpoints, and the notice
 * to the sender.
 */
import type { Outcome } from '../../domain/carriage/adapter.ts';
import { advanceDelivery, type Delivery, type DeliveryEvent } from '../../domain/carriage/delivery.ts';
import { eventOfDelivery, eventOfReminder } from '../../domain/evidence/evidence.ts';
import { channelMemberOf } from '../../domain/party/channel.ts';
import { isAskedAgain, isSwitchedOffBy, nextProbeAt } from '../../domain/party/endpoint-life.ts';
import type { ProblemCode } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing, Naming } from '../../gateway-parts.ts';
import type { DeliveryChange, HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { EvidenceRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import { type Directory, requireDesignation } from '../directory/directory.ts';
import { reminderOfStep } from '../escalation/step.ts';
import { issueEvidence, stepAbout } from '../evidence/issue.ts';
import { tellSender } from '../evidence/tell.ts';
import { isFirstWait, issueDelay, logWait } from './delay.ts';
import { CODES_WITHOUT_ENDPOINT, listOtherEndpoints, NO_ENDPOINT_CODE, planFailover } from './failover.ts';
import type { PeerEvidence } from './relay-answer.ts';

export interface AttemptResult {
  readonly outcome: Outcome;
  /** Why it failed, if the reason is the gateway's own and not the channel's. */
  readonly reason?: ProblemCode;
  /** The evidence that another gateway signed for it. */
  readonly peerEvidence?: PeerEvidence;
  /** Whether the sender's gateway reads that a message waits. Absent if that is this gateway. */
  readonly readsDelay?: boolean;
}

/**
 * Also: the delivery's state at the start, the duration in milliseconds, and a random number in [0, 1) that
 * spreads the time of the next attempt.
 */
export type EndedAttempt = AttemptResult & {
  readonly state: Delivery['state'];
  readonly ms: number;
  readonly jitter: number;
};

/**
 * Decides what an outcome changes: the delivery, its evidence, the next endpoints after a failure, and the
 * notice to the sender.
 */
export async function decideOutcome(
  gateway: Issuing,
  directory: Directory,
  held: HeldDelivery,
  tried: EndedAttempt,
): Promise<DeliveryChange> {
  const at = gateway.now();
  const sign = endpointSignOf(held, tried.outcome, at);
  const waits = isToWait(gateway, directory, held, { ...tried, at });
  const event = eventOfTry(held, tried, waits);
  const { delivery, consequence } = advanceDelivery(held.delivery, event, at);
  const isNew = waits && isFirstWait(held.delivery, tried.outcome.code);
  const evidence = isNew
    ? await issueDelay(gateway, directory, held, { ...tried, at })
    : await evidenceOf(gateway, directory, held, { tried, consequence, at });
  if (isNew) logWait(gateway, held, tried.outcome);
  const created = [
    ...(consequence === 'failed' || event.kind === 'moved' ? planFailover(gateway, directory, held, at) : []),
    ...tellSender(gateway, directory, {
      message: held.message,
      evidence,
      at,
      isReminder: held.delivery.kind === 'reminder',
    }),
  ];
  // After a failure it is the sender's turn. If the message arrived after a failure, it is the recipient's
  // turn again.
  const isTurn = consequence === 'failed' || (consequence === 'reached' && hasFailed(held));
  return {
    deliveries: [delivery],
    evidence,
    created,
    ...sign,
    ...present({ escalateAt: isTurn ? at : undefined }),
  };
}

/**
 * What an attempt means to the delivery. A message that waited without an endpoint has not failed when one
 * appears: it moves to that endpoint.
 */
function eventOfTry({ delivery, message }: HeldDelivery, tried: EndedAttempt, waits: boolean): DeliveryEvent {
  const { outcome, ms, jitter, state, reason } = tried;
  if (reason === 'expired') return { kind: 'expired' };
  if (!waits && delivery.channel === 'none' && outcome.code === NO_ENDPOINT_CODE)
    return { kind: 'moved', outcome, ms };
  const came: Outcome = waits ? { kind: 'deferred', code: outcome.code } : outcome;
  return { kind: 'outcome', outcome: came, tried: state, ms, jitter, urgency: message.urgency };
}

/** Days during which the focal point is told that one of its endpoints is off. */
const TELL_OFF_DAYS = 7;

/** What an attempt shows about the endpoint itself. */
function endpointSignOf(
  { endpoint }: HeldDelivery,
  outcome: Outcome,
  at: Date,
): Pick<DeliveryChange, 'endpoint'> {
  if (outcome.kind === 'accepted')
    return endpoint.gone === undefined || !endpoint.enabled ? {} : { endpoint: { kind: 'alive' } };
  if (outcome.kind !== 'rejected' || outcome.gone !== true) return {};
  if (!isSwitchedOffBy(endpoint, at)) return { endpoint: { kind: 'gone', at } };
  const toldUntil = new Date(at.getTime() + TELL_OFF_DAYS * 86_400_000);
  return { endpoint: { kind: 'off', code: outcome.code, at, probeAt: nextProbeAt(0, at), toldUntil } };
}

/**
 * Whether the message waits instead of failing. It is not given up because the focal point changed its
 * officers, an endpoint is off, or a mail server once said that a mailbox does not exist. If no other
 * delivery has it and none can replace this one, it waits until there is an endpoint or it expires.
 */
function isToWait(
  gateway: Naming,
  directory: Directory,
  held: HeldDelivery,
  { outcome, state, at }: EndedAttempt & { readonly at: Date },
): boolean {
  const { delivery, siblings } = held;
  const isDoubtful = outcome.kind === 'rejected' && outcome.gone === true && isAskedAgain(delivery.channel);
  if (!(CODES_WITHOUT_ENDPOINT.includes(outcome.code) || isDoubtful) || delivery.channel === 'relay')
    return false;
  if (state !== 'queued') return false;
  if (delivery.kind === 'evidence') return listOtherEndpoints(directory, held, at).length === 0;
  if (delivery.kind === 'reminder') return false;
  const isElsewhere = siblings.some((one) => !NEVER_TAKEN.includes(one.state));
  return !isElsewhere && planFailover(gateway, directory, held, at).length === 0;
}

const NEVER_TAKEN: readonly Delivery['state'][] = ['failed', 'expired'];

const hasFailed = ({ delivery, siblings }: HeldDelivery): boolean =>
  [delivery, ...siblings].some((one) => one.attempts.some(({ outcome }) => outcome === 'rejected'));

const eventOf = ({ kind, channel, shows, to }: Delivery, recipient: RecipientRow, reached: boolean) =>
  kind === 'reminder'
    ? eventOfReminder(to === recipient.to, reached)
    : eventOfDelivery(channel, shows, reached);

/** Whether it waited until it expired for a relay endpoint of the recipient's gateway. */
const isUnconnected = (directory: Directory, { delivery }: HeldDelivery): boolean =>
  delivery.channel === 'none' && requireDesignation(directory, delivery.to).gateway !== directory.here;

/** How a try ended, and what that is to the recipient. */
interface JudgedAttempt {
  readonly tried: EndedAttempt;
  readonly consequence: 'reached' | 'failed' | 'none';
  readonly at: Date;
}

async function evidenceOf(
  gateway: Naming,
  directory: Directory,
  held: HeldDelivery,
  { tried, consequence, at }: JudgedAttempt,
): Promise<readonly EvidenceRow[]> {
  if (consequence === 'none' || held.recipient === undefined) return [];
  // The other gateway's signature is the evidence. Ours would add nothing.
  if (tried.peerEvidence !== undefined) return tried.peerEvidence.isKept ? [] : [tried.peerEvidence.row];
  const reached = consequence === 'reached';
  const row = await issueEvidence(gateway, {
    ...stepAbout(directory, held.message, held.recipient),
    event: isUnconnected(directory, held) ? 'RelayFailure' : eventOf(held.delivery, held.recipient, reached),
    ...channelMemberOf(held.delivery.channel),
    custody: requireDesignation(directory, held.delivery.to).custody,
    delivery: held.delivery.id,
    ...reminderOfStep(held.delivery),
    at,
    ...present({ reason: reached ? undefined : (tried.reason ?? tried.outcome.code) }),
  });
  return [row];
}
