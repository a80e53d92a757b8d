/**
 * The officer of a browser session, proven by a PIN. A chat shows its links to others too, so a link that
 * came through one proves nobody. The PIN is asked for once a session. On a duty phone, which people hand on,
 * it is asked for once a link.
 */

import { GATEWAY_OPERATOR } from '../../domain/evidence/operator-act.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { isChatEndpoint } from '../../domain/party/chat.ts';
import { type Designation, isInForceAt, type Officer } from '../../domain/party/designation.ts';
import { officerOfEndpoint } from '../../domain/party/endpoint-officer.ts';
import { PIN_SESSION_REST_MS, SHARED_SESSION_REST_MS } from '../../domain/party/pin.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Issuing, Judging } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { LinkRow } from '../../store/contracts/links.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { makeOperatorAct } from '../operator/operator-act.ts';
import { findSharers } from './shared-account.ts';

/** What a browser sends: its random name and, if an officer gave the PIN in it, the token of the session. */
export interface PageVisitor {
  /** A random cookie; only its digest is kept. */
  readonly browser: string;
  readonly session?: string;
}

/** An officer who gave the PIN in this browser and is designated now. */
interface ProvenOfficer {
  readonly designation: Designation;
  readonly officer: Officer;
  /** The account through which the link came; it is in use now. */
  readonly account: Endpoint;
  /** True on a duty phone: the next person at the phone may be another officer. */
  readonly isShared: boolean;
}

/**
 * The key of a session in the store: the digest of its token. On a duty phone it is the digest of the token
 * and the link, so that another link does not find the session.
 * @param link digest of the link's token
 */
export const hashOfSession = (session: string, link?: string): string =>
  digestOf(link === undefined ? session : `${session}.${link}`);

/**
 * Finds the proven officer of this request. Every request is checked against PIN, account and designation.
 * @param link on a duty phone: digest of the link's token
 * @returns undefined if nobody gave a PIN in this browser or for this link, or if the session has ended
 */
async function findProvenOfficer(
  gateway: Judging,
  { session }: PageVisitor,
  link: string | undefined,
): Promise<ProvenOfficer | undefined> {
  if (session === undefined) return undefined;
  const now = gateway.now();
  const found = await gateway.store.pins.pinSession(
    hashOfSession(session, link),
    link === undefined ? PIN_SESSION_REST_MS : SHARED_SESSION_REST_MS,
    now,
  );
  if (found === undefined) return undefined;
  const { account } = found;
  const designation = findDesignation(await readDirectory(gateway, [account.focalPoint]), account.focalPoint);
  const officer =
    designation && isInForceAt(designation, now) ? officerOfEndpoint(designation, account) : undefined;
  return (
    designation && officer && { designation: designation, officer, account, isShared: link !== undefined }
  );
}

/**
 * Opens a link of an account only for the link's officer, or for another officer of the same account, who
 * gave the PIN at this link. Call it before anything is shown, used or recorded.
 * @returns the officer who gave the PIN; undefined if this channel asks for none
 * @throws Refusal `pin-needed`
 */
export async function checkProvenOfficer(
  gateway: Judging,
  account: Endpoint,
  link: Pick<LinkRow, 'hash' | 'officer'>,
  visitor: PageVisitor,
): Promise<ProvenOfficer | undefined> {
  if (!isChatEndpoint(account)) return undefined;
  const { sharers, isHandedOn } = await findSharers(gateway, account);
  const proven = await findProvenOfficer(gateway, visitor, isHandedOn ? link.hash : undefined);
  if (proven?.designation.focal_point === account.focalPoint) {
    const { id } = proven.officer;
    if (id === link.officer || sharers.some((one) => one.officer.id === id)) return proven;
  }
  throw new Refusal('pin-needed', 'the officer of this link must give the PIN first');
}

/** Ends the session of one link of a duty phone, so that the PIN is asked for again. */
export async function endSessionAtLink(
  gateway: Issuing,
  { session }: PageVisitor,
  link: string,
): Promise<void> {
  if (session === undefined) return;
  const hash = hashOfSession(session, link);
  const act = makeOperatorAct(gateway, { act: 'pin.left', subject: hash, who: GATEWAY_OPERATOR });
  await gateway.store.pins.endPinSession(hash, act);
}
