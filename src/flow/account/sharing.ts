/** A duty phone: an account of a chat that several officers use. Nobody knows from a tap which of them it was. */
import { isSameName, officerAt } from '../../domain/party/belonging.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { isChat, isSameAccount } from '../../domain/party/chat.ts';
import { isOffByChannel } from '../../domain/party/endpoint-life.ts';
import { inForce, type Officer } from '../../domain/party/party.ts';
import type { Judging } from '../../gateway-parts.ts';
import { directoryOf, find } from '../directory/directory.ts';

/** An officer, and the endpoint that the account is of that officer. */
export interface Sharer {
  readonly officer: Officer;
  readonly account: Endpoint;
}

export interface Sharing {
  /** The officers of the account's own desk who use it and are designated now, its own among them. */
  readonly sharers: readonly Sharer[];
  /** Whether it is handed on between people, of this desk or of another one, or nobody can say that it is not. */
  readonly isHandedOn: boolean;
}

/** Who uses an account of a chat. One that its channel calls dead is linked all the same: a sign of life brings it back. */
export async function sharingOf(gateway: Judging, account: Endpoint): Promise<Sharing> {
  const { endpoints, isSpoilt } = await gateway.store.endpoints.accountUse(account);
  const linked = endpoints.filter((one) => one.enabled || isOffByChannel(one));
  const directory = await directoryOf(gateway, [...new Set(linked.map((one) => one.focalPoint))]);
  const users = linked.flatMap((one) => {
    const desk = find(directory, one.focalPoint);
    const officer = desk && inForce(desk, gateway.now()) ? officerAt(desk, one) : undefined;
    return officer === undefined ? [] : [{ officer, account: one }];
  });
  const [first] = users;
  return {
    sharers: users.filter((one) => one.account.enabled && isSameAccount(one.account, account)),
    isHandedOn: isSpoilt || users.some((one) => first !== undefined && !isSamePerson(one, first)),
  };
}

/** Within a desk a person is known by id; one person may be of two desks, under the same name. */
const isSamePerson = (one: Sharer, other: Sharer): boolean =>
  one.account.focalPoint === other.account.focalPoint
    ? one.officer.id === other.officer.id
    : isSameName(one.officer.name, other.officer.name);

/** Whether a word by a tap in the account could be another officer's. */
export const isShared = async (gateway: Judging, account: Endpoint): Promise<boolean> =>
  isChat(account) && (await sharingOf(gateway, account)).isHandedOn;
