/**
 * Strangers at a channel of people: accounts that are not linked. Anybody may write to a bot, so all
 * strangers together have a small budget. What exceeds it is dropped and not kept. What a linked officer
 * decides is always kept.
 */
import type { PolicyName } from '../../domain/words/limit.ts';
import type { Admitting, Storing } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { PersonArrival } from './kept-arrivals.ts';

/** Returns the arrivals that are to be kept. */
export async function dropExcess(
  gateway: Admitting,
  channel: string,
  arrivals: readonly PersonArrival[],
): Promise<readonly PersonArrival[]> {
  const kept: PersonArrival[] = [];
  for (const one of arrivals) {
    const isLinked = (await gateway.store.endpoints.endpointsAt(channel, one.reply.address)).length > 0;
    const reached = isLinked
      ? reachedByOfficer(gateway, channel, one)
      : await reachedByStranger(gateway, channel, one);
    if (reached === undefined) kept.push(one);
    else gateway.metrics.limited(reached);
  }
  return kept;
}

/** The name under which an account is counted. */
const nameOf = (channel: string, { reply }: PersonArrival): string =>
  digestOf(`${channel} ${reply.address}`).slice(0, 22);

/**
 * An officer who writes too much gets no reply. What an officer does with a message is kept whatever the
 * limit.
 */
function reachedByOfficer(gateway: Admitting, channel: string, one: PersonArrival): PolicyName | undefined {
  const isLeft = gateway.limits.take('account', nameOf(channel, one));
  return isLeft || one.kind !== 'chatter' ? undefined : 'account';
}

/**
 * Start codes, and the answers whether to link, have a budget of their own, so that mere chatting keeps no
 * officer from being linked. Invented start codes do not either: a code that an operator made is kept beyond
 * the budget.
 */
async function reachedByStranger(
  gateway: Admitting,
  channel: string,
  one: PersonArrival,
): Promise<PolicyName | undefined> {
  const { limits } = gateway;
  if (!limits.take('stranger', nameOf(channel, one))) return 'stranger';
  const isLinking = one.kind === 'link' || one.kind === 'link-answer';
  const budget = isLinking ? `${channel} link` : channel;
  return limits.take('strangers', budget) || (await isExpected(gateway, one)) ? undefined : 'strangers';
}

/** Whether it is a start code that an operator made, or the answer of the account that brought one. */
async function isExpected({ store, now }: Storing, one: PersonArrival): Promise<boolean> {
  if (one.kind === 'link') return store.links.isLinkCode(digestOf(one.code), now());
  if (one.kind !== 'link-answer') return false;
  return (await store.links.askedLinkCode(one.endpoint, one.reply.address)) !== undefined;
}
