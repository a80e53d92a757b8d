/**
 * Who asks: the officer of a browser in which the PIN was given. A chat carries links past others, so that a link that went
 * through one proves nobody; the PIN does, once a session.
 */
import { officerAt } from '../../domain/belonging.ts';
import type { Endpoint } from '../../domain/channel.ts';
import { isChat } from '../../domain/chat.ts';
import { Refusal } from '../../domain/error.ts';
import { type Designation, inForce, type Officer } from '../../domain/party.ts';
import type { Gateway } from '../../gateway.ts';
import { sha256 } from '../../seal/digest.ts';
import { directoryOf, find } from '../directory/directory.ts';
import { sharersOf } from './sharing.ts';

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
 * Lets a link of an account through for its own officer alone, or for another one who uses the same account. Before it
 * nothing is shown, used or recorded.
 * @returns who gave the PIN; undefined where none is asked for
 * @throws Refusal `pin-needed`
 */
export async function checkProven(
  gateway: Gateway,
  account: Endpoint,
  officer: string | undefined,
  visitor: Visitor,
): Promise<ProvenOfficer | undefined> {
  if (!isChat(account)) return undefined;
  const proven = await officerOf(gateway, visitor);
  if (proven?.desk.focal_point === account.focalPoint) {
    const { id } = proven.officer;
    if (id === officer || (await sharersOf(gateway, account)).some((one) => one.officer.id === id))
      return proven;
  }
  throw new Refusal('pin-needed', 'the officer whose link it is gives the PIN first');
}
