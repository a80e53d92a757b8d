/**
 * Chats: channels in which others may read messages, and whose accounts belong to people. Several officers of a
 * focal point may share one account, such as that of a duty phone.
 */
import type { Channel, Endpoint } from './channel.ts';

const CHATS: readonly Channel[] = ['telegram'];

/** Whether a link sent to this endpoint needs a PIN. */
export const isChatEndpoint = ({ channel }: Pick<Endpoint, 'channel'>): boolean => CHATS.includes(channel);

type Account = Pick<Endpoint, 'focalPoint' | 'channel' | 'address'>;

/** Whether two endpoints are the same chat account of the same focal point. */
export const isSameAccount = (one: Account, other: Account): boolean =>
  isChatEndpoint(one) &&
  one.channel === other.channel &&
  one.address === other.address &&
  one.focalPoint === other.focalPoint;

/** Keeps each chat account once, with its first officer. Other endpoints are kept as they are. */
export const oncePerAccount = <One extends Account>(endpoints: readonly One[]): readonly One[] =>
  endpoints.filter((one, n) => !endpoints.slice(0, n).some((before) => isSameAccount(before, one)));
