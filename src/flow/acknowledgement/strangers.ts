/**
 * Strangers at a channel of people: accounts that are linked to nobody. Anybody may write to a bot, so together they have
 * a small budget; what comes beyond it is dropped and not kept. What a linked officer decides is always kept.
 */
import type { PolicyName } from '../../domain/words/limit.ts';
import type { Admitting, Storing } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { PersonArrival } from './kept-arrivals.ts';

/** Those of the arrivals that are to be kept. */
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

/** An account as it is counted. */
const nameOf = (channel: string, { reply }: PersonArrival): string =>
  digestOf(`${channel} ${reply.address}`).slice(0, 22);

/** An officer who writes too much is not answered; what an officer does with a message is kept whatever the limit. */
function reachedByOfficer(gateway: Admitting, channel: string, one: PersonArrival): PolicyName | undefined {
  const isLeft = gateway.limits.take('account', nameOf(channel, one));
  return isLeft || one.kind !== 'chatter' ? undefined : 'account';
}

/**
 * Start codes, and the answer whether to link, have a budget of their own, so that whoever only chats keeps no officer from
 * being linked. Nor does whoever makes up codes: what an operator waits for is kept beyond the budget.
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

/** A start code that an operator made, or the answer of the account that brought one. */
async function isExpected({ store, now }: Storing, one: PersonArrival): Promise<boolean> {
  if (one.kind === 'link') return store.links.isLinkCode(digestOf(one.code), now());
  if (one.kind !== 'link-answer') return false;
  return (await store.links.askedLinkCode(one.endpoint, one.reply.address)) !== undefined;
}
