/**
 * Permission: what a message passes on is held against the originator's handling code. By consignments wherever the
 * original is known; by what the permission says where the gateway holds the sender's keys, and then the original and
 * the permission are attached as they were signed, so that whoever receives them can verify both.
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

/** What a message says of passing on. */
export interface PassingOn extends PassedOnMessage {
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
    throw new Refusal('permission-needed', 'the originator took the permission back');
  return { original, third, permission };
}

/**
 * Judges what is passed on, by what consignments tell. At the sender's home, which carried all that the sender was ever
 * sent, the original must be known; another gateway judges where it is.
 * @throws Refusal `permission-needed`, `not-covered`, `about-unknown`, `invalid-body`, `recalled`
 */
export async function checkPassingOn(
  gateway: Judging,
  one: PassingOn,
  where: 'at-home' | 'relayed',
): Promise<Judged | undefined> {
  if (one.passesOn === undefined) {
    if (one.grant === undefined) return undefined;
    throw new Refusal('invalid-body', '/grant: is for a message that passes something on');
  }
  const original = await rowOf(gateway, one.passesOn);
  if (original === undefined) {
    if (where === 'relayed') return undefined;
    throw new Refusal('about-unknown', 'passes_on names no message that the sender has part in');
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

/** What may be said within one country only goes along with nothing that leaves it. */
async function checkStays(gateway: Judging, { type }: MessageRow, { from, to }: PassingOn): Promise<void> {
  if (PROTOCOL[type].domestic !== true) return;
  const directory = await readDirectory(gateway, [from, ...to]);
  const home = requireDesignation(directory, from).country;
  if (to.some((one) => findDesignation(directory, one)?.country !== home))
    throw new Refusal('not-covered', `passes_on: a ${type} stays in its country`);
}

/** A permission by a desk homed here went through here: one that nobody knows was never given. */
async function checkElsewhere(gateway: Judging, { sender }: MessageRow): Promise<undefined> {
  if (findDesignation(await readDirectory(gateway, [sender]), sender)?.gateway === gateway.did)
    throw new Refusal('permission-needed', 'grant names no permission that was given here');
}

/** A permission that went between two other gateways is not known here; theirs to judge then. */
const knowsGrant = async (gateway: Storing, { grant }: PassingOn): Promise<boolean> =>
  grant === undefined || (await rowOf(gateway, grant)) !== undefined;

/**
 * Judges it whole for a sender in custody, and brings what is attached: the original, and the permission where one was
 * needed, each as its own sender signed it.
 * @throws Refusal as `checkPassing`; `content-gone`
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
      'the content of what it passes on, or of the permission, is no longer kept',
    );
  return one;
}

function asFile(id: string, filename: string, jws: Jws): Attachment {
  const bytes = Buffer.from(JSON.stringify(jws));
  const base64 = bytes.toString('base64url');
  return { id, filename, media_type: SIGNED_TYPE, byte_count: bytes.length, data: { base64 } };
}
