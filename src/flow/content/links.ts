/**
 * One-time links. The officer gets the token, the store keeps its digest. A link is for one delivery and one
 * browser, and expires.
 */
import type { MessageLinks } from '../../domain/carriage/adapter.ts';
import type { Delivery } from '../../domain/carriage/delivery.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import type { Designation } from '../../domain/party/designation.ts';
import { present } from '../../domain/words/present.ts';
import type { Showing } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { LinkRow } from '../../store/contracts/links.ts';
import { isSharedAccount } from '../account/shared-account.ts';

/** Most days that a link is valid. It never outlives its message. */
const LINK_DAYS = 7;

/** Paths of the pages behind the links; `web` serves them. */
const LINK_PATHS = { read: '/r/', acknowledge: '/a/', confirm: '/c/' } as const;

/**
 * Makes new links for one attempt. Only officers get links. The link to acknowledge is always made. The link
 * to read is made if the gateway can open the message and the channel does not show its content.
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
 * Makes a link by which the officer of an endpoint confirms or denies another endpoint of the focal point,
 * and sees the decision.
 * @param about the endpoint to confirm, and the id of the question
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
