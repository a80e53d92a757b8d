/**
 * Chats: channels whose messages others may have seen on the way, and whose accounts are of people. Several officers of a
 * desk may use one account, that of a duty phone.
 */
import type { Channel, Endpoint } from './channel.ts';

const CHATS: readonly Channel[] = ['telegram'];

/** Whether what a link that went this way opens is asked for by PIN. */
export const isChatEndpoint = ({ channel }: Pick<Endpoint, 'channel'>): boolean => CHATS.includes(channel);

type Account = Pick<Endpoint, 'focalPoint' | 'channel' | 'address'>;

/** Whether two endpoints of a desk are one account of a chat. */
export const isSameAccount = (one: Account, other: Account): boolean =>
  isChatEndpoint(one) &&
  one.channel === other.channel &&
  one.address === other.address &&
  one.focalPoint === other.focalPoint;

/** Each account of a chat once, by its first officer, however many use it. */
export const oncePerAccount = <One extends Account>(endpoints: readonly One[]): readonly One[] =>
  endpoints.filter((one, n) => !endpoints.slice(0, n).some((before) => isSameAccount(before, one)));
