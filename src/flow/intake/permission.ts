/**
 * Permission: checks a message that passes on another one against the originator's handling code. If the
 * original is known here, its consignment is used. If the gateway holds the sender's keys, the permission is
 * read, and original and permission are attached as they were signed, so that the recipient can verify both.
 */

import type { Attachment } from '../../domain/message/message.ts';
import { PROTOCOL } from '../../domain/message/protocol.ts';
import {
  checkPermissionBody,
  checkPermissionMessages,
  ORIGINAL_FILE,
  type PassedOnMessage,
  PERMISSION_FILE,
  recipientsNeedingPermission,
  requireGrant,
} from '../../domain/terms/permission.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Judging, Storing, Unsealing } from '../../gateway-parts.ts';
import { type Jws, SIGNED_TYPE } from '../../seal/sealed-message.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import { openForParty } from '../content/opening.ts';
import { findDesignation, readDirectory, requireDesignation } from '../directory/directory.ts';
import { checkNotRecalled } from '../keep/recall.ts';

/** A message's members about passing on. */
interface PassingOn extends PassedOnMessage {
  readonly passesOn?: string | undefined;
  readonly grant?: string | undefined;
}

interface Judged {
  readonly original: MessageRow;
  readonly third: readonly string[];
  readonly permission: MessageRow | undefined;
}

const rowOf = async ({ store }: Storing, id: string | undefined): Promise<MessageRow | undefined> =>
  id === undefined ? undefined : (await store.messages.readMessage(id))?.message;

async function judged(gateway: Storing, one: PassingOn, original: MessageRow): Promise<Judged> {
  const third = recipientsNeedingPermission(original, one);
  if (third.length === 0) return { original, third, permission: undefined };
  const permission = await rowOf(gateway, requireGrant(original, one.grant));
  checkPermissionMessages(original, one, permission, await rowOf(gateway, permission?.about));
  if (
    permission !== undefined &&
    (await gateway.store.content.recallOf(permission.id, permission.sender)) !== undefined
  )
    throw new Refusal('permission-needed', 'the originator recalled the permission');
  return { original, third, permission };
}

/**
 * Checks a message that passes on another one, by consignments alone. At the sender's home the original must
 * be known, because that gateway carried everything that the sender received. Another gateway checks what it
 * knows.
 * @throws Refusal `permission-needed`, `not-covered`, `about-unknown`, `invalid-body`, `recalled`
 */
export async function checkPassingOn(
  gateway: Judging,
  one: PassingOn,
  where: 'at-home' | 'relayed',
): Promise<Judged | undefined> {
  if (one.passesOn === undefined) {
    if (one.grant === undefined) return undefined;
    throw new Refusal('invalid-body', '/grant: allowed only in a message that has passes_on');
  }
  const original = await rowOf(gateway, one.passesOn);
  if (original === undefined) {
    if (where === 'relayed') return undefined;
    throw new Refusal('about-unknown', 'passes_on names no message that the sender sent or received');
  }
  await checkStays(gateway, original, one);
  if (where === 'relayed' && !(await knowsGrant(gateway, one))) {
    await checkNotRecalled(gateway, original);
    return checkElsewhere(gateway, original);
  }
  const result = await judged(gateway, one, original);
  await checkNotRecalled(gateway, original);
  return result;
}

/** A message of a domestic type may not be passed on to another country. */
async function checkStays(gateway: Judging, { type }: MessageRow, { from, to }: PassingOn): Promise<void> {
  if (PROTOCOL[type].domestic !== true) return;
  const directory = await readDirectory(gateway, [from, ...to]);
  const home = requireDesignation(directory, from).country;
  if (to.some((one) => findDesignation(directory, one)?.country !== home))
    throw new Refusal('not-covered', `passes_on: a ${type} must not leave its country`);
}

/**
 * A permission by a focal point homed here was sent through here. If it is not known here, it was never
 * given.
 */
async function checkElsewhere(gateway: Judging, { sender }: MessageRow): Promise<undefined> {
  if (findDesignation(await readDirectory(gateway, [sender]), sender)?.gateway === gateway.did)
    throw new Refusal('permission-needed', 'grant names no permission that was given at this gateway');
}

/** A permission between two other gateways is not known here. Those gateways have checked it. */
const knowsGrant = async (gateway: Storing, { grant }: PassingOn): Promise<boolean> =>
  grant === undefined || (await rowOf(gateway, grant)) !== undefined;

/**
 * Checks it fully for a sender in custody, and returns the attachments: the original, and the permission if
 * one was needed, each as its own sender signed it.
 * @throws Refusal as `checkPassingOn`; `content-gone`
 */
export async function attachPassedOn(gateway: Unsealing, one: PassingOn): Promise<readonly Attachment[]> {
  const found = await checkPassingOn(gateway, one, 'at-home');
  if (found === undefined) return [];
  const { original, third, permission } = found;
  const { jws } = await opened(gateway, original, one.from);
  const attached = [asFile('original', ORIGINAL_FILE, jws)];
  if (permission === undefined) return attached;
  const leave = await opened(gateway, permission, one.from);
  checkPermissionBody(original, third, leave.message.body, gateway.now());
  return [...attached, asFile('permission', PERMISSION_FILE, leave.jws)];
}

async function opened(gateway: Unsealing, row: MessageRow, reader: string) {
  const one = await openForParty(gateway, row, reader);
  if (one === undefined)
    throw new Refusal(
      'content-gone',
      'the content of the message to pass on, or of the permission, is no longer kept',
    );
  return one;
}

function asFile(id: string, filename: string, jws: Jws): Attachment {
  const bytes = Buffer.from(JSON.stringify(jws));
  const base64 = bytes.toString('base64url');
  return { id, filename, media_type: SIGNED_TYPE, byte_count: bytes.length, data: { base64 } };
}
