/** What came of a try: the new state of the delivery, its evidence, the next endpoints, and the telling of the sender. */
import type { Outcome } from '../../domain/carriage/adapter.ts';
import { advance, type Delivery, type DeliveryEvent } from '../../domain/carriage/delivery.ts';
import { deliveryEvent, reminderEvent } from '../../domain/evidence/evidence.ts';
import { channelNamed } from '../../domain/party/channel.ts';
import { goesOff, isDoubted, nextProbe } from '../../domain/party/endpoint-life.ts';
import type { ProblemCode } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing, Naming } from '../../gateway-parts.ts';
import type { Change, Held } from '../../store/contracts/deliveries.ts';
import type { EvidenceRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import { remindedBy } from '../chase/chase-step.ts';
import { type Directory, known } from '../directory/directory.ts';
import { about, issue } from '../evidence/issue.ts';
import { tell } from '../evidence/tell.ts';
import { delayed, isFirstWait, sayThatItWaits } from './delay.ts';
import { failover, NO_WAY, toldBeside, WAITS_FOR_A_WAY } from './failover.ts';
import type { PeersWord } from './relay-answer.ts';

export interface Tried {
  readonly outcome: Outcome;
  /** Why it failed, where the reason is ours and not the channel's. */
  readonly reason?: ProblemCode;
  /** What another gateway signed for it. */
  readonly word?: PeersWord;
  /** Whether the sender's home reads that a message waits; left out where it is this gateway. */
  readonly readsDelay?: boolean;
}

/** With the state that the try showed, how long it took, and chance in [0, 1) for the time of the next. */
export type Ended = Tried & {
  readonly state: Delivery['state'];
  readonly ms: number;
  readonly jitter: number;
};

/** What an outcome changes: the delivery; evidence; on failure the next endpoints; and the telling of the sender. */
export async function decideOutcome(
  gateway: Issuing,
  directory: Directory,
  held: Held,
  tried: Ended,
): Promise<Change> {
  const at = gateway.now();
  const sign = signOf(held, tried.outcome, at);
  const waits = isToWait(gateway, directory, held, tried, at);
  const event = eventOfTry(held, tried, waits);
  const { delivery, consequence } = advance(held.delivery, event, at);
  const isNew = waits && isFirstWait(held.delivery, tried.outcome.code);
  const evidence = isNew
    ? await delayed(gateway, directory, held, tried, at)
    : await evidenceOf(gateway, directory, held, tried, consequence, at);
  if (isNew) sayThatItWaits(gateway, held, tried.outcome);
  const created = [
    ...(consequence === 'failed' || event.kind === 'moved' ? failover(gateway, directory, held, at) : []),
    ...tell(gateway, directory, held.message, evidence, at, held.delivery.kind === 'reminder'),
  ];
  // What failed is its sender's turn; what got through after all is the recipient's again.
  const isTurn = consequence === 'failed' || (consequence === 'reached' && hasFailed(held));
  return {
    deliveries: [delivery],
    evidence,
    created,
    ...sign,
    ...present({ chaseAt: isTurn ? at : undefined }),
  };
}

/** What a try is to the delivery. What waited nowhere is not failed when a way appears: it goes on by that. */
function eventOfTry({ delivery, message }: Held, tried: Ended, waits: boolean): DeliveryEvent {
  const { outcome, ms, jitter, state, reason } = tried;
  if (reason === 'expired') return { kind: 'expired' };
  if (!waits && delivery.channel === 'none' && outcome.code === NO_WAY) return { kind: 'moved', outcome, ms };
  const came: Outcome = waits ? { kind: 'deferred', code: outcome.code } : outcome;
  return { kind: 'outcome', outcome: came, tried: state, ms, jitter, urgency: message.urgency };
}

/** Days in which the desk is told that one of its endpoints is off. */
const TELL_OFF_DAYS = 7;

/** What a try says of the endpoint itself. */
function signOf({ endpoint }: Held, outcome: Outcome, at: Date): Pick<Change, 'endpoint'> {
  if (outcome.kind === 'accepted')
    return endpoint.gone === undefined || !endpoint.enabled ? {} : { endpoint: { kind: 'alive' } };
  if (outcome.kind !== 'rejected' || outcome.gone !== true) return {};
  if (!goesOff(endpoint, at)) return { endpoint: { kind: 'gone', at } };
  const toldUntil = new Date(at.getTime() + TELL_OFF_DAYS * 86_400_000);
  return { endpoint: { kind: 'off', code: outcome.code, at, probeAt: nextProbe(0, at), toldUntil } };
}

/**
 * A message is not given up because the desk changed its officers, an endpoint is off, or a mail server once said that a
 * mailbox does not exist: where no other way has it, and
 * none takes its place, it waits until there is one or its time is over.
 */
function isToWait(
  gateway: Naming,
  directory: Directory,
  held: Held,
  { outcome, state }: Ended,
  at: Date,
): boolean {
  const { delivery, siblings } = held;
  const isDoubtful = outcome.kind === 'rejected' && outcome.gone === true && isDoubted(delivery.channel);
  if (!(WAITS_FOR_A_WAY.includes(outcome.code) || isDoubtful) || delivery.channel === 'relay') return false;
  if (state !== 'queued') return false;
  if (delivery.kind === 'evidence') return toldBeside(directory, held, at).length === 0;
  if (delivery.kind === 'reminder') return false;
  const isElsewhere = siblings.some((one) => !NEVER_TAKEN.includes(one.state));
  return !isElsewhere && failover(gateway, directory, held, at).length === 0;
}

const NEVER_TAKEN: readonly Delivery['state'][] = ['failed', 'expired'];

const hasFailed = ({ delivery, siblings }: Held): boolean =>
  [delivery, ...siblings].some((one) => one.attempts.some(({ outcome }) => outcome === 'rejected'));

const eventOf = ({ kind, channel, shows, to }: Delivery, recipient: RecipientRow, reached: boolean) =>
  kind === 'reminder' ? reminderEvent(to === recipient.to, reached) : deliveryEvent(channel, shows, reached);

/** It waited until it expired for a way to the gateway that is the recipient's home. */
const isUnconnected = (directory: Directory, { delivery }: Held): boolean =>
  delivery.channel === 'none' && known(directory, delivery.to).gateway !== directory.here;

async function evidenceOf(
  gateway: Naming,
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
    event: isUnconnected(directory, held) ? 'RelayFailure' : eventOf(held.delivery, held.recipient, reached),
    ...channelNamed(held.delivery.channel),
    custody: known(directory, held.delivery.to).custody,
    delivery: held.delivery.id,
    ...remindedBy(held.delivery),
    at,
    ...present({ reason: reached ? undefined : (tried.reason ?? tried.outcome.code) }),
  });
  return [row];
}
