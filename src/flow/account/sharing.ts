/** A duty phone: an account of a chat that several officers of a desk use. Nobody knows from a tap which of them it was. */
import { officerAt } from '../../domain/belonging.ts';
import type { Endpoint } from '../../domain/channel.ts';
import { isChat, isSameAccount } from '../../domain/chat.ts';
import { inForce, type Officer } from '../../domain/party.ts';
import type { Gateway } from '../../gateway.ts';
import { directoryOf, find } from '../directory/directory.ts';

/** An officer, and the endpoint that the account is of that officer. */
export interface Sharer {
  readonly officer: Officer;
  readonly account: Endpoint;
}

/** The officers of a desk who use an account and are designated now, its own among them. */
export async function sharersOf(gateway: Gateway, account: Endpoint): Promise<readonly Sharer[]> {
  const desk = find(await directoryOf(gateway, [account.focalPoint]), account.focalPoint);
  if (desk === undefined || !inForce(desk, gateway.now())) return [];
  const there = await gateway.store.endpointsAt(account.channel, account.address);
  return there
    .filter((one) => one.enabled && isSameAccount(one, account))
    .flatMap((one) => {
      const officer = officerAt(desk, one);
      return officer === undefined ? [] : [{ officer, account: one }];
    });
}

/** Whether a word by a tap in the account could be another officer's. */
export const isShared = async (gateway: Gateway, account: Endpoint): Promise<boolean> =>
  isChat(account) && (await sharersOf(gateway, account)).length > 1;
