/** What came of a try: the new state of the delivery, its evidence, the next endpoints, and the telling of the sender. */
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
  /** Why it failed, where the reason is ours and not the channel's. */
  readonly reason?: ProblemCode;
  /** What another gateway signed for it. */
  readonly peerEvidence?: PeerEvidence;
  /** Whether the sender's home reads that a message waits; left out where it is this gateway. */
  readonly readsDelay?: boolean;
}

/** With the state that the try showed, how long it took, and chance in [0, 1) for the time of the next. */
export type EndedAttempt = AttemptResult & {
  readonly state: Delivery['state'];
  readonly ms: number;
  readonly jitter: number;
};

/** What an outcome changes: the delivery; evidence; on failure the next endpoints; and the telling of the sender. */
export async function decideOutcome(
  gateway: Issuing,
  directory: Directory,
  held: HeldDelivery,
  tried: EndedAttempt,
): Promise<DeliveryChange> {
  const at = gateway.now();
  const sign = signOf(held, tried.outcome, at);
  const waits = isToWait(gateway, directory, held, tried, at);
  const event = eventOfTry(held, tried, waits);
  const { delivery, consequence } = advanceDelivery(held.delivery, event, at);
  const isNew = waits && isFirstWait(held.delivery, tried.outcome.code);
  const evidence = isNew
    ? await issueDelay(gateway, directory, held, tried, at)
    : await evidenceOf(gateway, directory, held, tried, consequence, at);
  if (isNew) logWait(gateway, held, tried.outcome);
  const created = [
    ...(consequence === 'failed' || event.kind === 'moved' ? planFailover(gateway, directory, held, at) : []),
    ...tellSender(gateway, directory, held.message, evidence, at, held.delivery.kind === 'reminder'),
  ];
  // What failed is its sender's turn; what got through after all is the recipient's again.
  const isTurn = consequence === 'failed' || (consequence === 'reached' && hasFailed(held));
  return {
    deliveries: [delivery],
    evidence,
    created,
    ...sign,
    ...present({ escalateAt: isTurn ? at : undefined }),
  };
}

/** What a try is to the delivery. What waited nowhere is not failed when a way appears: it goes on by that. */
function eventOfTry({ delivery, message }: HeldDelivery, tried: EndedAttempt, waits: boolean): DeliveryEvent {
  const { outcome, ms, jitter, state, reason } = tried;
  if (reason === 'expired') return { kind: 'expired' };
  if (!waits && delivery.channel === 'none' && outcome.code === NO_ENDPOINT_CODE)
    return { kind: 'moved', outcome, ms };
  const came: Outcome = waits ? { kind: 'deferred', code: outcome.code } : outcome;
  return { kind: 'outcome', outcome: came, tried: state, ms, jitter, urgency: message.urgency };
}

/** Days in which the desk is told that one of its endpoints is off. */
const TELL_OFF_DAYS = 7;

/** What a try says of the endpoint itself. */
function signOf({ endpoint }: HeldDelivery, outcome: Outcome, at: Date): Pick<DeliveryChange, 'endpoint'> {
  if (outcome.kind === 'accepted')
    return endpoint.gone === undefined || !endpoint.enabled ? {} : { endpoint: { kind: 'alive' } };
  if (outcome.kind !== 'rejected' || outcome.gone !== true) return {};
  if (!isSwitchedOffBy(endpoint, at)) return { endpoint: { kind: 'gone', at } };
  const toldUntil = new Date(at.getTime() + TELL_OFF_DAYS * 86_400_000);
  return { endpoint: { kind: 'off', code: outcome.code, at, probeAt: nextProbeAt(0, at), toldUntil } };
}

/**
 * A message is not given up because the desk changed its officers, an endpoint is off, or a mail server once said that a
 * mailbox does not exist: where no other way has it, and
 * none takes its place, it waits until there is one or its time is over.
 */
function isToWait(
  gateway: Naming,
  directory: Directory,
  held: HeldDelivery,
  { outcome, state }: EndedAttempt,
  at: Date,
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

/** It waited until it expired for a way to the gateway that is the recipient's home. */
const isUnconnected = (directory: Directory, { delivery }: HeldDelivery): boolean =>
  delivery.channel === 'none' && requireDesignation(directory, delivery.to).gateway !== directory.here;

async function evidenceOf(
  gateway: Naming,
  directory: Directory,
  held: HeldDelivery,
  tried: EndedAttempt,
  consequence: 'reached' | 'failed' | 'none',
  at: Date,
): Promise<readonly EvidenceRow[]> {
  if (consequence === 'none' || held.recipient === undefined) return [];
  // What the other side signed is the evidence; there is nothing of ours to add to it.
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
