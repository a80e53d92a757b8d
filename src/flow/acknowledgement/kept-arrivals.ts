/** Arrivals: what a channel brought is kept first and answered 200, as it was at the door; `arrivals.ts` works on it. */
import type { Arrival, ReplyAddress } from '../../domain/carriage/adapter.ts';
import type { Channel } from '../../domain/party/channel.ts';
import { present } from '../../domain/words/present.ts';
import type { Judging } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import { isSharedAccount } from '../account/shared-account.ts';

/** Arrivals from a person's account: they carry a way to say a word back. */
export type PersonArrival =
  | Extract<Arrival, { reply: ReplyAddress }>
  | (Extract<Arrival, { kind: 'decision' }> & { reply: ReplyAddress });

export const isFromPerson = (arrival: Arrival): arrival is PersonArrival =>
  'reply' in arrival && arrival.reply !== undefined;

type Brought = Extract<PersonArrival, { kind: 'link' }>;

/** A start code that was brought, by its digest: whoever reads the row could bring the code himself. */
type KeptLink = Omit<Brought, 'code'> & { readonly hash: string };

/** What an officer did with a message, and the desks (DIDs) that several officers used the account for when it came. */
type KeptAct = Extract<PersonArrival, { kind: 'decision' | 'ground-wanted' }> & {
  readonly sharedFor?: readonly string[];
};

/** An arrival as it is kept. `link` with its code was kept by older programs. */
export type KeptArrival = PersonArrival | KeptLink | KeptAct;

/** The digest of the code that was brought. */
export const hashOfCode = (one: Brought | KeptLink): string =>
  'hash' in one ? one.hash : digestOf(one.code);

/** Whether it could be another officer's of that desk, by who used the account when it came: who is out since tapped it too. */
export const wasSharedAccount = (one: KeptArrival, focalPoint: string): boolean =>
  'sharedFor' in one && one.sharedFor?.includes(focalPoint) === true;

/** The delivery that an arrival acts on. */
export function deliveryOfArrival(arrival: KeptArrival): string | undefined {
  if (arrival.kind === 'ground-wanted') return arrival.delivery;
  return arrival.kind === 'decision' && arrival.by.via === 'account' ? arrival.by.delivery : undefined;
}

/** Keeps what a channel brought, each by the channel's own id; a repeat is dropped. */
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
  const sharedFor = await sharedDesks(gateway, channel, arrival.reply.address);
  return sharedFor.length === 0 ? arrival : { ...arrival, sharedFor };
}

/** The desks of an account that several officers use, of one desk or of several. */
async function sharedDesks(gateway: Judging, channel: Channel, address: string): Promise<readonly string[]> {
  const there = await gateway.store.endpoints.endpointsAt(channel, address);
  const shared: string[] = [];
  for (const one of there)
    if (!shared.includes(one.focalPoint) && (await isSharedAccount(gateway, one)))
      shared.push(one.focalPoint);
  return shared;
}
