/** Keeps what a channel brought before the channel is answered 200. `arrivals.ts` works on it later. */
import type { Arrival, ReplyAddress } from '../../domain/carriage/adapter.ts';
import type { Channel } from '../../domain/party/channel.ts';
import { present } from '../../domain/words/present.ts';
import type { Judging } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import { isSharedAccount } from '../account/shared-account.ts';

/** Arrivals from a person's account. They carry an address for the reply. */
export type PersonArrival =
  | Extract<Arrival, { reply: ReplyAddress }>
  | (Extract<Arrival, { kind: 'decision' }> & { reply: ReplyAddress });

export const isFromPerson = (arrival: Arrival): arrival is PersonArrival =>
  'reply' in arrival && arrival.reply !== undefined;

type Brought = Extract<PersonArrival, { kind: 'link' }>;

/**
 * A start code that somebody brought, as its digest only: a reader of the row must not be able to use the
 * code.
 */
type KeptLink = Omit<Brought, 'code'> & { readonly hash: string };

/**
 * What an officer did with a message. `sharedFor`: the focal points (DIDs) whose officers shared the account
 * when it came.
 */
type KeptAct = Extract<PersonArrival, { kind: 'decision' | 'ground-wanted' }> & {
  readonly sharedFor?: readonly string[];
};

/** An arrival as it is kept. Older programs kept `link` with the code itself. */
export type KeptArrival = PersonArrival | KeptLink | KeptAct;

/** The digest of the start code that was brought. */
export const hashOfCode = (one: Brought | KeptLink): string =>
  'hash' in one ? one.hash : digestOf(one.code);

/**
 * Whether another officer of the focal point could have acted. It is judged by who used the account when the
 * arrival came: a person who is no longer designated may have tapped too.
 */
export const wasSharedAccount = (one: KeptArrival, focalPoint: string): boolean =>
  'sharedFor' in one && one.sharedFor?.includes(focalPoint) === true;

/** The delivery on which an arrival acts. */
export function deliveryOfArrival(arrival: KeptArrival): string | undefined {
  if (arrival.kind === 'ground-wanted') return arrival.delivery;
  return arrival.kind === 'decision' && arrival.by.via === 'account' ? arrival.by.delivery : undefined;
}

/** Keeps arrivals, each by the channel's own id. A repeat is dropped. */
export async function keepArrivals(
  gateway: Judging,
  channel: Channel,
  arrivals: readonly PersonArrival[],
): Promise<void> {
  const now = gateway.now();
  await Promise.all(
    arrivals.map(async (one) => {
      const { id, place, address: account } = one.reply;
      const about = deliveryOfArrival(one);
      const payload = await toKeep(gateway, channel, one);
      const arrival = { id, place, account, payload, ...present({ about }) };
      return gateway.store.arrivals.keepArrival(channel, arrival, now);
    }),
  );
}

async function toKeep(gateway: Judging, channel: Channel, arrival: PersonArrival): Promise<KeptArrival> {
  if (arrival.kind === 'link') return { kind: 'link', hash: digestOf(arrival.code), reply: arrival.reply };
  if (arrival.kind !== 'decision' && arrival.kind !== 'ground-wanted') return arrival;
  const sharedFor = await findSharingFocalPoints(gateway, channel, arrival.reply.address);
  return sharedFor.length === 0 ? arrival : { ...arrival, sharedFor };
}

/** The focal points of an account that several officers use, of one focal point or of several. */
async function findSharingFocalPoints(
  gateway: Judging,
  channel: Channel,
  address: string,
): Promise<readonly string[]> {
  const there = await gateway.store.endpoints.endpointsAt(channel, address);
  const shared: string[] = [];
  for (const one of there)
    if (!shared.includes(one.focalPoint) && (await isSharedAccount(gateway, one)))
      shared.push(one.focalPoint);
  return shared;
}
