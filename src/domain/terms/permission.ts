/**
 * Passing on: whether what somebody else wrote may go to a third party, by the handling code its originator set
 * (H2: not without permission; H3: as its note restricts, so not without permission either; H0 and H1 do not restrict it,
 * H1 forbids use in court). Gateways judge by consignments what they cannot open.
 */

import { isRestricted } from '../message/handling.ts';
import type { MessageName } from '../message/message.ts';
import { Refusal } from '../words/error.ts';
import { HANDLING_CODES, type Handling } from '../words/vocabulary.ts';

/** A message as its consignment tells of it. */
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

/** Names that gateways give to what they attach: nobody else's file may go by them in such a message. */
export const ORIGINAL_FILE = 'original.jws.json';
export const PERMISSION_FILE = 'permission.jws.json';

const isParty = (known: PermissionMessage, did: string): boolean =>
  known.sender === did || known.addressees.includes(did);

const needed = (why: string): Refusal => new Refusal('permission-needed', why);

/**
 * Who needs leave to see the original: recipients that neither sent it nor were sent it, where its handling restricts
 * and it is not the sender's own.
 * @throws Refusal `about-unknown` where the sender has no part in it, `invalid-body` where its handling would be loosened
 */
export function recipientsNeedingPermission(
  original: PermissionMessage,
  { from, to, handling }: PassedOnMessage,
): readonly string[] {
  if (!isParty(original, from))
    throw new Refusal('about-unknown', 'passes_on names no message that the sender has part in');
  if (HANDLING_CODES.indexOf(handling) < HANDLING_CODES.indexOf(original.handling))
    throw new Refusal('invalid-body', '/handling: must restrict as much as that of what is passed on');
  if (!isRestricted(original.handling) || original.sender === from) return [];
  return to.filter((one) => !isParty(original, one));
}

/** @throws Refusal `permission-needed`; says how it is got */
export function requireGrant(original: PermissionMessage, grant: string | undefined): string {
  if (grant !== undefined) return grant;
  throw needed(
    `handling ${original.handling}: ask its sender by a permission-request about it that names the third party's focal point, then name the permission in grant`,
  );
}

/**
 * Whether a permission is one for this, as far as consignments tell: given by the originator, to the sender, who asked
 * for it about this very message.
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
  if (!isGrant) throw needed('grant names no permission of the originator to the sender');
  const wasAsked =
    request?.type === 'permission-request' &&
    permission.about === request.id &&
    request.about === original.id &&
    request.sender === passing.from;
  if (!wasAsked) throw needed('the permission answers no request of the sender about this message');
}

/**
 * Whether the permission says so itself: what it is about, for whom, until when.
 * @throws Refusal `permission-needed`
 */
export function checkPermissionBody(
  original: PermissionMessage,
  third: readonly string[],
  body: Readonly<Record<string, unknown>>,
  at: Date,
): void {
  const { granted, until, original: about, third_party: party } = body;
  if (granted !== true) throw needed('the originator denied it');
  if (about !== original.id) throw needed('the permission is for another message');
  const named =
    typeof party === 'object' && party !== null && 'focal_point' in party ? party.focal_point : null;
  if (!third.every((one) => one === named))
    throw needed('the permission names no focal point, or another than a recipient of this message');
  // The day it names is the last, by the clock that ends it last.
  if (typeof until === 'string' && at.getTime() >= Date.parse(`${until}T12:00:00Z`) + 86_400_000)
    throw needed('the permission has ended');
}
