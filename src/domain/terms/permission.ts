/**
 * Permission to pass on somebody else's message to a third party, by its handling code. H0 and H1 do not restrict
 * it (H1 forbids use in court). H2 and H3 need the originator's permission. Gateways cannot open content, so they
 * judge by consignments.
 */

import { isRestricted } from '../message/handling.ts';
import type { MessageName } from '../message/message.ts';
import { Refusal } from '../words/error.ts';
import { HANDLING_CODES, type Handling } from '../words/vocabulary.ts';
import { startOfDate } from '../words/zone.ts';

const HOUR = 3_600_000;

/** A message, as far as its consignment describes it. */
export interface PermissionMessage {
  readonly id: string;
  readonly type: MessageName;
  readonly sender: string;
  readonly addressees: readonly string[];
  readonly handling: Handling;
  readonly about?: string | undefined;
}

/** A message that passes on an original. */
export interface PassedOnMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly handling: Handling;
}

/**
 * Names of files that gateways attach themselves. A sender may not use them in a message that passes on an
 * original.
 */
export const ORIGINAL_FILE = 'original.jws.json';
export const PERMISSION_FILE = 'permission.jws.json';

const isParty = (known: PermissionMessage, did: string): boolean =>
  known.sender === did || known.addressees.includes(did);

const needed = (why: string): Refusal => new Refusal('permission-needed', why);

/**
 * The recipients that need permission to see the original: those that are not a party to it, if its handling
 * restricts it and it is not the sender's own message.
 * @throws Refusal `about-unknown` if the sender is not a party to it, `invalid-body` if the handling would be
 * loosened
 */
export function recipientsNeedingPermission(
  original: PermissionMessage,
  { from, to, handling }: PassedOnMessage,
): readonly string[] {
  if (!isParty(original, from))
    throw new Refusal('about-unknown', 'passes_on names no message that the sender sent or received');
  if (HANDLING_CODES.indexOf(handling) < HANDLING_CODES.indexOf(original.handling))
    throw new Refusal('invalid-body', '/handling: must restrict at least as much as the original');
  if (!isRestricted(original.handling) || original.sender === from) return [];
  return to.filter((one) => !isParty(original, one));
}

/**
 * Returns the permission named in `grant`. @throws Refusal `permission-needed` if there is none; the detail says
 * how to get one
 */
export function requireGrant(original: PermissionMessage, grant: string | undefined): string {
  if (grant !== undefined) return grant;
  throw needed(
    `handling ${original.handling}: send its sender a permission-request about it that names the third party’s focal point; then name the permission in grant`,
  );
}

/**
 * Checks the consignments of a permission: it must be from the originator to the sender, and answer the sender's
 * request about the original.
 * @throws Refusal `permission-needed`
 */
export function checkPermissionMessages(
  original: PermissionMessage,
  passing: PassedOnMessage,
  permission: PermissionMessage | undefined,
  request: PermissionMessage | undefined,
): void {
  const isGrant =
    permission?.type === 'permission' &&
    permission.sender === original.sender &&
    permission.addressees.includes(passing.from);
  if (!isGrant) throw needed('grant must name a permission from the originator to the sender');
  const wasAsked =
    request?.type === 'permission-request' &&
    permission.about === request.id &&
    request.about === original.id &&
    request.sender === passing.from;
  if (!wasAsked)
    throw needed('the permission does not answer a permission-request of the sender about the original');
}

/**
 * Checks the body of a permission: its message, its third party and its last day.
 * @throws Refusal `permission-needed`
 */
export function checkPermissionBody(
  original: PermissionMessage,
  third: readonly string[],
  body: Readonly<Record<string, unknown>>,
  at: Date,
): void {
  const { granted, until, original: about, third_party: party } = body;
  if (granted !== true) throw needed('the originator refused permission');
  if (about !== original.id) throw needed('the permission is for another message');
  const named =
    typeof party === 'object' && party !== null && 'focal_point' in party ? party.focal_point : null;
  if (!third.every((one) => one === named))
    throw needed('the permission does not name the recipients of this message');
  if (until === undefined) return;
  const last = typeof until === 'string' ? startOfDate(until) : undefined;
  if (last === undefined) throw needed('the last day of the permission is no date');
  // The named day is the last one, in the zone where it ends last (UTC-12).
  if (at.getTime() >= last + 36 * HOUR) throw needed('the permission has ended');
}
