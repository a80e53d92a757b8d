/** What is asked at a link that others may have seen, before anything is shown: whose PIN, and whether there is one. */
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
import { requireConfirmLink } from '../endpoint/confirming.ts';
import { requireLink } from './reading.ts';

/** The page says this and no more: not whose link it is, nor what it is about. */
export interface PinQuestion {
  readonly lang: string;
  readonly state: 'ask' | 'none' | 'locked';
  /**
   * Of a duty phone: the officers of the desk who use it, of whom one is to be chosen, by initials: nobody is proven yet, and the
   * link may have come to a stranger. Empty where it is one officer's.
   */
  readonly officers: readonly { readonly id: string; readonly initials: string }[];
}

/** What is opened: a message, to read or to acknowledge, or the question whether an endpoint is right. */
export type LinkPurpose = LinkRow['purpose'] | 'confirm';

/** The account that a link came to, and the officer it was made for. */
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

/** @throws Refusal as `usable`; `link-unknown`, `unknown-officer` */
async function whose(
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

/** Whose link it is, is not told by who stands first. */
function inOrder(sharers: readonly AccountSharer[]): PinQuestion['officers'] {
  const officers = sharers.map((one) => one.officer).sort((one, other) => (one.id < other.id ? -1 : 1));
  const initials = initialsOf(officers.map((one) => one.name));
  return officers.map(({ id }, n) => ({ id, initials: initials[n] ?? id }));
}

/** What the page asks. Uses nothing. @throws Refusal as `whose` */
export async function readPinQuestion(
  gateway: Showing,
  token: string,
  purpose: LinkPurpose,
  visitor: PageVisitor,
): Promise<PinQuestion> {
  const { own, others } = await whose(gateway, token, purpose, visitor);
  const { account, officer } = own;
  const { lang } = account;
  if (others.length > 0) return { lang, state: 'ask', officers: inOrder([own, ...others]) };
  const pin = await findPin(gateway, account.focalPoint, officer);
  const state = pin === undefined ? 'none' : pin.lockedAt === undefined ? 'ask' : 'locked';
  return { lang, state, officers: [] };
}

/** What is typed into the page. */
export interface TypedPin {
  readonly pin: string;
  /** Of a duty phone: the id of the officer who was chosen. */
  readonly officer?: string;
}

/** Gives the PIN at a link. @throws Refusal as `whose`; `unknown-officer` where nobody who uses the account was chosen */
export async function givePinAtLink(
  gateway: Reaching,
  token: string,
  purpose: LinkPurpose,
  visitor: PageVisitor,
  typed: TypedPin,
): Promise<{ readonly lang: string; readonly given: PinResult; readonly session?: string }> {
  const { own, others, isHandedOn } = await whose(gateway, token, purpose, visitor);
  const who =
    others.length === 0 ? own : [own, ...others].find(({ officer: { id } }) => id === typed.officer);
  if (who === undefined)
    throw new Refusal('unknown-officer', 'the officer who was chosen does not use this account');
  const opened = await openSession(
    gateway,
    who.account,
    who.officer,
    typed.pin,
    isHandedOn ? digestOf(token) : undefined,
  );
  return { lang: own.account.lang, ...opened };
}

/** "Not you?": whoever is at a duty phone now is asked anew at this link. */
export const leavePinAtLink = (gateway: Issuing, token: string, visitor: PageVisitor): Promise<void> =>
  endSessionAtLink(gateway, visitor, digestOf(token));
