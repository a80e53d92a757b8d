/** Duty phones: a chat account that several officers use. A tap in it does not tell which of them acted. */

import type { Endpoint } from '../../domain/party/channel.ts';
import { isChatEndpoint, isSameAccount } from '../../domain/party/chat.ts';
import { isInForceAt, type Officer } from '../../domain/party/designation.ts';
import { isOffByChannel } from '../../domain/party/endpoint-life.ts';
import { isSameName, officerOfEndpoint } from '../../domain/party/endpoint-officer.ts';
import type { Judging } from '../../gateway-parts.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';

/** An officer, and that officer's endpoint at the account. */
export interface AccountSharer {
  readonly officer: Officer;
  readonly account: Endpoint;
}

interface AccountSharing {
  /** The officers of the account's focal point who use it and are designated now, including its own. */
  readonly sharers: readonly AccountSharer[];
  /**
   * True if several people use the account, of this focal point or of another, or if tampered rows leave that
   * open.
   */
  readonly isHandedOn: boolean;
}

/**
 * Finds who uses a chat account. An account that its channel calls dead still counts: a sign of life restores
 * it.
 */
export async function findSharers(gateway: Judging, account: Endpoint): Promise<AccountSharing> {
  const { endpoints, hasUnknownUsers } = await gateway.store.endpoints.accountUse(account);
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
    isHandedOn: hasUnknownUsers || users.some((one) => first !== undefined && !isSamePerson(one, first)),
  };
}

/**
 * Within a focal point the id identifies a person. Across focal points the name does: one person may serve
 * two.
 */
const isSamePerson = (one: AccountSharer, other: AccountSharer): boolean =>
  one.account.focalPoint === other.account.focalPoint
    ? one.officer.id === other.officer.id
    : isSameName(one.officer.name, other.officer.name);

/** Whether an acknowledgement by a tap in the account could be another officer's. */
export const isSharedAccount = async (gateway: Judging, account: Endpoint): Promise<boolean> =>
  isChatEndpoint(account) && (await findSharers(gateway, account)).isHandedOn;
