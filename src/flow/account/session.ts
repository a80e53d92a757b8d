/**
 * Who asks: the officer of a browser in which the PIN was given. A chat carries links past others, so that a link that went
 * through one proves nobody; the PIN does, once a session; on a duty phone, which is handed on, once a link.
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

/** What a browser brings: its random name, and the token of the session where an officer gave the PIN in it. */
export interface PageVisitor {
  /** A random cookie; only its digest is kept. */
  readonly browser: string;
  readonly session?: string;
}

/** An officer who gave the PIN in this browser, and is designated now. */
export interface ProvenOfficer {
  readonly designation: Designation;
  readonly officer: Officer;
  /** The account through which the link had come, in use now. */
  readonly account: Endpoint;
  /** Of a duty phone: the next at the phone may be another officer. */
  readonly isShared: boolean;
}

/**
 * What a session is kept under: the digest of its token; on a duty phone that of the token and the one link that it is for,
 * so that it is not found by another link.
 * @param link digest of the link's token
 */
export const hashOfSession = (session: string, link?: string): string =>
  digestOf(link === undefined ? session : `${session}.${link}`);

/**
 * The officer of this request, proven: asked against PIN, account and designation at every request.
 * @param link of a duty phone: digest of the link's token
 * @returns undefined where nobody gave a PIN in this browser, or not for this link, or the session has ended
 */
async function officerOf(
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
 * Lets a link of an account through for its own officer alone, or for another one who uses the same account, who gave the
 * PIN at this link. Before it nothing is shown, used or recorded.
 * @returns who gave the PIN; undefined where none is asked for
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
  const proven = await officerOf(gateway, visitor, isHandedOn ? link.hash : undefined);
  if (proven?.designation.focal_point === account.focalPoint) {
    const { id } = proven.officer;
    if (id === link.officer || sharers.some((one) => one.officer.id === id)) return proven;
  }
  throw new Refusal('pin-needed', 'the officer whose link it is gives the PIN first');
}

/** Ends what the PIN opened at one link of a duty phone, so that it is asked anew. */
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
