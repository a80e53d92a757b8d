/**
 * Who asks: the officer of a browser in which the PIN was given. A chat carries links past others, so that a link that went
 * through one proves nobody; the PIN does, once a session.
 */
import { officerAt } from '../../domain/belonging.ts';
import type { Channel, Endpoint } from '../../domain/channel.ts';
import { Refusal } from '../../domain/error.ts';
import { type Designation, inForce, type Officer } from '../../domain/party.ts';
import type { Gateway } from '../../gateway.ts';
import { sha256 } from '../../seal/digest.ts';
import { directoryOf, find } from '../directory/directory.ts';

/** What a browser brings: its random name, and the token of the session where an officer gave the PIN in it. */
export interface Visitor {
  /** A random cookie; only its digest is kept. */
  readonly browser: string;
  readonly session?: string;
}

/** An officer who gave the PIN in this browser, and is designated now. */
export interface ProvenOfficer {
  readonly desk: Designation;
  readonly officer: Officer;
  /** The account through which the link had come, in use now. */
  readonly account: Endpoint;
}

/** Channels whose links anybody may have seen on the way: what they open asks for the PIN. */
const SEEN_BY_OTHERS: readonly Channel[] = ['telegram'];

export const asksForPin = ({ channel }: Pick<Endpoint, 'channel'>): boolean =>
  SEEN_BY_OTHERS.includes(channel);

/**
 * The officer of this request, proven: asked against PIN, account and designation at every request.
 * @returns undefined where nobody gave a PIN in this browser, or the session has ended
 */
export async function officerOf(gateway: Gateway, { session }: Visitor): Promise<ProvenOfficer | undefined> {
  if (session === undefined) return undefined;
  const now = gateway.now();
  const found = await gateway.store.pinSession(sha256(session), now);
  if (found === undefined) return undefined;
  const { account } = found;
  const desk = find(await directoryOf(gateway, [account.focalPoint]), account.focalPoint);
  const officer = desk && inForce(desk, now) ? officerAt(desk, account) : undefined;
  return desk && officer && { desk, officer, account };
}

/**
 * Lets a link of an account through for its own officer alone. Before it nothing is shown, used or recorded.
 * @throws Refusal `pin-needed`
 */
export async function checkProven(
  gateway: Gateway,
  account: Endpoint,
  officer: string | undefined,
  visitor: Visitor,
): Promise<void> {
  if (!asksForPin(account)) return;
  const proven = await officerOf(gateway, visitor);
  const isTheirs = proven?.desk.focal_point === account.focalPoint && proven.officer.id === officer;
  if (!isTheirs) throw new Refusal('pin-needed', 'the officer whose link it is gives the PIN first');
}
