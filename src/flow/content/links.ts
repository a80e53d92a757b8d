/** One-time links: the token goes to the officer, its digest is kept; single use, bound to the delivery, expiring. */
import type { MessageLinks } from '../../domain/carriage/adapter.ts';
import type { Delivery } from '../../domain/carriage/delivery.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import type { Designation } from '../../domain/party/designation.ts';
import { present } from '../../domain/words/present.ts';
import type { Showing } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { LinkRow } from '../../store/contracts/links.ts';
import { isSharedAccount } from '../account/shared-account.ts';

/** A link never outlives a week, nor its message. */
const LINK_DAYS = 7;

/** Where the pages behind the links are; `web` serves them. */
export const LINK_PATHS = { read: '/r/', acknowledge: '/a/', confirm: '/c/' } as const;

/**
 * Fresh links for one try. Only officers get them: to read, where the gateway can open for them and the channel does
 * not already show the content; to acknowledge, always.
 */
export async function makeLinks(
  gateway: Showing,
  recipient: Designation,
  delivery: Delivery,
  endpoint: Endpoint,
): Promise<MessageLinks> {
  const { officer } = endpoint;
  if (officer === undefined) return {};
  const expiresAt = new Date(
    Math.min(delivery.expiresAt.getTime(), gateway.now().getTime() + LINK_DAYS * 86_400_000),
  );
  const rows: LinkRow[] = [];
  const make = (purpose: LinkRow['purpose']): string => {
    const token = gateway.newToken();
    rows.push({ hash: digestOf(token), purpose, delivery: delivery.id, officer, expiresAt });
    return `${gateway.url}${LINK_PATHS[purpose]}${token}`;
  };
  const readable = endpoint.shows === 'notice' && recipient.custody === 'gateway';
  const links: MessageLinks = {
    acknowledge: make('acknowledge'),
    ...present({ read: readable ? make('read') : undefined }),
  };
  await gateway.store.links.keepLinks(rows);
  return (await isSharedAccount(gateway, endpoint)) ? { ...links, onPage: true } : links;
}

/**
 * A link by which the officer of an endpoint says whether another endpoint of the desk is right, and sees what was said.
 * @param about what was asked
 */
export async function makeConfirmLink(
  gateway: Showing,
  endpoint: Endpoint & { readonly officer: string },
  about: { readonly endpoint: string; readonly asked: string },
): Promise<string> {
  const token = gateway.newToken();
  await gateway.store.endpoints.keepConfirmLink({
    hash: digestOf(token),
    about: about.endpoint,
    asked: about.asked,
    endpoint: endpoint.id,
    officer: endpoint.officer,
    expiresAt: new Date(gateway.now().getTime() + LINK_DAYS * 86_400_000),
  });
  return `${gateway.url}${LINK_PATHS.confirm}${token}`;
}
