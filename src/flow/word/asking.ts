/** What is asked at a link that others may have seen, before anything is shown: whose PIN, and whether there is one. */
import { officerAt } from '../../domain/belonging.ts';
import type { Endpoint } from '../../domain/channel.ts';
import { Refusal } from '../../domain/error.ts';
import { inForce, type Officer } from '../../domain/party.ts';
import type { Gateway } from '../../gateway.ts';
import { sha256 } from '../../seal/digest.ts';
import type { LinkRow } from '../../store/records.ts';
import { type Given, openByPin, pinOf } from '../account/giving.ts';
import { asksForPin, type Visitor } from '../account/session.ts';
import { directoryOf, find } from '../directory/directory.ts';
import { usable } from './reading.ts';

/** The page says this and no more: not whose link it is, nor what it is about. */
export interface PinAsked {
  readonly lang: string;
  readonly state: 'ask' | 'none' | 'locked';
}

interface Behind {
  readonly account: Endpoint;
  readonly officer: Officer;
}

/** @throws Refusal as `usable`; `link-unknown`, `unknown-officer` */
async function whose(
  gateway: Gateway,
  token: string,
  purpose: LinkRow['purpose'],
  { browser }: Visitor,
): Promise<Behind> {
  const found = await gateway.store.findLink(sha256(token), sha256(browser), gateway.now());
  const link = usable(found, purpose);
  const account = (await gateway.store.look(link.delivery))?.endpoint;
  if (account === undefined || !asksForPin(account))
    throw new Refusal('link-unknown', 'no PIN is asked for at this link');
  const desk = find(await directoryOf(gateway, [account.focalPoint]), account.focalPoint);
  const officer = desk && inForce(desk, gateway.now()) ? officerAt(desk, account) : undefined;
  if (officer === undefined || officer.id !== link.officer)
    throw new Refusal('unknown-officer', 'the officer this link was made for is no longer designated');
  return { account, officer };
}

/** What the page asks. Uses nothing. @throws Refusal as `whose` */
export async function pinAskedAt(
  gateway: Gateway,
  token: string,
  purpose: LinkRow['purpose'],
  visitor: Visitor,
): Promise<PinAsked> {
  const { account, officer } = await whose(gateway, token, purpose, visitor);
  const pin = await pinOf(gateway, account.focalPoint, officer);
  const state = pin === undefined ? 'none' : pin.lockedAt === undefined ? 'ask' : 'locked';
  return { lang: account.lang, state };
}

/** Gives the PIN at a link. @throws Refusal as `whose` */
export async function givePinAt(
  gateway: Gateway,
  token: string,
  purpose: LinkRow['purpose'],
  visitor: Visitor,
  typed: string,
): Promise<{ readonly lang: string; readonly given: Given; readonly session?: string }> {
  const { account, officer } = await whose(gateway, token, purpose, visitor);
  return { lang: account.lang, ...(await openByPin(gateway, account, officer, typed)) };
}
