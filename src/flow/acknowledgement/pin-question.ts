/** The question for the PIN at a link that others may have seen. It comes before anything else is shown. */
import type { Endpoint } from '../../domain/party/channel.ts';
import { isChatEndpoint } from '../../domain/party/chat.ts';
import { Refusal } from '../../domain/words/error.ts';
import { initialsOf } from '../../domain/words/initials.ts';
import type { Issuing, Judging, Reaching, Showing, Storing } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { LinkRow } from '../../store/contracts/links.ts';
import { findPin, openSession, type PinResult } from '../account/pin-check.ts';
import { endSessionAtLink, type PageVisitor } from '../account/session.ts';
import { type AccountSharer, findSharers } from '../account/shared-account.ts';
import { requireConfirmLink } from '../endpoint/question.ts';
import { requireLink } from './reading.ts';

/** All that the page shows. It tells neither the link's officer nor the message. */
export interface PinQuestion {
  readonly lang: string;
  readonly state: 'ask' | 'none' | 'locked';
  /**
   * On a duty phone: the focal point's officers who use it, to choose from. They are shown by initials, since
   * nobody is proven yet and a stranger may have the link. Empty if one officer uses the account.
   */
  readonly officers: readonly { readonly id: string; readonly initials: string }[];
}

/** What the link opens: a message to read or to acknowledge, or the question whether an endpoint is right. */
export type LinkPurpose = LinkRow['purpose'] | 'confirm';

/** Finds the account to which a link came, and the officer for whom it was made. */
async function accountOf(
  gateway: Storing,
  token: string,
  purpose: LinkPurpose,
  browser: string,
): Promise<{ readonly account: Endpoint | undefined; readonly officer: string | undefined }> {
  const { store, now } = gateway;
  if (purpose === 'confirm') {
    const { endpoint, officer } = requireConfirmLink(
      await store.endpoints.findConfirmLink(digestOf(token), now()),
    );
    return { account: await store.endpoints.findEndpoint(endpoint), officer };
  }
  const link = requireLink(await store.links.findLink(digestOf(token), digestOf(browser), now()), purpose);
  return { account: (await store.deliveries.readDelivery(link.delivery))?.endpoint, officer: link.officer };
}

/**
 * Finds the officer of a link and the others who share the account.
 * @throws Refusal as `requireLink`; `link-unknown`, `unknown-officer`
 */
async function findLinkSharers(
  gateway: Judging,
  token: string,
  purpose: LinkPurpose,
  { browser }: PageVisitor,
): Promise<{
  readonly own: AccountSharer;
  readonly others: readonly AccountSharer[];
  readonly isHandedOn: boolean;
}> {
  const { account, officer } = await accountOf(gateway, token, purpose, browser);
  if (account === undefined || !isChatEndpoint(account))
    throw new Refusal('link-unknown', 'no PIN is asked for at this link');
  const { sharers, isHandedOn } = await findSharers(gateway, account);
  const own = sharers.find((one) => one.account.id === account.id && one.officer.id === officer);
  if (own === undefined)
    throw new Refusal('unknown-officer', 'the officer this link was made for is no longer designated');
  return { own, others: sharers.filter((one) => one !== own), isHandedOn };
}

/** Sorted by id, so that the order does not tell whose link it is. */
function listByInitials(sharers: readonly AccountSharer[]): PinQuestion['officers'] {
  const officers = sharers.map((one) => one.officer).sort((one, other) => (one.id < other.id ? -1 : 1));
  const initials = initialsOf(officers.map((one) => one.name));
  return officers.map(({ id }, n) => ({ id, initials: initials[n] ?? id }));
}

/** Reads the question for the page. Does not use the link. @throws Refusal as `findLinkSharers` */
export async function readPinQuestion(
  gateway: Showing,
  token: string,
  purpose: LinkPurpose,
  visitor: PageVisitor,
): Promise<PinQuestion> {
  const { own, others } = await findLinkSharers(gateway, token, purpose, visitor);
  const { account, officer } = own;
  const { lang } = account;
  if (others.length > 0) return { lang, state: 'ask', officers: listByInitials([own, ...others]) };
  const pin = await findPin(gateway, account.focalPoint, officer);
  const state = pin === undefined ? 'none' : pin.lockedAt === undefined ? 'ask' : 'locked';
  return { lang, state, officers: [] };
}

/** The input of the page. */
interface TypedPin {
  readonly pin: string;
  /** On a duty phone: the id of the officer who was chosen. */
  readonly officer?: string;
}

/**
 * Checks the PIN at a link.
 * @throws Refusal as `findLinkSharers`; `unknown-officer` if the chosen officer does not use the account
 */
export async function givePinAtLink(
  gateway: Reaching,
  { token, purpose }: { readonly token: string; readonly purpose: LinkPurpose },
  visitor: PageVisitor,
  typed: TypedPin,
): Promise<{ readonly lang: string; readonly given: PinResult; readonly session?: string }> {
  const { own, others, isHandedOn } = await findLinkSharers(gateway, token, purpose, visitor);
  const who =
    others.length === 0 ? own : [own, ...others].find(({ officer: { id } }) => id === typed.officer);
  if (who === undefined)
    throw new Refusal('unknown-officer', 'the officer who was chosen does not use this account');
  const opened = await openSession(gateway, who, typed.pin, isHandedOn ? digestOf(token) : undefined);
  return { lang: own.account.lang, ...opened };
}

/** The command "Not you?" of a duty phone: the PIN is asked for again at this link. */
export const leavePinAtLink = (gateway: Issuing, token: string, visitor: PageVisitor): Promise<void> =>
  endSessionAtLink(gateway, visitor, digestOf(token));
