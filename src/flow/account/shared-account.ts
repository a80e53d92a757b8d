/** A duty phone: an account of a chat that several officers use. Nobody knows from a tap which of them it was. */

import type { Endpoint } from '../../domain/party/channel.ts';
import { isChatEndpoint, isSameAccount } from '../../domain/party/chat.ts';
import { isInForceAt, type Officer } from '../../domain/party/designation.ts';
import { isOffByChannel } from '../../domain/party/endpoint-life.ts';
import { isSameName, officerOfEndpoint } from '../../domain/party/endpoint-officer.ts';
import type { Judging } from '../../gateway-parts.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';

/** An officer, and the endpoint that the account is of that officer. */
export interface AccountSharer {
  readonly officer: Officer;
  readonly account: Endpoint;
}

export interface AccountSharing {
  /** The officers of the account's own desk who use it and are designated now, its own among them. */
  readonly sharers: readonly AccountSharer[];
  /** Whether it is handed on between people, of this desk or of another one, or nobody can say that it is not. */
  readonly isHandedOn: boolean;
}

/** Who uses an account of a chat. One that its channel calls dead is linked all the same: a sign of life brings it back. */
export async function findSharers(gateway: Judging, account: Endpoint): Promise<AccountSharing> {
  const { endpoints, isSpoilt } = await gateway.store.endpoints.accountUse(account);
  const linked = endpoints.filter((one) => one.enabled || isOffByChannel(one));
  const directory = await readDirectory(gateway, [...new Set(linked.map((one) => one.focalPoint))]);
  const users = linked.flatMap((one) => {
    const designation = findDesignation(directory, one.focalPoint);
    const officer =
      designation && isInForceAt(designation, gateway.now())
        ? officerOfEndpoint(designation, one)
        : undefined;
    return officer === undefined ? [] : [{ officer, account: one }];
  });
  const [first] = users;
  return {
    sharers: users.filter((one) => one.account.enabled && isSameAccount(one.account, account)),
    isHandedOn: isSpoilt || users.some((one) => first !== undefined && !isSamePerson(one, first)),
  };
}

/** Within a desk a person is known by id; one person may be of two desks, under the same name. */
const isSamePerson = (one: AccountSharer, other: AccountSharer): boolean =>
  one.account.focalPoint === other.account.focalPoint
    ? one.officer.id === other.officer.id
    : isSameName(one.officer.name, other.officer.name);

/** Whether a word by a tap in the account could be another officer's. */
export const isSharedAccount = async (gateway: Judging, account: Endpoint): Promise<boolean> =>
  isChatEndpoint(account) && (await findSharers(gateway, account)).isHandedOn;
